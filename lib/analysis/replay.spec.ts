import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { evidenceOf, rolloutEvidenceOf } from '../../test/support/evidence.js';
import { History, planWith, routeWith } from '../../test/support/history.js';
import type { BlueGreenEvent, JournalEntry } from '../domain/events.js';
import { advanceRollout, pauseRollout, rollbackRollout } from '../domain/rollout-commands.js';
import type { Gate, RolloutPlan } from '../domain/plan.js';
import type { Json } from '../domain/version.js';
import { setTrafficWeights } from '../domain/route-commands.js';
import { checkSplit } from './check-split.js';
import { decide } from './decide.js';
import { rolloutBasis, splitBasis, type Seen } from './decision-basis.js';
import { isDecision, replay } from './replay.js';

const any = { minSampleSize: 20, onFail: 'rollback', alpha: 0.01 } as const;
const GATES: Gate[] = [
  { ...any, name: 'errors', test: 'failureRatio', kind: 'errorRate', compare: 'baseline', tolerance: 0 },
  { ...any, name: 'ceiling', test: 'ceiling', kind: 'errorRate', compare: 'absolute', max: 0.2 },
  { ...any, name: 'slow', test: 'exceedance', kind: 'latency', compare: 'baseline', quantile: 0.95, tolerance: 0.2 },
  { ...any, name: 'p99', test: 'threshold', kind: 'latency', compare: 'absolute', quantile: 0.99, max: 3_000 },
  { ...any, name: 'dear', test: 'mean', kind: 'cost', compare: 'baseline', tolerance: 0.1 },
  { ...any, name: 'liked', test: 'score', kind: 'quality', compare: 'absolute', evaluator: 'judge', min: 0.7 },
];
const plan: RolloutPlan = { ...planWith([25, 100]), gates: GATES };
const NOW = 3_600_000;

/** As a journal has it: through JSON. */
const recorded = (entry: Omit<JournalEntry, 'revision'>): JournalEntry =>
  JSON.parse(JSON.stringify({ ...entry, revision: 9 })) as JournalEntry;

const entryOf = (event: BlueGreenEvent, gates: JournalEntry['evidence'], basis: Json): JournalEntry =>
  recorded({ ...event, at: NOW, actor: 'system', reason: '', evidence: gates, basis });

function decided(seen: Seen) {
  const { route } = History.rolling(routeWith({ blue: 100, green: 0 }), plan);
  const decision = decide(route.rollout!, route.weights, seen.evidence, seen.now, seen.circumstances);
  const command = {
    rollback: rollbackRollout,
    advance: advanceRollout,
    pause: decision.cause && pauseRollout(decision.cause),
    awaitApproval: pauseRollout('AwaitingApproval'),
    resume: undefined,
    hold: undefined,
  }[decision.action];
  const [event] = command?.(route) ?? [];
  return { route, decision, entry: event && entryOf(event, decision.gates, rolloutBasis(plan, seen)) };
}

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
const sums = mean.map(({ count: n, value }) => ({ count: n, sum: n * value, squares: n * value ** 2 * 1.01 }));
const arms = fc.record({ canary: sums, baseline: sums });

describe('A decision of the job, taken again from its record', () => {
  test('is the same, whatever was seen', () => {
    let acted = 0;
    fc.assert(
      fc.property(traffic, traffic, count, count, arms, arms, fc.boolean(), (green, blue, a, b, cost, judge, fails) => {
        const evidence = rolloutEvidenceOf(evidenceOf(green), evidenceOf(blue), {
          failures: [{ share: 0.25, canary: green.errors, baseline: blue.errors }],
          exposures: [{ weights: [0.25, 0.75], units: [a, b] }],
          ages: { slow: { limit: 240, segments: [{ share: 0.25, canary: a, baseline: b }] } },
          means: { cost, judge: fails ? { ...judge, unreadable: true } : judge, other: judge },
          age: NOW,
        });
        const { route, entry } = decided({ evidence, now: NOW, circumstances: { unreadable: fails ? 4 : 0 } });
        if (!entry) return;
        acted++;
        expect(replay(route, entry)).toMatchObject({ verdict: 'same', differences: [] });
      }),
      { numRuns: 300, seed: 5 },
    );
    expect(acted).toBeGreaterThan(100);
  });

  const failing: Seen = {
    evidence: rolloutEvidenceOf(evidenceOf({ ok: 10, errors: 30 }), evidenceOf({ ok: 100 }), {
      failures: [{ share: 0.25, canary: 30, baseline: 0 }],
    }),
    now: NOW,
    circumstances: {},
  };

  test('is another one when it was recorded otherwise than its figures say', () => {
    const { route, entry } = decided(failing);
    const [errors, ...others] = entry!.evidence;
    const milder = { ...entry!, evidence: [{ ...errors!, verdict: 'pass' as const, observed: 1 }, ...others.slice(1)] };
    expect(replay(route, milder)).toMatchObject({
      verdict: 'different',
      differences: [
        'errors: fail, recorded is pass',
        'errors: observed null, recorded is 1',
        'ceiling: is not recorded',
      ],
    });
    const advanced = entryOf(advanceRollout(route)[0]!, entry!.evidence, entry!.basis!);
    expect(replay(route, advanced).differences).toEqual(['it decides "rollback", recorded is "advance"']);
  });

  test('cannot be taken on nothing, nor on a record of another form', () => {
    const { route, entry } = decided(failing);
    const { basis, ...without } = entry!;
    expect(replay(route, without).verdict).toBe('unrecorded');
    expect(replay(route, { ...entry!, basis: { ...basis, form: 2 } }).verdict).toBe('unrecorded');
    expect(replay(undefined, entry!).verdict).toBe('unrecorded');
  });

  test('takes no more than some kilobytes, of nothing but figures that its gates read', () => {
    const { entry } = decided(failing);
    expect(JSON.stringify(entry!.basis).length).toBeLessThan(2_000);
    expect(entry!.basis).not.toHaveProperty('means.other');
  });
});

test('A split that was reverted by its health check is reverted again', () => {
  const history = new History(routeWith({ blue: 90, green: 10 }));
  const healthCheck = { enabled: true, errorRate: 0.05, latencyP99: 500, autoRollback: true };
  const route = { ...history.route, settings: { healthCheck } };
  const evidence = { green: evidenceOf({ ok: 10, errors: 30 }), blue: evidenceOf({ ok: 100 }) };
  const failed = checkSplit(route, (name) => evidence[name as 'blue' | 'green'])!;
  const [event] = setTrafficWeights({ blue: 100 })(route);
  const entry = entryOf(event!, failed.gates, splitBasis(failed));
  expect(replay(route, entry)).toMatchObject({ verdict: 'same' });
  const lenient = { ...route, settings: { healthCheck: { ...healthCheck, errorRate: 0.9 } } };
  expect(replay(lenient, entry).verdict).toBe('different');
});

test('What a person has done is no decision of gates, and neither is the end of a rollback', () => {
  const person = { type: 'StepApproved', route: 'chat', rolloutId: 'r1', at: 0, actor: 'ada', reason: '' } as const;
  expect(isDecision({ ...person, evidence: [], revision: 1 })).toBe(false);
  const gates = [
    { gate: 'g', verdict: 'fail', observed: 1, limit: 0, sample: { canary: 1, baseline: 1 }, message: '' },
  ] as const;
  expect(isDecision({ ...person, type: 'RolledBack', evidence: gates, revision: 1 })).toBe(false);
});
