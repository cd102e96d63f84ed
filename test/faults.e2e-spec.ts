import { beforeAll, describe, expect, test } from '@jest/globals';
import { titleOf } from '../bench/faults/row.js';
import { ROWS } from '../bench/faults/rows/all.js';
import type { RowResult } from '../bench/faults/run-row.js';
import { isQuick, startRows } from '../bench/faults/run-rows.js';

/** Promises that the module is still going to keep: compressed answers, and streams that go on elsewhere. */
const TO_COME = /gzip body|brotli body|as gzip|'continue'/;

const rows = ROWS.filter((row) => isQuick(row) && !TO_COME.test(titleOf(row)));

describe('a caller gets the whole answer or a typed error, and no provider is hammered', () => {
  let results: readonly Promise<RowResult>[];

  // Side by side: most of them wait for a backoff.
  beforeAll(() => {
    results = startRows(rows);
  });

  test.each(rows.map((row, n) => [titleOf(row), n] as const))('%s', async (_title, n) => {
    expect((await results[n])?.violations).toEqual([]);
  });
});
