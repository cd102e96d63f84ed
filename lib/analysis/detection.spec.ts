import { describe, expect, test } from '@jest/globals';
import { evidenceOf, rolloutEvidenceOf } from '../../test/support/evidence.js';
import { closed, DEFAULT_ROLLOUT, overlay, parseRollout } from '../schedule/plan-schema.js';
import { undetected } from './detection.js';

const plan = closed(overlay(DEFAULT_ROLLOUT, parseRollout({ steps: [{ setWeight: 25, duration: '1h', holdConditions: { detect: 3 } }] })).plan); // prettier-ignore
const rollout = { plan, from: 'blue', to: 'green' };
const [step] = plan.steps as [(typeof plan.steps)[number]];

/** After so many requests at 25%, of which blue fails one in a hundred; each of another user unless said. */
function after(requests: number, { users = requests, weights = { blue: 75, green: 25 }, of = step } = {}) {
  const arm = (share: number) => evidenceOf({ ok: requests * share * 0.99, errors: requests * share * 0.01 });
  const units = { canary: users * 0.25, baseline: users * 0.75 };
  return undetected(of, { rollout, weights, evidence: rolloutEvidenceOf(arm(0.25), arm(0.75), { units }) });
}

describe('a step that has to be able to find a canary three times worse', () => {
  test('says how far it is, and how much more it takes', () => {
    expect(after(2_000)).toMatch(
      /^a "green" 3× worse would have been found in \d+% of cases by now, and "detect" asks for 80%: about \d+ more requests on both$/,
    );
  });

  test('is done when it would have been found, and not long before', () => {
    const more = Number(/about (\d+) more/.exec(after(4_000)!)![1]);
    expect(after(4_000 + 4 * Math.ceil(more / 4))).toBeUndefined();
    expect(after(4_000 + 400 * Math.floor(more / 1_600))).toBeDefined();
  });

  test('does not take the requests of ten users for those of thousands', () => {
    expect(after(40_000)).toBeUndefined();
    expect(after(40_000, { users: 40 })).toMatch(/in [0-2]% of cases by now/);
  });

  test('has nothing to wait for where only one of them has traffic, or nothing was asked for', () => {
    expect(after(100, { weights: { blue: 0, green: 100 } })).toBeUndefined();
    const { detect: _, ...holdConditions } = step.holdConditions;
    expect(after(100, { of: { ...step, holdConditions } })).toBeUndefined();
  });

  test('is refused where no gate would find it', () => {
    const schedule = parseRollout({
      steps: [{ setWeight: 5, duration: '1h', holdConditions: { detect: 3 } }],
      gates: [],
    });
    expect(() => closed(overlay(DEFAULT_ROLLOUT, schedule).plan)).toThrow(/steps\[0\]\.holdConditions\.detect/);
  });
});
