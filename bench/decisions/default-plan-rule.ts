import { decide } from '../../lib/analysis/decide.js';
import type { FailedOf } from '../../lib/domain/failure-run.js';
import type { ArmEvidence, ArmFigures } from '../../lib/domain/figures.js';
import type { Rollout } from '../../lib/domain/state.js';
import { UnitStarts } from '../../lib/analysis/evidence/thinning.js';
import { FailureRuns } from '../../lib/telemetry/failure-runs.js';
import { closed, DEFAULT_ROLLOUT } from '../../lib/schedule/plan-schema.js';
import { PER_MINUTE, type PlayedRequest, type Rule } from './rule.js';

const TIMES = { count: 0, mean: null, quantile: () => null };
/** No times: none of the gates here reads them. */
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

const BETWEEN_REQUESTS = 60_000 / PER_MINUTE;
/** The other environment was asked for a request that failed. */
const NOT_RESCUED = { callerOutcome: 'server_error', attempts: 2 } as const;
const RESCUED = { callerOutcome: 'ok', attempts: 2, answeredBy: { environment: 'blue', version: 'v' } } as const;

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
  readonly #runs = new FailureRuns();
  #at = 0;
  readonly #units = new UnitStarts();
  #canaryUnits = 0;

  begin(share: number): void {
    this.#failures.push({ share, canary: 0, baseline: 0 });
    this.#canary = { judged: 0, failed: 0 };
    if (this.#baseline.judged > 0) this.#lately = this.#baseline;
    this.#baseline = { judged: 0, failed: 0 };
    this.#rescues = { asked: 0, answered: 0 };
  }

  request({ isCanary, unit, failed, isFirst, rescued }: PlayedRequest): boolean {
    const environment = isCanary ? 'green' : 'blue';
    this.#at += BETWEEN_REQUESTS;
    this.#runs.charge({ environment, unit, at: this.#at, outcome: failed ? 'server_error' : 'ok' });
    if (isCanary && (unit === undefined || this.#units.claim(unit, 0) === -1)) this.#canaryUnits++;
    const counts = isCanary ? this.#canary : this.#baseline;
    counts.judged++;
    if (!isCanary) this.#charged.judged++;
    if (!failed) return false;
    counts.failed++;
    if (!isCanary) this.#charged.failed++;
    const segment = this.#failures.at(-1)!;
    if (isFirst) segment[isCanary ? 'canary' : 'baseline']++;
    if (!isCanary) return false;
    this.#runs.ends({ environment, unit, ...(rescued ? RESCUED : NOT_RESCUED) });
    this.#rescues.asked++;
    if (rescued) this.#rescues.answered++;
    return this.#reverts(segment.share);
  }

  minute(): boolean {
    return false;
  }

  #reverts(share: number): boolean {
    const run = this.#runs.read('green', true);
    const arm = ({ judged, failed }: Counts): ArmEvidence => ({
      window: { ...UNREAD, judged, errorRate: judged === 0 ? null : failed / judged },
      sinceStart: { ...UNREAD, judged, errorRate: judged === 0 ? null : failed / judged },
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
      wrongAnswers: [],
      faults: this.#failures,
      rescues: this.#rescues,
      exposures: [{ weights: [1], units: [this.#canaryUnits] }],
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
