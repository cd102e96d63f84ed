import { decide } from '../../lib/analysis/decide.js';
import type { ArmEvidence, ArmFigures, FailedOf } from '../../lib/domain/figures.js';
import type { Rollout } from '../../lib/domain/state.js';
import { closed, DEFAULT_ROLLOUT } from '../../lib/schedule/plan-schema.js';
import type { PlayedRequest, Rule } from './rule.js';

const TIMES = { count: 0, mean: null, quantile: () => null };
/** None of the default gates reads a window. */
const UNREAD: ArmFigures = { judged: 0, errorRate: null, latency: TIMES, timeToFirstToken: TIMES };

const ROLLOUT: Rollout = {
  id: 'r1',
  from: 'blue',
  to: 'green',
  plan: closed(DEFAULT_ROLLOUT.plan),
  startedAt: 0,
  phase: { name: 'Progressing', step: 0, since: 0, approved: false },
  segments: [],
};

/** The canary's failures in a row, those of the baseline meanwhile, and how many of its own were answered there. */
const NO_RUN = { failures: 0, beside: 0, answered: 0 };

/** What one environment has had under the current weights. */
interface Counts {
  judged: number;
  failed: number;
}

/** All that decides about a rollout that nobody has given a plan: its gates and its fast trip, through the product's own `decide()`. */
export class DefaultPlanRule implements Rule {
  readonly #failures: { share: number; canary: number; baseline: number }[] = [];
  #canary: Counts = { judged: 0, failed: 0 };
  #baseline: Counts = { judged: 0, failed: 0 };
  /** The baseline under all weights, and under the latest at which it had traffic. */
  #charged: Counts = { judged: 0, failed: 0 };
  #lately: Counts = { judged: 0, failed: 0 };
  #rescues = { asked: 0, answered: 0 };
  #run = NO_RUN;

  begin(share: number): void {
    this.#failures.push({ share, canary: 0, baseline: 0 });
    this.#canary = { judged: 0, failed: 0 };
    if (this.#baseline.judged > 0) this.#lately = this.#baseline;
    this.#baseline = { judged: 0, failed: 0 };
    this.#rescues = { asked: 0, answered: 0 };
  }

  request({ isCanary, failed, isFirst, rescued }: PlayedRequest): boolean {
    const counts = isCanary ? this.#canary : this.#baseline;
    counts.judged++;
    if (!isCanary) this.#charged.judged++;
    if (!failed) {
      if (isCanary) this.#run = NO_RUN;
      return false;
    }
    counts.failed++;
    if (!isCanary) this.#charged.failed++;
    const segment = this.#failures.at(-1)!;
    if (isFirst) segment[isCanary ? 'canary' : 'baseline']++;
    const { failures, beside, answered } = this.#run;
    if (!isCanary) {
      if (failures > 0) this.#run = { failures, beside: beside + 1, answered };
      return false;
    }
    this.#run = { failures: failures + 1, beside, answered: answered + (rescued ? 1 : 0) };
    this.#rescues.asked++;
    if (rescued) this.#rescues.answered++;
    return this.#reverts(segment.share);
  }

  minute(): boolean {
    return false;
  }

  #reverts(share: number): boolean {
    const { failures, beside, answered } = this.#run;
    const run = { failures, beside: { blue: beside }, asked: failures, answered: { blue: answered }, alone: 0 };
    const arm = ({ judged, failed }: Counts): ArmEvidence => ({
      window: UNREAD,
      sinceStart: UNREAD,
      judgedInSegment: judged,
      failedInSegment: failed,
      charged: failedOf(this.#charged),
      lately: failedOf(this.#baseline.judged > 0 ? this.#baseline : this.#lately),
      stretches: [failedOf(this.#canary)],
      run,
    });
    const evidence = {
      canary: arm(this.#canary),
      baseline: arm(this.#baseline),
      units: { canary: 1_000, baseline: 1_000 },
      names: { canary: 'green', baseline: 'blue' },
      failures: this.#failures,
      refusals: [],
      faults: this.#failures,
      rescues: this.#rescues,
      exposures: [],
      ages: {},
      means: {},
      age: 0,
    };
    const weights = { blue: 100 * (1 - share), green: 100 * share };
    return decide(ROLLOUT, weights, evidence, 0).action === 'rollback';
  }
}

function failedOf({ judged, failed }: Counts): FailedOf {
  return { failed, total: judged };
}
