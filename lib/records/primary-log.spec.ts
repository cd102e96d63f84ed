import { describe, expect, test } from '@jest/globals';
import { channelPair } from '../../test/support/channel-pair.js';
import { FakeClock } from '../../test/support/fake-clock.js';
import { LogPart } from './log-part.js';
import { PrimaryLog } from './primary-log.js';
import { line, lines, recordLogContract, type Line } from './record-log.contract.js';
import { MemoryLog, select } from './record-log.js';

function workersLog(log: MemoryLog<Line>): PrimaryLog<Line> {
  const { primary, worker } = channelPair();
  primary.offer('lines', new LogPart(log));
  return new PrimaryLog<Line>(worker, 'lines', new FakeClock());
}

recordLogContract('the primary process', (limit) => workersLog(new MemoryLog(limit)));

describe('records in the primary process', () => {
  test('are read in pages, as far as somebody reads', async () => {
    const log = workersLog(new MemoryLog<Line>(10_000));
    for (let n = 1; n <= 1_001; n++) log.write(line(n));
    expect(await lines(log)).toHaveLength(1_001);
    expect(await select(log.newest(), { fits: () => true, limit: 3 })).toEqual([1_001, 1_000, 999].map(line));
  });

  test('are those of all workers', async () => {
    const kept = new MemoryLog<Line>(100);
    const [one, two] = [workersLog(kept), workersLog(kept)];
    one.write(line(1));
    two.write(line(2));
    await Promise.all([one.flush(), two.flush()]);
    expect(await lines(one)).toEqual(await lines(two));
    expect(await lines(one)).toHaveLength(2);
  });
});
