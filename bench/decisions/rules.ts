import { EvidenceWatch } from '../../lib/analysis/simulation/trial.js';
import { DefaultPlanRule } from './default-plan-rule.js';
import { PlainRule } from './plain-rule.js';
import type { PlayedRequest, Rule } from './rule.js';

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

  request({ isCanary, failed, isFirst }: PlayedRequest): boolean {
    return failed && (isFirst || this.everyFailure) && this.#watch.fails(isCanary);
  }

  minute(): boolean {
    return false;
  }
}

/**
 * A counter of failed checks, as Flagger keeps one (pkg/controller/scheduler.go): the canary's success rate is checked
 * once in an interval over that interval; a check that fails, or finds no requests, adds one, which nothing takes back;
 * the rollout is reverted when the counter has reached its threshold.
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

  request({ isCanary, failed }: PlayedRequest): boolean {
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
  'plain limit 5%, 50 requests': () => new PlainRule(),
  'counter, 5 checks under 95%': () => new CounterRule(0.95, 5),
  'counter, 5 checks under 99%': () => new CounterRule(0.99, 5),
  'the default plan': () => new DefaultPlanRule(),
} satisfies Record<string, () => Rule>;

export type RuleName = keyof typeof RULES;
export const RULE_NAMES = Object.keys(RULES) as RuleName[];
