import { describe, expect, test } from '@jest/globals';
import { ValidationError } from '../validation/validation-error.js';
import { DEFAULT_ROLLOUT, overlay, parseRollout } from './plan-schema.js';
import type { RolloutInput } from './rollout-input.js';

function problemsOf(input: unknown): string[] {
  try {
    parseRollout(input as RolloutInput);
  } catch (error) {
    if (error instanceof ValidationError) return error.problems.map(({ path }) => path);
    throw error;
  }
  return [];
}

const windows = (step: number) => Array.from({ length: 10 }, (_, n) => ({ cron: `${n} ${step} * * *` }));

const stepsWithWindows = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ setWeight: 5, duration: 1, holdConditions: { windows: windows(n % 4) } }));

const weightsOf = (input: RolloutInput['steps']) =>
  parseRollout({ steps: input }).steps!.map(({ setWeight, duration }) => [setWeight, duration / 60_000]);

describe('A schedule', () => {
  test('may say nothing at all', () => {
    expect(overlay(DEFAULT_ROLLOUT, parseRollout({}))).toEqual({ ...DEFAULT_ROLLOUT, to: undefined });
  });

  test('has its defaults filled in, part by part', () => {
    const { steps, gates, fastTrip } = parseRollout({
      steps: [
        { setWeight: 5, duration: '1h' },
        { setWeight: 50, duration: 0, holdConditions: { minSampleSize: { canary: 7 }, requiresApproval: true } },
      ],
      gates: [{ name: 'slow', kind: 'latency', quantile: 0.99, max: '2s' }],
      fastTrip: {},
    });
    expect(steps).toEqual([
      {
        setWeight: 5,
        duration: 3_600_000,
        holdConditions: { minSampleSize: { canary: 20, baseline: 20 }, requiresApproval: false },
      },
      {
        setWeight: 50,
        duration: 0,
        holdConditions: { minSampleSize: { canary: 7, baseline: 20 }, requiresApproval: true },
      },
    ]);
    expect(gates).toMatchObject([
      {
        name: 'slow',
        kind: 'latency',
        quantile: 0.99,
        compare: 'absolute',
        max: 2_000,
        minSampleSize: 50,
        onFail: 'rollback',
      },
    ]);
    expect(fastTrip).toEqual({ consecutiveFailures: 5 });
  });

  test('names the gates that nobody has named after what they read', () => {
    const { gates } = parseRollout({
      gates: [
        { kind: 'errorRate', max: 0.05 },
        { kind: 'latency', max: '2s' },
        { kind: 'latency', quantile: 0.999, max: '3s' },
        { kind: 'timeToFirstToken', quantile: 0.95, compare: 'baseline', max: '1s' },
      ],
    });
    expect(gates?.map(({ name }) => name)).toEqual([
      'error-rate',
      'latency',
      'latency-p99.9',
      'time-to-first-token-p95-against-baseline',
    ]);
  });

  test('may be named, or go by increments', () => {
    expect(weightsOf('conservative')).toEqual([
      [10, 30],
      [30, 60],
      [50, 120],
      [70, 240],
      [100, 0],
    ]);
    expect(parseRollout({ steps: 'standard' }).steps).toEqual(DEFAULT_ROLLOUT.plan.steps);
    expect(weightsOf({ increment: 30, interval: '5m' })).toEqual([
      [30, 5],
      [60, 5],
      [90, 5],
      [100, 5],
    ]);
  });

  test('has stages before the first step only where it asks for them, and may take them back', () => {
    expect(overlay(DEFAULT_ROLLOUT).plan).not.toHaveProperty('warmUp');
    const base = overlay(DEFAULT_ROLLOUT, parseRollout({ warmUp: {}, shadow: {}, preflight: { enabled: false } }));
    expect(base.plan).toMatchObject({
      warmUp: { requests: 10, maxFailures: 0 },
      shadow: { percentage: 10, minPairs: 50 },
    });
    expect(base.preflight).toEqual({ enabled: false, timeout: 10_000 });
    const over = overlay(base, parseRollout({ warmUp: false, shadow: false }));
    expect(Object.keys(over.plan)).toEqual(Object.keys(DEFAULT_ROLLOUT.plan));
    expect(over.preflight.enabled).toBe(false);
  });

  test('laid over another one replaces whole parts and keeps the others', () => {
    const base = overlay(DEFAULT_ROLLOUT, parseRollout({ to: 'green', finalBakeTime: '1m', gates: [] }));
    const over = overlay(base, parseRollout({ steps: [{ setWeight: 1, duration: '1s' }], finalBakeTime: 0 }));
    expect(over.to).toBe('green');
    expect(over.plan.gates).toEqual([]);
    expect(over.plan.steps).toHaveLength(1);
    expect(over.plan.finalBakeTime).toBe(0);
    expect(over.plan.fastTrip).toEqual(DEFAULT_ROLLOUT.plan.fastTrip);
    expect(base.plan.steps).toHaveLength(4);
  });

  test('that is wrong is refused with every problem at once', () => {
    const wrong = {
      too: 'green',
      finalBakeTime: 'later',
      fastTrip: { consecutiveFailures: -1 },
      steps: [{ setWeight: 101 }, { setWeight: -1, duration: '1x', hold: true }],
      gates: [
        { name: '', kind: 'errorRate', max: 5 },
        { name: 'slow', kind: 'latency', max: '1s', quantile: 1 },
        { name: 'rate', kind: 'errorRate', max: 0.1, quantile: 0.5, minSampleSize: 0, onFail: 'explode' },
        { name: 'what', kind: 'vibes', max: 1 },
      ],
    };
    expect(problemsOf(wrong).toSorted()).toEqual(
      [
        'too',
        'finalBakeTime',
        'fastTrip.consecutiveFailures',
        'steps.0.setWeight',
        'steps.0.duration',
        'steps.1.setWeight',
        'steps.1.duration',
        'steps.1.hold',
        'gates.0.name',
        'gates.0.max',
        'gates.1.quantile',
        'gates.2.quantile',
        'gates.2.minSampleSize',
        'gates.2.onFail',
        'gates.3.kind',
      ].toSorted(),
    );
  });

  test.each([
    ['no steps', { steps: [] }],
    ['half a request', { steps: [{ setWeight: 5, duration: 1, holdConditions: { minSampleSize: { canary: 0.5 } } }] }],
    ['a quantile of 0', { gates: [{ name: 'slow', kind: 'latency', max: 1, quantile: 0 }] }],
    ['a rate above 1', { gates: [{ name: 'rate', kind: 'errorRate', max: 1.1 }] }],
    ['a limit on its time that is shorter than it', { steps: [{ setWeight: 5, duration: '2m', maxDuration: '1m' }] }],
    [
      'a window that is none',
      { steps: [{ setWeight: 5, duration: 1, holdConditions: { windows: [{ cron: 'daily' }] } }] },
    ],
    ['a schedule of an unknown name', { steps: 'hasty' }],
    ['more steps than a journal should have to keep', { steps: { increment: 0.1, interval: 1 } }],
    ['a warm-up that cannot fail', { warmUp: { requests: 3, maxFailures: 3 } }],
    ['null', null],
  ])('is refused with %s', (_what, input) => {
    expect(problemsOf(input)).toHaveLength(1);
  });

  test('has thirty different windows at most, and five problems with them are told', () => {
    expect(problemsOf({ steps: stepsWithWindows(3) })).toEqual([]);
    expect(problemsOf({ steps: [...stepsWithWindows(3), ...stepsWithWindows(3)] })).toEqual([]);
    expect(problemsOf({ steps: stepsWithWindows(4) })).toEqual(['steps.3.holdConditions.windows.0']);
    const never = Array.from({ length: 20 }, (_, n) => ({ cron: `${n} 0 30 2 *` }));
    const step = { setWeight: 5, duration: 1, holdConditions: { windows: never } };
    expect(problemsOf({ steps: [step] })).toHaveLength(5);
  });
});
