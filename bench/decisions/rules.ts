import type { ThresholdGate } from '../../lib/domain/plan.js';
import type { ArmEvidence, Figures, Times } from '../../lib/analysis/figures.js';
import { EvidenceWatch } from '../../lib/analysis/simulation/trial.js';
import { readThreshold } from '../../lib/analysis/threshold-gate.js';

/** Requests a minute, of both arms: what rules that look at the clock go by. */
export const PER_MINUTE = 600;

/** What decides whether a rollout is reverted. Every method says whether it is, now. */
export interface Rule {
  /** From here on the canary has this share, in [0, 1]. */
  begin(share: number): void;
  /** @param isFirst of a unit that has not failed before. */
  request(isCanary: boolean, failed: boolean, isFirst: boolean): boolean;
  minute(): boolean;
}

/** The gate of the product: no worse than the baseline, each unit counted once. */
export class EvidenceRule implements Rule {
  readonly #watch: EvidenceWatch;

  /** @param everyFailure counts every failing request instead, as one must not when failures cluster. */
  constructor(
    alpha: number,
    private readonly everyFailure = false,
  ) {
    this.#watch = new EvidenceWatch({ ratio: 1, alpha });
  }

  begin(share: number): void {
    this.#watch.begin(share);
  }

  request(isCanary: boolean, failed: boolean, isFirst: boolean): boolean {
    return failed && (isFirst || this.everyFailure) && this.#watch.fails(isCanary);
  }

  minute(): boolean {
    return false;
  }
}

const WINDOW_MINUTES = 5;
const GATE: ThresholdGate = {
  name: 'errors',
  kind: 'errorRate',
  compare: 'absolute',
  max: 0.05,
  minSampleSize: 50,
  onFail: 'rollback',
};
const NO_TIMES: Times = { count: 0, mean: null, quantile: () => null };

/** Counts of one arm over a window that slides by minutes, and in all. */
class Counts {
  readonly #minutes: { requests: number; failures: number }[] = [{ requests: 0, failures: 0 }];
  requests = 0;
  failures = 0;
  allRequests = 0;
  allFailures = 0;

  add(failed: boolean): void {
    const minute = this.#minutes.at(-1)!;
    minute.requests++;
    this.requests++;
    this.allRequests++;
    if (!failed) return;
    minute.failures++;
    this.failures++;
    this.allFailures++;
  }

  minute(): void {
    if (this.#minutes.length === WINDOW_MINUTES) {
      const { requests, failures } = this.#minutes.shift()!;
      this.requests -= requests;
      this.failures -= failures;
    }
    this.#minutes.push({ requests: 0, failures: 0 });
  }
}

/** A plain limit on the error rate: 5 %, from 50 requests on, over five minutes. */
export class PlainRule implements Rule {
  readonly #counts = new Counts();

  begin(): void {
    // A plain limit knows nothing of shares.
  }

  request(isCanary: boolean, failed: boolean): boolean {
    if (!isCanary) return false;
    this.#counts.add(failed);
    const { requests, failures, allRequests, allFailures } = this.#counts;
    // The product is asked where it may say no: asking it at every request would take minutes.
    const recent = requests >= GATE.minSampleSize;
    if (recent ? failures <= GATE.max * requests : allFailures <= GATE.max * allRequests) return false;
    const canary = armOf(figuresOf(requests, failures), figuresOf(allRequests, allFailures));
    return readThreshold(GATE, { canary, baseline: EMPTY }).verdict === 'fail';
  }

  minute(): boolean {
    this.#counts.minute();
    return false;
  }
}

function figuresOf(requests: number, failures: number): Figures {
  const errorRate = requests === 0 ? null : failures / requests;
  return { judged: requests, errorRate, latency: NO_TIMES, timeToFirstToken: NO_TIMES };
}

function armOf(window: Figures, sinceStart: Figures): ArmEvidence {
  return { window, sinceStart, judgedInSegment: window.judged, consecutiveFailures: 0 };
}

const EMPTY = armOf(figuresOf(0, 0), figuresOf(0, 0));

/**
 * A counter of failed checks, as Flagger keeps one (pkg/controller/scheduler.go): the canary's success rate is checked once in an
 * interval over that interval; a check that fails, or finds no requests, adds one, which nothing takes back; the
 * rollout is reverted when the counter has reached its threshold.
 */
export class CounterRule implements Rule {
  #requests = 0;
  #failures = 0;
  #failedChecks = 0;

  constructor(
    private readonly leastSuccess: number,
    private readonly threshold: number,
  ) {}

  begin(): void {
    // The counter outlives the step.
  }

  request(isCanary: boolean, failed: boolean): boolean {
    if (!isCanary) return false;
    this.#requests++;
    if (failed) this.#failures++;
    return false;
  }

  minute(): boolean {
    if (this.#failedChecks >= this.threshold) return true;
    const success = 1 - this.#failures / this.#requests;
    if (!(success >= this.leastSuccess)) this.#failedChecks++;
    this.#requests = 0;
    this.#failures = 0;
    return false;
  }
}

/** Every rule that is compared, by the name that the table has. */
export const RULES = {
  'evidence, alphaTotal 0.05': () => new EvidenceRule(0.05),
  'evidence, alphaTotal 0.01': () => new EvidenceRule(0.01),
  'the same 0.01, every failure counted': () => new EvidenceRule(0.01, true),
  'plain limit 5 %, 50 requests': () => new PlainRule(),
  'counter, 5 checks under 95 %': () => new CounterRule(0.95, 5),
  'counter, 5 checks under 99 %': () => new CounterRule(0.99, 5),
} satisfies Record<string, () => Rule>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];
