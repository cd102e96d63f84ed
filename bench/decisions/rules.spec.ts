import { describe, expect, test } from '@jest/globals';
import { PlainRule } from './plain-rule.js';
import { PER_MINUTE, type Rule } from './rule.js';
import { CounterRule, EvidenceRule } from './rules.js';
import { playWorse } from './worse.js';

/** How many failures of the canary, each of a new unit, until it is reverted. */
function failuresUntilReverted(rule: Rule): number {
  rule.begin(0.05);
  for (let n = 1; n <= 100; n++) if (rule.request(true, true, true)) return n;
  return Infinity;
}

describe('the rules that are compared', () => {
  test('evidence is enough after three failures of three at 5 %, a plain limit waits for its sample', () => {
    expect(failuresUntilReverted(new EvidenceRule(0.01))).toBe(3);
    expect(failuresUntilReverted(new PlainRule())).toBe(50);
  });

  test('evidence counts a unit once, unless told to count every failure', () => {
    const [once, every] = [new EvidenceRule(0.01), new EvidenceRule(0.01, true)];
    for (const rule of [once, every]) rule.begin(0.05);
    expect([1, 2, 3, 4].map(() => once.request(true, true, false))).toEqual([false, false, false, false]);
    expect([1, 2, 3].map(() => every.request(true, true, false))).toEqual([false, false, true]);
  });

  test('evidence is not impressed by failures of both arms, a plain limit is', () => {
    const [evidence, plain] = [new EvidenceRule(0.05), new PlainRule()];
    evidence.begin(0.25);
    plain.begin();
    const outage = Array.from({ length: 1000 }, (_, n) => n % 4 === 3);
    expect(outage.some((isCanary) => evidence.request(isCanary, true, true))).toBe(false);
    expect(outage.some((isCanary) => plain.request(isCanary, true))).toBe(true);
  });

  test('a plain limit forgets what is older than five minutes', () => {
    const plain = new PlainRule();
    for (let n = 0; n < 2_000; n++) plain.request(true, false);
    for (let minute = 0; minute < 5; minute++) plain.minute();
    const answers = Array.from({ length: 50 }, () => plain.request(true, true));
    expect(answers.indexOf(true)).toBe(49);
  });

  test('a counter reverts at the check after its threshold; silence is a failed check, and nothing is taken back', () => {
    const counter = new CounterRule(0.95, 2);
    expect(counter.minute()).toBe(false);
    counter.request(true, false);
    expect(counter.minute()).toBe(false);
    counter.request(true, true);
    expect(counter.minute()).toBe(false);
    expect(counter.minute()).toBe(true);
  });

  test('a counter passes at just its limit', () => {
    const counter = new CounterRule(0.95, 1);
    for (let n = 0; n < 20; n++) counter.request(true, n === 0);
    expect([counter.minute(), counter.minute()]).toEqual([false, false]);
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
