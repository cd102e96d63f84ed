import { describe, expect, test } from '@jest/globals';
import { PlainRule } from './plain-rule.js';
import { DefaultPlanRule } from './default-plan-rule.js';
import { PER_MINUTE, type PlayedRequest, type Rule } from './rule.js';
import { CounterRule, EvidenceRule } from './rules.js';
import { playWorse } from './worse.js';

const FAILURE: PlayedRequest = { isCanary: true, failed: true, isFirst: true, rescued: true };
const AGAIN: PlayedRequest = { ...FAILURE, unit: 7, isFirst: false };
const ANSWER: PlayedRequest = { isCanary: true, failed: false, isFirst: false, rescued: false };

/** How many failures of the canary, each of a new unit, until it is reverted. */
function failuresUntilReverted(rule: Rule): number {
  rule.begin(0.05);
  for (let n = 1; n <= 100; n++) if (rule.request(FAILURE)) return n;
  return Infinity;
}

describe('the rules that are compared', () => {
  test('evidence is enough after three failures of three at 5%, a plain limit waits for its sample', () => {
    expect(failuresUntilReverted(new EvidenceRule(0.01))).toBe(3);
    expect(failuresUntilReverted(new PlainRule())).toBe(50);
  });

  test('evidence counts a unit once, unless told to count every failure', () => {
    const [once, every] = [new EvidenceRule(0.01), new EvidenceRule(0.01, true)];
    for (const rule of [once, every]) rule.begin(0.05);
    expect([1, 2, 3, 4].map(() => once.request(AGAIN))).toEqual([false, false, false, false]);
    expect([1, 2, 3].map(() => every.request(AGAIN))).toEqual([false, false, true]);
  });

  test('evidence is not impressed by failures of both arms, a plain limit is', () => {
    const [evidence, plain] = [new EvidenceRule(0.05), new PlainRule()];
    evidence.begin(0.25);
    plain.begin();
    const outage = Array.from({ length: 1000 }, (_, n) => n % 4 === 3);
    expect(outage.some((isCanary) => evidence.request({ ...FAILURE, isCanary }))).toBe(false);
    expect(outage.some((isCanary) => plain.request({ ...FAILURE, isCanary }))).toBe(true);
  });

  test('a plain limit forgets what is older than five minutes', () => {
    const plain = new PlainRule();
    for (let n = 0; n < 2_000; n++) plain.request(ANSWER);
    for (let minute = 0; minute < 5; minute++) plain.minute();
    const answers = Array.from({ length: 50 }, () => plain.request(FAILURE));
    expect(answers.indexOf(true)).toBe(49);
  });

  test('a counter reverts at the check after its threshold; silence is a failed check, and nothing is taken back', () => {
    const counter = new CounterRule(0.95, 2);
    expect(counter.minute()).toBe(false);
    counter.request(ANSWER);
    expect(counter.minute()).toBe(false);
    counter.request(FAILURE);
    expect(counter.minute()).toBe(false);
    expect(counter.minute()).toBe(true);
  });

  test('a counter passes at just its limit', () => {
    const counter = new CounterRule(0.95, 1);
    for (let n = 0; n < 20; n++) counter.request(n === 0 ? FAILURE : ANSWER);
    expect([counter.minute(), counter.minute()]).toEqual([false, false]);
  });
});

const atShare = (share: number): DefaultPlanRule => {
  const rule = new DefaultPlanRule();
  rule.begin(share);
  return rule;
};
/** Every second request fails, on both sides. */
const outage = (share: number, rescued: boolean) => {
  // The baseline is known to have been well.
  const rule = atShare(0.5);
  for (let n = 0; n < 400; n++) rule.request({ ...ANSWER, isCanary: n % 2 === 0 });
  rule.begin(share);
  return Array.from({ length: 2_000 }, (_, n) => {
    const isCanary = Math.floor(n / 2) % Math.round(1 / share) === 0;
    return rule.request(n % 2 === 0 ? { ...FAILURE, isCanary, rescued } : { ...ANSWER, isCanary });
  });
};

describe('the default plan', () => {
  test('reverts what fails alone, and never for one user who fails again and again', () => {
    // Half of the weight is on refusals: alone, the comparison of failures would need two.
    expect(failuresUntilReverted(new DefaultPlanRule())).toBe(3);
    const rule = atShare(0.05);
    const reverts = Array.from({ length: 40 }, (_, n) => rule.request(n % 4 === 3 ? ANSWER : AGAIN));
    expect(reverts).not.toContain(true);
    expect([1, 2, 3, 4, 5].map(() => rule.request(AGAIN))).not.toContain(true);
  });

  test('does not revert in an outage of both, whatever the share; with all of the traffic, when nobody could do better', () => {
    for (const share of [0.25, 0.5]) expect(outage(share, false)).not.toContain(true);
    expect(outage(1, false)).not.toContain(true);
    expect(outage(1, true)).toContain(true);
  });
});

describe('a worse canary', () => {
  const never: Rule = { begin: () => undefined, request: () => false, minute: () => false };

  test('is given up on after so many requests of its own', () => {
    expect(playWorse(never, 2, 100, () => 0)).toBe(Infinity);
  });

  test('is looked at after every request, and once a minute', () => {
    const seen = { requests: 0, minutes: 0 };
    const counting: Rule = {
      begin: () => undefined,
      request: () => {
        seen.requests++;
        return false;
      },
      minute: () => {
        seen.minutes++;
        return seen.minutes === 3;
      },
    };
    playWorse(counting, 2, Infinity, () => 0.5);
    expect(seen).toEqual({ requests: 3 * PER_MINUTE, minutes: 3 });
  });
});
