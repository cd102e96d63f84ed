import type { Row } from '../row.js';
import { ACCOUNTING } from './accounting.js';
import { CUTS } from './cuts.js';
import { ENCODINGS } from './encodings.js';
import { rowsOf } from './fault.js';
import { FRAMINGS } from './framings.js';
import { LEAVING } from './leaving.js';
import { MANY_CALLS } from './many-calls.js';
import { OUTAGES } from './outage.js';
import { REFUSALS } from './refusals.js';
import { SILENCES } from './silences.js';

/** Every fault in each of its forms, in the order of the table. */
export const ROWS: readonly Row[] = [
  ...[...REFUSALS, ...CUTS, ...SILENCES, ...FRAMINGS, ...ENCODINGS].flatMap(rowsOf),
  ...MANY_CALLS,
  ...OUTAGES,
  ...ACCOUNTING,
  ...LEAVING,
];
