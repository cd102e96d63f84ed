import { mayBeBilled, type Outcome } from '../domain/outcome.js';
import type { CallEnd, CallFailure, Expense } from '../router/call-listener.js';
import type { Target } from '../routing/route-table.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import type { Awaitable } from './budget-store.js';
import { nano } from './money.js';

/** Why a call got no money, and whether a cheaper environment may still be asked. */
export interface Refusal {
  readonly why: string;
  readonly final: boolean;
}

/** Where one call's money comes from. */
export interface Purse {
  /** Nano-dollars that asking this environment may cost; `undefined` when nobody knows. */
  estimate(target: Target): number | undefined;
  /** Sets this much aside for the call in all. */
  reserve(amount: number): Awaitable<Refusal | undefined>;
  settle(actual: number): void;
}

interface Asked {
  readonly amount: number;
  end?: AskedEnd;
}

/** What became of it. */
interface AskedEnd {
  readonly outcome: Outcome;
  readonly begun: boolean;
  /** US dollars, where they were counted. */
  readonly cost: number | undefined;
}

/** Keeps the account of one call: what was asked for it, and what of that may be billed. */
export class CallExpense implements Expense {
  #exhausted = false;
  readonly #asked: Asked[] = [];
  #held = 0;
  /** The attempt under way got no money: it is not among those that were asked. */
  #isUncovered = false;
  /** What was too dear: only what is cheaper is worth asking for. */
  #refused: { readonly amount: number; readonly why: string } | undefined;

  constructor(private readonly purse: Purse) {}

  get exhausted(): boolean {
    return this.#exhausted;
  }

  cover(target: Target): Promise<void> | void {
    // What has no price cannot be set aside.
    const amount = this.purse.estimate(target) ?? 0;
    const refused = this.#refused;
    if (refused && amount >= refused.amount) throw this.#refuse(refused.why);
    // A try that may be billed is paid for beside the next one.
    const needed = this.#open() + amount;
    if (needed <= this.#held) return this.#covered(amount, needed);
    const answer = this.purse.reserve(needed);
    return answer instanceof Promise
      ? answer.then((late) => this.#covered(amount, needed, late))
      : this.#covered(amount, needed, answer);
  }

  failed({ failure, begun, cost }: CallFailure): void {
    const last = this.#asked.at(-1);
    const isUncovered = this.#isUncovered;
    this.#isUncovered = false;
    if (!last || isUncovered) return;
    last.end = { outcome: failure, begun, cost };
  }

  ended({
    outcome,
    timeToFirstToken,
    lastCost: cost,
  }: Pick<CallEnd, 'outcome' | 'timeToFirstToken' | 'lastCost'>): void {
    const last = this.#asked.at(-1);
    if (!last) return;
    last.end ??= { outcome, begun: timeToFirstToken !== undefined, cost };
    this.purse.settle(this.#open());
  }

  #covered(amount: number, needed: number, refused?: Refusal): void {
    if (refused) {
      this.#refused = { amount, why: refused.why };
      this.#exhausted = refused.final;
      throw this.#refuse(refused.why);
    }
    this.#held = Math.max(this.#held, needed);
    this.#asked.push({ amount });
  }

  /** Not asked: whatever really failed before says more. */
  #refuse(why: string): UpstreamFailure {
    this.#isUncovered = true;
    return new UpstreamFailure('budget', `${why} does not cover it; it was not sent`, { asked: false });
  }

  #open(): number {
    return this.#asked.reduce((sum, asked) => sum + openAmount(asked), 0);
  }
}

/** What the provider bills of it, or may, as far as nobody has counted. */
function openAmount({ amount, end }: Asked): number {
  if (!end) return amount;
  if (end.cost !== undefined) return nano(end.cost);
  return mayBeBilled(end.outcome, end.begun) ? amount : 0;
}
