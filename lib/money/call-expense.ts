import { mayBeBilled, type Outcome } from '../domain/outcome.js';
import type { CallEnd, CallFailure, Expense } from '../router/call-listener.js';
import type { Target } from '../routing/route-table.js';
import { UpstreamFailure } from '../upstream/upstream-failure.js';
import type { Awaitable } from './budget-store.js';
import { nano } from './money.js';

/** Why the budget refused, and whether a cheaper environment may still be asked. */
export interface Refusal {
  readonly why: string;
  readonly final: boolean;
}

/** Pays for one call. */
export interface Purse {
  /** Nano-dollars that asking this environment may cost; `undefined` when the price is not known. */
  estimate(target: Target): number | undefined;
  /** Sets this much aside for the whole call. */
  reserve(amount: number): Awaitable<Refusal | undefined>;
  settle(actual: number): void;
}

interface Asked {
  readonly amount: number;
  end?: AskedEnd;
}

/** How it ended. */
interface AskedEnd {
  readonly outcome: Outcome;
  readonly begun: boolean;
  /** US dollars, if known. */
  readonly cost: number | undefined;
}

/** The account of one call: what was set aside for its attempts, and what the providers may bill. */
export class CallExpense implements Expense {
  #exhausted = false;
  readonly #asked: Asked[] = [];
  #held = 0;
  /** The current attempt was refused: it is not in `#asked`. */
  #isUncovered = false;
  /** The amount that was refused: only less is worth asking for. */
  #refused: { readonly amount: number; readonly why: string } | undefined;

  constructor(private readonly purse: Purse) {}

  get exhausted(): boolean {
    return this.#exhausted;
  }

  cover(target: Target): Promise<void> | void {
    // Without a price nothing can be set aside.
    const amount = this.purse.estimate(target) ?? 0;
    const refused = this.#refused;
    if (refused && amount >= refused.amount) throw this.#refuse(refused.why);
    // An earlier attempt that may be billed is paid for as well.
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

  /** `asked: false`: an earlier real failure says more. */
  #refuse(why: string): UpstreamFailure {
    this.#isUncovered = true;
    return new UpstreamFailure('budget', `${why} does not cover it; it was not sent`, { asked: false });
  }

  #open(): number {
    return this.#asked.reduce((sum, asked) => sum + openAmount(asked), 0);
  }
}

/** The provider's bill for an attempt, or its possible bill if the tokens were not counted. */
function openAmount({ amount, end }: Asked): number {
  if (!end) return amount;
  if (end.cost !== undefined) return nano(end.cost);
  return mayBeBilled(end.outcome, end.begun) ? amount : 0;
}
