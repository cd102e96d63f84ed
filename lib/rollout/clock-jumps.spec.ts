import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../../test/support/fake-clock.js';
import { MINUTE, Replica, SCHEDULE } from '../../test/support/rollouts.js';
import { MemoryJournal } from '../journal/memory-journal.js';

const HOUR = 60 * MINUTE;

const replicas: Replica[] = [];
afterEach(() => {
  for (const replica of replicas.splice(0)) replica.stop();
});

async function started(options: Parameters<typeof Replica.start>[0] = {}): Promise<Replica> {
  const replica = await Replica.start(options);
  replicas.push(replica);
  return replica;
}

const enough = (replica: Replica): void => {
  replica.traffic('green', 30);
  replica.traffic('blue', 30);
};

describe.each([
  ['two hours ahead', 2 * HOUR],
  ['two hours back', -2 * HOUR],
])('a clock that jumps %s', (_, jump) => {
  test('ends no step early, nor late', async () => {
    const replica = await started();
    await replica.rollouts.start('chat');
    replica.clock.advance(4 * MINUTE);
    replica.clock.setWall(replica.clock.now() + jump);
    enough(replica);
    await replica.scheduler.tick();
    replica.clock.advance(6 * MINUTE - 1);
    await replica.scheduler.tick();
    expect([replica.phase, replica.weight]).toEqual(['Progressing', 5]);
    replica.clock.advance(1);
    await replica.scheduler.tick();
    expect(replica.weight).toBe(25);
  });

  test('does not count the time of a pause, and not the jump in it', async () => {
    const replica = await started();
    await replica.rollouts.start('chat');
    replica.clock.advance(4 * MINUTE);
    replica.clock.setWall(replica.clock.now() + jump);
    await replica.rollouts.pause('chat');
    replica.clock.advance(30 * MINUTE);
    replica.clock.setWall(replica.clock.now() - jump / 2);
    await replica.rollouts.resume('chat');
    enough(replica);
    replica.clock.advance(6 * MINUTE - 1);
    await replica.scheduler.tick();
    expect(replica.weight).toBe(5);
    replica.clock.advance(1);
    await replica.scheduler.tick();
    expect(replica.weight).toBe(25);
  });

  test('makes no environment silent', async () => {
    const [step] = SCHEDULE.steps;
    const steps = [{ ...step!, noTrafficGracePeriod: '5m', noTrafficAction: 'rollback' as const }];
    const replica = await started({ schedule: { ...SCHEDULE, steps } });
    await replica.rollouts.start('chat');
    enough(replica);
    await replica.scheduler.tick();
    replica.clock.setWall(replica.clock.now() + jump);
    await replica.scheduler.tick();
    expect(replica.phase).toBe('Progressing');
    // A clock that was set back has its last requests still ahead: they count as recent until then.
    const wait = jump > 0 ? 6 * MINUTE : 2 * HOUR + 6 * MINUTE;
    replica.clock.advance(wait);
    await replica.scheduler.tick();
    expect(replica.phase).toBe('RolledBack');
  });

  test('blinds no gate that is not read at first', async () => {
    const gates = [{ ...SCHEDULE.gates[0]!, initialDelay: '3m' }];
    const replica = await started({ schedule: { ...SCHEDULE, gates, fastTrip: { consecutiveFailures: 0 } } });
    await replica.rollouts.start('chat');
    replica.clock.setWall(replica.clock.now() + jump);
    replica.traffic('green', 60, { outcome: 'server_error' });
    await replica.scheduler.tick();
    expect(replica.phase).toBe('Progressing');
    replica.clock.advance(4 * MINUTE);
    replica.traffic('green', 60, { outcome: 'server_error' });
    await replica.scheduler.tick();
    expect(replica.phase).toBe('RolledBack');
  });
});

describe.each([
  ['lags', -7 * MINUTE],
  ['leads', 7 * MINUTE],
])('a replica whose clock %s by minutes', (_, skew) => {
  test('ends no step early, nor late, when it takes over', async () => {
    const journal = new MemoryJournal();
    const start = Date.UTC(2026, 0, 1);
    const clocks = [new FakeClock(start), new FakeClock(start + skew)] as const;
    const first = await started({ journal, clock: clocks[0] });
    const second = await started({ journal, clock: clocks[1], telemetry: first.telemetry });
    const pass = (ms: number): void => clocks.forEach((clock) => clock.advance(ms));
    await first.rollouts.start('chat');
    enough(first);
    pass(10 * MINUTE - 1);
    await second.scheduler.tick();
    expect(second.weight).toBe(5);
    pass(1);
    await second.scheduler.tick();
    expect(second.weight).toBe(25);
    enough(second);
    pass(10 * MINUTE - 1);
    await first.scheduler.tick();
    expect(first.weight).toBe(25);
    pass(1);
    await first.scheduler.tick();
    expect(first.weight).toBe(50);
  });
});

test('A process that begins in the middle of a step goes by the wall clock, which cannot be before the step', async () => {
  const journal = new MemoryJournal();
  const clock = new FakeClock();
  const first = await started({ journal, clock });
  await first.rollouts.start('chat');
  clock.advance(4 * MINUTE);
  const next = await started({ journal, clock });
  const early = new FakeClock(clock.now() - HOUR);
  const late = await started({ journal, clock: early });
  for (const replica of [next, late]) enough(replica);
  for (const passing of [clock, early]) passing.advance(6 * MINUTE);
  await late.scheduler.tick();
  expect(late.weight).toBe(5);
  await next.scheduler.tick();
  expect(next.weight).toBe(25);
});
