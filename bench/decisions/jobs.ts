import { randomStream } from '../../lib/analysis/simulation/random-stream.js';
import { DefaultPlanRule } from './default-plan-rule.js';
import { playHealthy } from './healthy.js';
import { playLate } from './late.js';
import { RULE_NAMES, RULES, type RuleName } from './rules.js';
import { playWorse } from './worse.js';

export const TIMES = [2, 3, 5, 10, 100] as const;
export type Times = (typeof TIMES)[number];

/** Healthy rollouts by their numbers, every second one with outages, each judged by every rule. */
interface HealthyJob {
  readonly kind: 'healthy';
  readonly from: number;
  readonly to: number;
}

/** Rollouts of a canary so many times worse, each by its number, judged by one rule. */
interface WorseJob {
  readonly kind: 'worse';
  readonly rule: RuleName;
  readonly times: Times;
  readonly from: number;
  readonly to: number;
}

/** The same of the default plan and a canary that turns bad after so many good requests. */
interface LateJob {
  readonly kind: 'late';
  readonly good: number;
  readonly times: Times;
  readonly from: number;
  readonly to: number;
}

/** Good requests before a canary turns bad. */
const GOOD = [0, 60_000] as const;
/** Minutes that its plan takes: twice as long as those requests. */
const LATE_PLAN = 200;
const LATE_TIMES = [5, 10] as const;

export type Job = HealthyJob | WorseJob | LateJob;

export type JobResult =
  /** Rollouts reverted by each rule. */
  | { readonly kind: 'healthy'; readonly calm: number[]; readonly outages: number[] }
  /** The canary's requests until each was reverted. */
  | { readonly kind: 'late'; readonly good: number; readonly times: Times; readonly requests: number[] }
  | { readonly kind: 'worse'; readonly rule: RuleName; readonly times: Times; readonly requests: number[] };

/** Requests of the canary after which a rule that still has not reverted is taken not to. */
const PATIENCE = 10_000;

/** Each rollout has random numbers of its own: results do not depend on who runs which job. */
export function runJob(job: Job, seed: number): JobResult {
  const numbers = Array.from({ length: job.to - job.from }, (_, i) => job.from + i);
  if (job.kind === 'worse') {
    const play = RULES[job.rule];
    const requests = numbers.map((number) =>
      playWorse(play(), job.times, PATIENCE, randomStream(seed + job.times, number)),
    );
    return { kind: 'worse', rule: job.rule, times: job.times, requests };
  }
  if (job.kind === 'late') {
    const { good, times } = job;
    const requests = numbers.map((number) =>
      playLate(new DefaultPlanRule(LATE_PLAN), times, good, PATIENCE, randomStream(seed + times, number)),
    );
    return { kind: 'late', good, times, requests };
  }
  const reverted = { calm: RULE_NAMES.map(() => 0), outages: RULE_NAMES.map(() => 0) };
  for (const number of numbers) {
    const hasOutages = number % 2 === 1;
    const rules = RULE_NAMES.map((name) => RULES[name]());
    const counts = hasOutages ? reverted.outages : reverted.calm;
    for (const [n, did] of playHealthy(rules, hasOutages, randomStream(seed, number)).entries()) {
      if (did) counts[n]!++;
    }
  }
  return { kind: 'healthy', ...reverted };
}

const CHUNK = 100;

/** All that is to be run, in pieces that take well under a second each. */
export function jobsFor({ rollouts, trials, otherTrials, lateTrials }: Sizes): Job[] {
  const healthy = chunks(rollouts).map((part) => ({ kind: 'healthy', ...part }) as const);
  const worse = RULE_NAMES.filter((rule) => rule !== EVERY_FAILURE).flatMap((rule) =>
    TIMES.flatMap((times) =>
      chunks(rule === MEASURED ? trials : otherTrials).map(
        (part) => ({ kind: 'worse', rule, times, ...part }) as const,
      ),
    ),
  );
  const late = GOOD.flatMap((good) =>
    LATE_TIMES.flatMap((times) =>
      chunks(lateTrials, 20).map((part) => ({ kind: 'late', good, times, ...part }) as const),
    ),
  );
  return [...healthy, ...worse, ...late];
}

/** How many rollouts of each sort. */
export interface Sizes {
  readonly rollouts: number;
  /** Of the rule that is measured, for each ratio; and of each other one. */
  readonly trials: number;
  readonly otherTrials: number;
  /** Of the default plan and a canary that turns bad late. */
  readonly lateTrials: number;
}

/** The rule whose figures are promised. */
export const MEASURED: RuleName = 'evidence, alphaTotal 0.01';
/** Every request is a unit where a worse canary is played: it would be the same. */
const EVERY_FAILURE: RuleName = 'the same 0.01, every failure counted';

function chunks(count: number, size = CHUNK): { from: number; to: number }[] {
  return Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    from: i * size,
    to: Math.min(count, (i + 1) * size),
  }));
}
