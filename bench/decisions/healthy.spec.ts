import { describe, expect, test } from '@jest/globals';
import { randomStream } from '../../lib/analysis/simulation/random-stream.js';
import { playHealthy } from './healthy.js';
import type { PlayedRequest, Rule } from './rule.js';

/** Reverts nothing, and counts what it is told. */
class Counting implements Rule {
  readonly shares: number[] = [];
  readonly arms = { canary: { requests: 0, failures: 0 }, baseline: { requests: 0, failures: 0 } };
  failures = 0;
  firsts = 0;
  minutes = 0;

  begin(share: number): void {
    this.shares.push(share);
  }

  request({ isCanary, failed, isFirst }: PlayedRequest): boolean {
    const arm = isCanary ? this.arms.canary : this.arms.baseline;
    arm.requests++;
    if (!failed) return false;
    arm.failures++;
    this.failures++;
    if (isFirst) this.firsts++;
    return false;
  }

  minute(): boolean {
    this.minutes++;
    return false;
  }
}

function play(hasOutages: boolean, stream = 0): Counting {
  const counting = new Counting();
  playHealthy([counting], hasOutages, randomStream(5, stream));
  return counting;
}

describe('a simulated healthy rollout', () => {
  test('walks 5, 25, 50 and 100%, ten minutes each', () => {
    const { shares, minutes, arms } = play(false);
    expect(shares).toEqual([0.05, 0.25, 0.5, 1]);
    expect(minutes).toBe(39);
    expect(arms.canary.requests + arms.baseline.requests).toBe(24_000);
    expect(arms.canary.requests / 24_000).toBeCloseTo(0.45, 1);
  });

  test('fails equally often in both arms, over many rollouts', () => {
    const all = Array.from({ length: 20 }, (_, n) => play(false, n).arms);
    const rate = (name: 'canary' | 'baseline') =>
      all.reduce((sum, arms) => sum + arms[name].failures, 0) / all.reduce((sum, arms) => sum + arms[name].requests, 0);
    expect(rate('canary')).toBeGreaterThan(0.007);
    expect(rate('canary')).toBeLessThan(0.013);
    expect(rate('baseline')).toBeGreaterThan(0.007);
    expect(rate('baseline')).toBeLessThan(0.013);
  });

  test('has failures that cluster on users, and outages that add to them', () => {
    const [calm, outages] = [play(false), play(true)];
    expect(calm.firsts).toBeLessThan(calm.failures * 0.85);
    expect(outages.failures).toBeGreaterThan(calm.failures * 1.5);
  });

  test('tells a rule nothing more once it has reverted', () => {
    let asked = 0;
    const hasty: Rule = { begin: () => undefined, request: () => ++asked === 7, minute: () => false };
    expect(playHealthy([hasty], false, randomStream(5, 0))).toEqual([true]);
    expect(asked).toBe(7);
  });
});
