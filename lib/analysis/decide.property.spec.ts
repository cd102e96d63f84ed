import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { evidenceOf, gate, plan, rollout, rolloutEvidenceOf, runOf, step } from '../../test/support/evidence.js';
import type { Phase } from '../domain/state.js';
import { decide } from './decide.js';
import { readTrip } from './fast-trip.js';

const traffic = fc.record({
  ok: fc.nat(80),
  errors: fc.nat(12),
  latency: fc.integer({ min: 1, max: 500 }),
});

const arm = fc
  .tuple(traffic, traffic, fc.nat(80), fc.nat(20), fc.boolean())
  .map(([recent, before, judgedInSegment, failures, isRescued]) => {
    const run = runOf(failures, isRescued ? {} : { answered: {} });
    return evidenceOf(recent, { sinceStart: evidenceOf(before).sinceStart, judgedInSegment, run });
  });

const gates = fc.array(
  fc.record({
    kind: fc.constantFrom('errorRate' as const, 'latency' as const),
    compare: fc.constantFrom('absolute' as const, 'baseline' as const),
    minSampleSize: fc.integer({ min: 1, max: 60 }),
    onFail: fc.constantFrom('rollback' as const, 'hold' as const, 'warn' as const),
    max: fc.constantFrom(0, 0.1, 0.5, 250),
  }),
  { maxLength: 3 },
);

const WEIGHTS = { blue: 50, green: 50 };

const walking = fc.constantFrom<Extract<Phase, { name: 'Progressing' | 'Baking' }>>(
  { name: 'Progressing', step: 0, since: 0, approved: false },
  { name: 'Progressing', step: 1, since: 0, approved: true },
  { name: 'Baking', since: 0 },
);

const phase: fc.Arbitrary<Phase> = fc.oneof(
  { weight: 4, arbitrary: walking },
  walking.map((resumeTo): Phase => ({ name: 'Paused', reason: 'Manual', since: 0, resumeTo })),
);

describe('for any evidence, in any phase', () => {
  test('advancing means: every gate that can hold passes with its sample, the time is over, nobody paused', () => {
    let advanced = 0;
    fc.assert(
      fc.property(phase, arm, arm, gates, fc.nat(120_000), (at, canary, baseline, drawn, now) => {
        const named = drawn.map((different, index) => gate({ ...different, name: `${index}` }));
        const steps = [step(5, { canary: 10, baseline: 5, requiresApproval: true }), step(50, { canary: 30 })];
        const subject = rollout({ phase: at, plan: plan({ steps, gates: named }) });
        const decision = decide(subject, WEIGHTS, rolloutEvidenceOf(canary, baseline), now);
        if (decision.action !== 'advance') return;
        advanced++;
        expect(now).toBeGreaterThanOrEqual(60_000);
        expect(at.name).not.toBe('Paused');
        expect(canary.run.failures).toBeLessThan(5);
        named.forEach(({ onFail, minSampleSize, compare }, index) => {
          if (onFail === 'warn') return;
          const { verdict, sample } = decision.gates[index]!;
          expect(verdict).toBe('pass');
          expect(sample.canary).toBeGreaterThanOrEqual(minSampleSize);
          if (compare === 'baseline') expect(sample.baseline).toBeGreaterThanOrEqual(minSampleSize);
        });
        if (at.name !== 'Progressing') return;
        const { minSampleSize, requiresApproval } = steps[at.step]!.holdConditions;
        expect(canary.judgedInSegment).toBeGreaterThanOrEqual(minSampleSize.canary);
        expect(baseline.judgedInSegment).toBeGreaterThanOrEqual(minSampleSize.baseline);
        expect(at.approved || !requiresApproval).toBe(true);
      }),
      { numRuns: 2_000 },
    );
    expect(advanced).toBeGreaterThan(0);
  });

  test('a gate that reverts and fails, when the live environment does not fail it too, leads to a rollback, whatever else is the case', () => {
    fc.assert(
      fc.property(phase, arm, arm, gates, fc.constantFrom(0.05, 0.5), (at, canary, baseline, drawn, share) => {
        const now = 120_000;
        const named = drawn.map((different, index) => gate({ ...different, name: `${index}` }));
        const decision = decide(
          rollout({ phase: at, plan: plan({ gates: named }) }),
          { blue: 100 * (1 - share), green: 100 * share },
          rolloutEvidenceOf(canary, baseline),
          now,
        );
        const reverts = decision.gates.some(
          ({ verdict, shared }, index) => verdict === 'fail' && !shared && named[index]!.onFail === 'rollback',
        );
        const trips = readTrip(rollout(), rolloutEvidenceOf(canary, baseline)).reverts;
        expect(decision.action === 'rollback').toBe(reverts || trips);
      }),
      { numRuns: 1_000 },
    );
  });
});
