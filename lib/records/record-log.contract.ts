import { describe, expect, test } from '@jest/globals';
import type { Recorded, RecordLog } from './record-log.js';

export interface Line extends Recorded {
  readonly text: string;
}

export const line = (n: number): Line => ({ at: n, text: `line ${n}, 🟢` });

export async function lines(log: RecordLog<Line>): Promise<Line[]> {
  const all: Line[] = [];
  for await (const record of log.newest()) all.push(record);
  return all;
}

/** What every home of records promises. `create` gives an empty one that keeps about `limit`. */
export function recordLogContract(name: string, create: (limit: number) => RecordLog<Line>): void {
  describe(`records in ${name}`, () => {
    test('come back newest first, word for word', async () => {
      const log = create(100);
      for (let n = 1; n <= 5; n++) log.write(line(n));
      await log.flush();
      expect(await lines(log)).toEqual([5, 4, 3, 2, 1].map(line));
    });

    test('are none at first', async () => {
      expect(await lines(create(100))).toEqual([]);
    });

    test('go on being written after they were read', async () => {
      const log = create(100);
      log.write(line(1));
      await log.flush();
      await lines(log);
      log.write(line(2));
      await log.flush();
      expect(await lines(log)).toEqual([line(2), line(1)]);
    });
  });
}
