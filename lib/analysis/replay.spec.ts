import { samplesOf } from '../../test/support/samples.js';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { comparedOf, evidenceOf, rolloutEvidenceOf, step } from '../../test/support/evidence.js';
import { History, planWith, routeWith } from '../../test/support/history.js';
import { decided, GATES, NOW } from '../../test/support/recorded.js';
import type { RolloutPlan } from '../domain/plan.js';
import { advanceRollout } from '../domain/stage-commands.js';
import { pauseRollout } from '../domain/pause-commands.js';
import type { Circumstances } from './circumstances.js';
import type { Seen } from './decision-basis.js';
import { isDecision, replay } from './replay.js';

const rolling = (plan: RolloutPlan) => History.rolling(routeWith({ blue: 100, green: 0 }), plan);

const count = fc.integer({ min: 0, max: 120 });
const traffic = fc.record({
  ok: count,
  errors: fc.oneof(fc.constant(0), count),
  latency: fc.integer({ min: 1, max: 4_000 }),
});
const mean = fc.record({
  count: fc.integer({ min: 0, max: 400 }),
  value: fc.double({ min: 0.01, max: 1, noNaN: true }),
});
const sums = mean.map(({ count: n, value }) => samplesOf(value, n));
const arms = fc.record({ canary: sums, baseline: sums });

const seen = (circumstances: Circumstances = {}, canary = evidenceOf({ ok: 100 })): Seen => ({
  evidence: rolloutEvidenceOf(canary, evidenceOf({ ok: 100 })),
  now: NOW,
  circumstances,
});

describe('A decision of the job, taken again from its record', () => {
  test('is the same, whatever was seen', () => {
    let acted = 0;
    fc.assert(
      fc.property(traffic, traffic, count, count, arms, arms, fc.boolean(), (green, blue, a, b, cost, judge, fails) => {
        const evidence = rolloutEvidenceOf(evidenceOf(green), evidenceOf(blue), {
          failures: comparedOf({ share: 0.25, canary: green.errors, baseline: blue.errors }),
          exposures: [{ weights: [0.25, 0.75], units: [a, b] }],
          ages: {
            slow: {
              limits: { live: 200, canary: 240 },
              claims: comparedOf({ share: 0.25, canary: a, baseline: b }).all,
            },
          },
          means: { cost, judge: fails ? { ...judge, unreadable: true } : judge, other: judge },
          age: NOW,
        });
        const { route } = rolling(planWith([25, 100], { gates: GATES }));
        const { entry } = decided(route, { evidence, now: NOW, circumstances: { unreadable: fails ? 4 : 0 } });
        if (!entry) return;
        acted++;
        expect(replay(route, entry)).toMatchObject({ verdict: 'same', differences: [] });
      }),
      { numRuns: 300, seed: 5 },
    );
    expect(acted).toBeGreaterThan(100);
  });

  test('is the same where the last step ends in the final bake, or the bake in success', () => {
    const history = rolling(planWith([100]));
    const bake = decided(history.route, seen()).entry!;
    expect([bake.type, replay(history.route, bake).verdict]).toEqual(['BakeStarted', 'same']);
    history.run(advanceRollout);
    const end = decided(history.route, seen()).entry!;
    expect([end.type, replay(history.route, end).verdict]).toEqual(['RolloutSucceeded', 'same']);
  });

  test('is the same where all is well and a person has the last word', () => {
    const { route } = rolling(planWith([25, 100], { steps: [step(25, { requiresApproval: true }), step(100)] }));
    const { entry } = decided(route, seen());
    expect(entry).toMatchObject({ type: 'RolloutPaused', cause: 'AwaitingApproval' });
    expect(replay(route, entry!)).toMatchObject({ verdict: 'same', differences: [] });
  });

  test('is the same where a pause has ended by itself', () => {
    const history = rolling(planWith([25, 100]));
    history.run(pauseRollout('NoTraffic'), 30_000);
    const { entry } = decided(history.route, seen());
    expect(entry!.type).toBe('RolloutResumed');
    expect(replay(history.route, entry!)).toMatchObject({ verdict: 'same', differences: [] });
  });

  test.each([
    ['StepEntered', {}],
    ['RolloutAborted', { failedAlone: 30 }],
    ['RolloutAborted', { meanSimilarity: 0.5 }],
    ['RolloutAborted', { belowThreshold: 0.5 }],
  ])('is the same where mirrors have led to it: %s with %j', (type, worse) => {
    const limits = { minPairs: 50, maxFailureRate: 0.05, minSimilarity: 0.8, maxBelowThreshold: 0.2 };
    const { route } = rolling(planWith([25, 100], { shadow: { percentage: 10, duration: 60_000, ...limits } }));
    const shadow = { pairs: 60, compared: 60, failedAlone: 0, meanSimilarity: 0.9, belowThreshold: 0.1, ...worse };
    const { entry, decision } = decided(route, seen({ shadow }, evidenceOf({})));
    expect(entry!.type).toBe(type);
    expect(replay(route, entry!)).toEqual({ verdict: 'same', differences: [], gates: decision.gates });
  });
});

describe('A decision of gates', () => {
  const person = { type: 'StepApproved', route: 'chat', rolloutId: 'r1', at: 0, actor: 'ada', reason: '' } as const;
  const by = { ...person, actor: 'system', revision: 1 };
  const gates = [
    { gate: 'g', verdict: 'fail', observed: 1, limit: 0, sample: { canary: 1, baseline: 1 }, message: '' },
  ] as const;

  test('has what they said, or what was seen: in journals of earlier releases and in plans without gates one is missing', () => {
    expect(isDecision({ ...by, type: 'RolloutAborted', weights: {}, evidence: gates })).toBe(true);
    expect(isDecision({ ...by, type: 'RolloutAborted', weights: {}, evidence: [], basis: { form: 1 } })).toBe(true);
  });

  test('is nothing that a person has done, and not the end of a rollback', () => {
    expect(isDecision({ ...person, evidence: [], revision: 1 })).toBe(false);
    expect(isDecision({ ...by, type: 'RolledBack', evidence: gates })).toBe(false);
  });
});
