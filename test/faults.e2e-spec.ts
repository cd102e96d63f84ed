import { beforeAll, describe, expect, test } from '@jest/globals';
import { titleOf } from '../bench/faults/row.js';
import { ROWS } from '../bench/faults/rows/all.js';
import type { RowResult } from '../bench/faults/run-row.js';
import { isQuick, startRows } from '../bench/faults/run-rows.js';

const rows = ROWS.filter(isQuick);

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
