import type { Decider, Seen } from './decider.js';

/** Requests of one arm in an interval. */
interface Tally {
  requests: number;
  errors: number;
  /** Times by twentieths of an e-fold. */
  times: Map<number, number>;
}

const BINS = 20;
const empty = (): Tally => ({ requests: 0, errors: 0, times: new Map() });

/** Counts as a proxy does: a 5xx is an error. Refusals and wrong answers have another status. */
function count(tally: Tally, { reply }: Seen): void {
  tally.requests++;
  if (reply.ending === 'own') tally.errors++;
  const bin = Math.ceil(Math.log(reply.latency) * BINS);
  tally.times.set(bin, (tally.times.get(bin) ?? 0) + 1);
}

function quantile({ requests, times }: Tally, p: number): number {
  let left = p * requests;
  for (const [bin, n] of [...times].toSorted(([a], [b]) => a - b)) {
    left -= n;
    if (left <= 0) return Math.exp(bin / BINS);
  }
  return 0;
}

/** The common part of all of them: they look at the canary's last interval, at fixed times. */
abstract class IntervalDecider implements Decider {
  protected canary = empty();
  protected baseline = empty();
  #next: number;

  constructor(private readonly interval: number) {
    this.#next = interval;
  }

  begin(): void {
    // Limits do not depend on the weights.
  }

  request(seen: Seen): boolean {
    count(seen.isCanary ? this.canary : this.baseline, seen);
    return false;
  }

  tick(at: number): boolean {
    if (at < this.#next) return false;
    this.#next += this.interval;
    const reverts = this.look();
    this.canary = empty();
    this.baseline = empty();
    return reverts;
  }

  mayAdvance(): boolean {
    return true;
  }

  lose(): void {
    this.canary = empty();
    this.baseline = empty();
  }

  protected abstract look(): boolean;
}

const MINUTE = 60_000;

/**
 * Plain limits as Flagger's documentation has them: every minute at least 99% without a 5xx and a p99 below a limit;
 * five failed checks, which nothing takes back, revert. Its limit on time, 500 ms, is for web pages: here 5 s.
 */
export class FlaggerDecider extends IntervalDecider {
  #failed = 0;

  constructor() {
    super(MINUTE);
  }

  protected look(): boolean {
    const { requests, errors } = this.canary;
    const isWell = requests > 0 && errors / requests <= 0.01 && quantile(this.canary, 0.99) <= 5_000;
    if (!isWell) this.#failed++;
    return this.#failed >= 5;
  }
}

/**
 * A limit as the Argo Rollouts documentation has it: every five minutes at least 95% without a 5xx; more than three
 * failures revert.
 */
export class ArgoDecider extends IntervalDecider {
  #failed = 0;

  constructor() {
    super(5 * MINUTE);
  }

  protected look(): boolean {
    const { requests, errors } = this.canary;
    if (requests > 0 && errors / requests > 0.05) this.#failed++;
    return this.#failed > 3;
  }
}

/**
 * A raw difference every five minutes: one point more errors than the live environment, or a p95 half as long again.
 */
export class DifferenceDecider extends IntervalDecider {
  constructor() {
    super(5 * MINUTE);
  }

  protected look(): boolean {
    const { canary, baseline } = this;
    if (Math.min(canary.requests, baseline.requests) < 20) return false;
    const more = canary.errors / canary.requests - baseline.errors / baseline.requests;
    return more > 0.01 || quantile(canary, 0.95) > 1.5 * quantile(baseline, 0.95);
  }
}
