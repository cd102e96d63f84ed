import type { Slot } from '../routing/route-table.js';
import type { ShadowPolicy, ShedReason } from './shadow-policy.js';

/** Decides which mirrors are shed, and counts them. */
export class Admission {
  readonly shed: Record<ShedReason, number> = {
    concurrency: 0,
    budget: 0,
    unpriced: 0,
    load: 0,
    no_target: 0,
    same_environment: 0,
  };

  constructor(
    private readonly policy: Pick<ShadowPolicy, 'concurrency' | 'maxEventLoopDelay'>,
    private readonly loopDelay: () => number,
  ) {}

  /** Whether a mirror of a request to `environment` may be sent. Does not look at its price. */
  admits(target: Slot | undefined, environment: string, open: number, limit = this.policy.concurrency): target is Slot {
    const reason = this.#reasonAgainst(target, environment, open, limit);
    if (reason) this.shed[reason]++;
    return reason === undefined;
  }

  #reasonAgainst(target: Slot | undefined, environment: string, open: number, limit: number): ShedReason | undefined {
    if (!target) return 'no_target';
    if (target.environment === environment) return 'same_environment';
    if (open >= limit) return 'concurrency';
    if (this.loopDelay() > this.policy.maxEventLoopDelay) return 'load';
    return undefined;
  }
}
