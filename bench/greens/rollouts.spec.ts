import { describe, expect, test } from '@jest/globals';
import { randomStream } from '../../lib/analysis/simulation/random-stream.js';
import { BAD_GREENS } from './bad-greens.js';
import { ends } from './behavior.js';
import type { Decider, Seen } from './decider.js';
import { alike, GOOD_WORLDS } from './good-worlds.js';
import { DefaultPlanDecider } from './ours.js';
import { play } from './play.js';

const MINUTE = 60_000;

/** Reverts nothing, and counts what it is told. */
class Counting implements Decider {
  readonly shares: number[] = [];
  readonly arms = { canary: 0, live: 0 };
  readonly endings = new Map<string, number>();
  cold = 0;
  lost = 0;
  at = 0;

  begin(share: number): void {
    this.shares.push(share);
  }

  request({ ask, reply, isCanary }: Seen): boolean {
    this.arms[isCanary ? 'canary' : 'live']++;
    this.endings.set(reply.ending, (this.endings.get(reply.ending) ?? 0) + 1);
    if (isCanary && ask.cold) this.cold++;
    return false;
  }

  tick(at: number): boolean {
    this.at = at;
    return false;
  }

  mayAdvance(): boolean {
    return true;
  }

  lose(): void {
    this.lost++;
  }
}

function counted(...[world, stream = 0]: [Parameters<typeof play>[0], number?]): Counting {
  const counting = new Counting();
  play(world, [counting], randomStream(5, stream));
  return counting;
}

describe('a played rollout', () => {
  test('walks 5, 25, 50 and 100%, and bakes: ten minutes each', () => {
    const { shares, at, arms } = counted(alike('calm'));
    expect(shares).toEqual([0.05, 0.25, 0.5, 1]);
    expect(at).toBe(50 * MINUTE);
    expect(arms.canary + arms.live).toBeGreaterThan(14_000);
    expect(arms.canary / (arms.canary + arms.live)).toBeCloseTo(0.56, 1);
  });

  test('is the same for the same numbers, and another one for others', () => {
    const [one, again, other] = [counted(alike('calm')), counted(alike('calm')), counted(alike('calm'), 1)];
    expect([...one.endings]).toEqual([...again.endings]);
    expect([...one.endings]).not.toEqual([...other.endings]);
  });

  test('a pause prolongs it, resending adds requests, and those who move find no cache', () => {
    expect(counted(alike('paused', {}, { pause: [12 * MINUTE, 32 * MINUTE] })).at).toBe(70 * MINUTE);
    const health = { own: 0.5 };
    const resent = counted(alike('resends', health, { resends: 6 }));
    const plain = counted(alike('no resends', health));
    expect(resent.arms.canary).toBeGreaterThan(plain.arms.canary * 1.5);
    expect(plain.cold).toBeGreaterThan(500);
    expect(counted(alike('lost', {}, { losses: [5 * MINUTE, 6 * MINUTE] })).lost).toBe(2);
  });

  test('deciders share one schedule, and one that reverts leaves', () => {
    class Hasty extends Counting {
      override request(seen: Seen): boolean {
        super.request(seen);
        return this.arms.canary === 7;
      }
    }
    const [patient, hasty] = [new Counting(), new Hasty()];
    const played = play(BAD_GREENS[0]!.world, [patient, hasty], randomStream(5, 0));
    expect(played.map(({ ended }) => ended)).toEqual(['promoted', 'reverted']);
    expect(played[1]).toMatchObject({ canaryRequests: 7, harmed: 7, exposed: 7 });
    expect(hasty.arms.canary).toBe(7);
    expect(played[0]!.exposed).toBeLessThan(played[0]!.harmed);
  });

  test('one that may not go on holds the schedule', () => {
    class Stubborn extends Counting {
      override mayAdvance(): boolean {
        return false;
      }
    }
    const [end] = play(alike('calm'), [new Stubborn()], randomStream(5, 0));
    expect(end!.ended).toBe('held');
  });
});

describe('the worlds', () => {
  test('are as many as are promised, each with a name of its own', () => {
    expect(BAD_GREENS.length).toBeGreaterThanOrEqual(40);
    expect(GOOD_WORLDS.length).toBeGreaterThanOrEqual(25);
    const names = [...GOOD_WORLDS, ...BAD_GREENS.map(({ world }) => world)].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  test('a good canary is the live environment; a bad one harms somebody before the last step', () => {
    for (const { blue, green } of GOOD_WORLDS) expect(green).toBe(blue);
    for (const { world } of BAD_GREENS) {
      const [end] = play(world, [new Counting()], randomStream(2, 0));
      expect([world.name, end!.exposed > 0]).toEqual([world.name, true]);
    }
  });

  test('a gross canary is reverted by the default plan within a dozen callers', () => {
    for (const { world } of BAD_GREENS.filter(({ isGross }) => isGross)) {
      const [end] = play(world, [new DefaultPlanDecider(world)], randomStream(4, 0));
      expect([world.name, end!.ended, end!.harmed <= 12]).toEqual([world.name, 'reverted', true]);
    }
  });

  test('a canary that dies with all of the traffic is reverted as well: the live environment answers in its place', () => {
    for (const [part, most] of [
      [1, 20],
      [0.2, 150],
    ] as const) {
      const world = alike('dies at the end');
      const green = ends('own', ({ share }) => (share === 1 ? part : 0), world.blue);
      const [end] = play({ ...world, green }, [new DefaultPlanDecider(world)], randomStream(6, 0));
      expect(end).toMatchObject({ ended: 'reverted', exposed: 0 });
      expect(end!.harmed).toBeLessThan(most);
    }
  });

  test('an outage of both with all of the traffic on the canary holds it', () => {
    const health = { outage: (at: number) => (at > 31 * MINUTE ? 0.9 : 0) };
    const world = alike('both die at the end', health);
    const [end] = play(world, [new DefaultPlanDecider(world)], randomStream(6, 0));
    expect(end!.ended).toBe('held');
  });
});
