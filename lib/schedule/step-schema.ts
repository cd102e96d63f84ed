import { z } from 'zod';
import { windowProblem } from '../analysis/windows.js';
import type { Step } from '../domain/plan.js';
import { stairs } from '../domain/stairs.js';
import { duration } from '../validation/duration.js';
import { count } from '../validation/fields.js';

const share = z.number().min(0).max(100);
const fraction = z.number().min(0).max(1);
const someTime = duration.pipe(z.number().min(1));
const onInconclusive = z.enum(['hold', 'rollback', 'advance']).optional();

/** Most steps that increments may result in: every start writes the schedule to the journal. */
const MAX_STEPS = 200;

/** Different windows that the steps of a schedule may have. */
const MOST_WINDOWS = 30;
/** Those of them with a problem that are told: it takes a while to find out that one never opens. */
const MOST_TOLD = 5;
const TOO_MANY_WINDOWS = `is one more than the ${MOST_WINDOWS} different windows that a schedule may have`;

const window = z.strictObject({
  cron: z.string().min(1).max(200),
  tz: z.string().min(1).max(100).default('UTC'),
});

const step = z
  .strictObject({
    setWeight: share,
    duration,
    maxDuration: someTime.optional(),
    onInconclusive,
    noTrafficGracePeriod: someTime.optional(),
    noTrafficAction: z.enum(['hold', 'rollback']).optional(),
    holdConditions: z
      .strictObject({
        minSampleSize: z.strictObject({ canary: count.default(20), baseline: count.default(20) }).prefault({}),
        minUnits: count.optional(),
        detect: z.number().min(1.25).max(100).optional(),
        requiresApproval: z.boolean().default(false),
        windows: z.array(window).max(20).optional(),
      })
      .prefault({}),
  })
  .refine(notShorter, { path: ['maxDuration'], error: 'is shorter than the duration' });

const MINUTE = 60_000;

const SHAPES = {
  standard: [
    [5, 10],
    [25, 10],
    [50, 10],
    [100, 10],
  ],
  conservative: [
    [10, 30],
    [30, 60],
    [50, 120],
    [70, 240],
    [100, 0],
  ],
} as const;

/** The steps of a named schedule. */
function shape(name: keyof typeof SHAPES): Step[] {
  return SHAPES[name].map(([setWeight, minutes]) => plainStep(setWeight, minutes * MINUTE));
}

export const STANDARD_STEPS: readonly Step[] = shape('standard');

const increments = z
  .strictObject({
    increment: z
      .number()
      .min(100 / MAX_STEPS)
      .max(100),
    interval: duration,
  })
  .transform(({ increment, interval }) => stairs(0, 100, increment).map((weight) => plainStep(weight, interval)));

/** Steps as people write them. */
export const stepsSchema = z.union([
  z.array(step).min(1, 'needs at least one step').max(MAX_STEPS).check(neverFalling).check(withWindowsThatOpen),
  z.enum(['standard', 'conservative']).transform(shape),
  increments,
]);

export const warmUpSchema = z
  .strictObject({
    requests: z.int().min(1).max(1_000).default(10),
    maxLatency: duration.optional(),
    maxFailures: count.default(0),
    prompts: z.array(z.string().min(1).max(10_000)).min(1).max(100).default(['Say hello.']),
  })
  .refine(({ requests, maxFailures }) => maxFailures < requests, {
    path: ['maxFailures'],
    error: 'lets every request fail',
  });

export const shadowStageSchema = z
  .strictObject({
    percentage: z.number().gt(0).max(100).default(10),
    concurrency: z.int().min(1).max(1_000).optional(),
    maxCostUsd: z.number().min(0).max(1_000_000).optional(),
    duration: duration.prefault('10m'),
    maxDuration: someTime.optional(),
    onInconclusive,
    minPairs: count.min(1).default(50),
    minSimilarity: fraction.optional(),
    maxBelowThreshold: fraction.optional(),
    maxFailureRate: fraction.default(0.05),
  })
  .refine(notShorter, { path: ['maxDuration'], error: 'is shorter than the duration' });

/** A schedule that takes traffic back is a rollback, which needs no schedule. */
function neverFalling({ value: steps, issues }: z.core.ParsePayload<{ readonly setWeight: number }[]>): void {
  const index = steps.findIndex(({ setWeight }, at) => at > 0 && setWeight < steps[at - 1]!.setWeight);
  if (index === -1) return;
  const [before, weight] = [steps[index - 1]!.setWeight, steps[index]!.setWeight];
  issues.push({
    code: 'custom',
    input: weight,
    path: [index, 'setWeight'],
    message: `is below the ${before}% of the step before`,
    params: { remedy: 'Let the weights rise, or stay. A rollback by gates or by hand takes traffic back.' },
  });
}

function withWindowsThatOpen({ value: steps, issues }: z.core.ParsePayload<z.output<typeof step>[]>): void {
  const known = new Set<string>();
  let told = 0;
  for (const [index, { holdConditions }] of steps.entries()) {
    for (const [at, value] of (holdConditions.windows ?? []).entries()) {
      const key = `${value.tz} ${value.cron}`;
      if (known.has(key)) continue;
      known.add(key);
      const message = known.size > MOST_WINDOWS ? TOO_MANY_WINDOWS : windowProblem(value);
      if (message === undefined) continue;
      const path = [index, 'holdConditions', 'windows', at];
      const remedy = "Write five fields and an IANA time zone, like { cron: '* 9-16 * * 1-5', tz: 'Europe/Berlin' }.";
      issues.push({ code: 'custom', input: value, path, message, params: { remedy } });
      if (++told >= MOST_TOLD || message === TOO_MANY_WINDOWS) return;
    }
  }
}

function notShorter(stage: { readonly duration: number; readonly maxDuration?: number | undefined }): boolean {
  return stage.maxDuration === undefined || stage.maxDuration >= stage.duration;
}

function plainStep(setWeight: number, lasting: number): Step {
  const minSampleSize = { canary: 20, baseline: 20 };
  return { setWeight, duration: lasting, holdConditions: { minSampleSize, requiresApproval: false } };
}
