import type { Decider, Seen } from './decider.js';

/** Σx and Σx² of a metric's sums per user. */
interface Sums {
  users: number;
  sum: number;
  squares: number;
}

const ALPHA = 0.05;
const TUNED_FOR = 5_000;
const INTERVAL = 600_000;
const FEWEST = 30;

/**
 * A sequential test at published settings: per user, a one-sided asymptotic confidence sequence at 95%, tuned for
 * 5,000 users, for each of three guardrails (5xx errors, latency, cost), every ten minutes. A bound above 0 reverts.
 * So do feature-flag services that guard a rollout (GrowthBook's Safe Rollouts: settings of its documentation).
 */
export class SequentialDecider implements Decider {
  #metrics = [new Metric(), new Metric(), new Metric()];
  #next = INTERVAL;
  #anonymous = 0;

  begin(): void {
    // A user counts in the arm of its first request.
  }

  request({ reply, unit, isCanary }: Seen): boolean {
    const user = unit < 0 ? --this.#anonymous : unit;
    const [errors, latency, cost] = this.#metrics as [Metric, Metric, Metric];
    errors.add(user, isCanary, reply.ending === 'own' ? 1 : 0);
    latency.add(user, isCanary, reply.latency);
    cost.add(user, isCanary, reply.cost);
    return false;
  }

  tick(at: number): boolean {
    if (at < this.#next) return false;
    this.#next += INTERVAL;
    return this.#metrics.some((metric) => metric.isWorse());
  }

  mayAdvance(): boolean {
    return true;
  }

  lose(): void {
    this.#metrics = [new Metric(), new Metric(), new Metric()];
  }
}

/** A metric: the mean over requests, its error over users (delta method). */
class Metric {
  readonly #users = new Map<number, { sum: number; count: number; isCanary: boolean }>();

  add(user: number, isCanary: boolean, value: number): void {
    const known = this.#users.get(user);
    if (!known) this.#users.set(user, { sum: value, count: 1, isCanary });
    else if (known.isCanary === isCanary) {
      known.sum += value;
      known.count++;
    }
  }

  isWorse(): boolean {
    const [canary, baseline] = [this.#read(true), this.#read(false)];
    if (Math.min(canary.users, baseline.users) < FEWEST) return false;
    const error = Math.sqrt(canary.squares + baseline.squares);
    return canary.sum - baseline.sum > error * width(canary.users + baseline.users);
  }

  /** Mean over requests as `sum`, its squared error as `squares`. */
  #read(isCanary: boolean): Sums {
    let [users, all, requests] = [0, 0, 0];
    for (const user of this.#users.values()) {
      if (user.isCanary !== isCanary) continue;
      users++;
      all += user.sum;
      requests += user.count;
    }
    const mean = all / requests;
    let squares = 0;
    for (const user of this.#users.values()) {
      if (user.isCanary === isCanary) squares += (user.sum - mean * user.count) ** 2;
    }
    return { users, sum: mean, squares: squares / requests ** 2 };
  }
}

function width(n: number): number {
  const spent = -2 * Math.log(2 * ALPHA);
  const tuning = (spent + Math.log1p(spent)) / TUNED_FOR;
  const grown = n * tuning + 1;
  return Math.sqrt(((2 * grown) / (n * tuning)) * Math.log(Math.sqrt(grown) / (2 * ALPHA)));
}
