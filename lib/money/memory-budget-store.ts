import type { Clock } from '../kit/clock.js';
import type { BudgetAnswer, BudgetFigures, BudgetScope, BudgetStore } from './budget-store.js';

interface Held {
  readonly amount: number;
  readonly keys: readonly string[];
  readonly expiresAt: number;
}

/** Settled ids that are remembered; beyond it the oldest is forgotten. Nothing is settled twice that late. */
const MAX_SETTLED = 10_000;

/** Budgets of one process: nothing awaits, so nothing can come between two steps. It starts over with the process. */
export class MemoryBudgetStore implements BudgetStore {
  #month: number;
  readonly #spent = new Map<string, number>();
  readonly #reserved = new Map<string, number>();
  /** Running calls, oldest first: bounded by their number, and each by its time to live. */
  readonly #held = new Map<string, Held>();
  #nextExpiry = Infinity;
  readonly #settled = new Set<string>();
  readonly #reached = new Set<string>();

  /** @param isMonthly `false`: what is spent stays spent when the month turns. */
  constructor(
    private readonly clock: Clock,
    private readonly isMonthly = true,
  ) {
    this.#month = monthOf(clock);
  }

  reserve(id: string, amount: number, scopes: readonly BudgetScope[], ttl: number): BudgetAnswer {
    this.#turn();
    const more = amount - (this.#held.get(id)?.amount ?? 0);
    if (more > 0) {
      const refusing = scopes.find((scope) => this.#isBeyond(scope, more));
      if (refusing) return this.#answer(scopes, this.#marksOfRefusal(refusing, more), refusing.key);
    }
    const held = this.#release(id)?.amount ?? 0;
    const keys = scopes.map(({ key }) => key);
    this.#hold(id, { amount: Math.max(held, amount), keys, expiresAt: this.clock.elapsed() + ttl });
    return this.#answer(scopes, []);
  }

  settle(id: string, actual: number, scopes: readonly BudgetScope[]): BudgetAnswer {
    this.#turn();
    if (this.#settled.has(id)) return this.#answer(scopes, []);
    this.#release(id);
    this.#settled.add(id);
    if (this.#settled.size > MAX_SETTLED) this.#settled.delete(this.#settled.values().next().value!);
    for (const { key } of scopes) add(this.#spent, key, actual);
    return this.#answer(
      scopes,
      scopes.flatMap((scope) => this.#newMarks(scope, this.#figuresOf(scope.key).spent)),
    );
  }

  figures(scopes: readonly BudgetScope[]): ReadonlyMap<string, BudgetFigures> {
    this.#turn();
    return new Map(scopes.map(({ key }) => [key, this.#figuresOf(key)]));
  }

  /** Whether this reservation was made here and is not settled. */
  holds(id: string): boolean {
    return this.#held.has(id);
  }

  #isBeyond({ key, limit }: BudgetScope, more: number): boolean {
    const { spent, reserved } = this.#figuresOf(key);
    return limit !== undefined && spent + reserved + more > limit;
  }

  /**
   * Running calls may turn out cheaper: the budget is used up only if the spending alone leaves no room for the call.
   */
  #marksOfRefusal(scope: BudgetScope, more: number): BudgetAnswer['reached'] {
    const { limit = 0 } = scope;
    const isUsedUp = more <= limit && this.#figuresOf(scope.key).spent + more > limit;
    const marks = scope.marks.filter(({ percent }) => percent === 100);
    return isUsedUp ? this.#newMarks({ ...scope, marks }, limit) : [];
  }

  #newMarks({ key, marks }: BudgetScope, spent: number): BudgetAnswer['reached'] {
    const reached = marks.filter(({ percent, amount }) => spent >= amount && !this.#reached.has(`${percent} ${key}`));
    for (const { percent } of reached) this.#reached.add(`${percent} ${key}`);
    return reached.map(({ percent }) => ({ key, percent }));
  }

  #answer(scopes: readonly BudgetScope[], reached: BudgetAnswer['reached'], refused?: string): BudgetAnswer {
    return { refused, reached, figures: new Map(scopes.map(({ key }) => [key, this.#figuresOf(key)])) };
  }

  #figuresOf(key: string): BudgetFigures {
    return { spent: this.#spent.get(key) ?? 0, reserved: this.#reserved.get(key) ?? 0 };
  }

  #hold(id: string, held: Held): void {
    this.#held.set(id, held);
    this.#nextExpiry = Math.min(this.#nextExpiry, held.expiresAt);
    for (const key of held.keys) add(this.#reserved, key, held.amount);
  }

  #release(id: string): Held | undefined {
    const held = this.#held.get(id);
    this.#held.delete(id);
    for (const key of held?.keys ?? []) add(this.#reserved, key, -held!.amount);
    return held;
  }

  #turn(): void {
    this.#expire(this.clock.elapsed());
    const month = monthOf(this.clock);
    // A clock that is set back does not bring a month back.
    if (!this.isMonthly || month <= this.#month) return;
    this.#month = month;
    this.#spent.clear();
    this.#reached.clear();
  }

  /** Looks through the running calls only when one may have expired. */
  #expire(now: number): void {
    if (now < this.#nextExpiry) return;
    for (const [id, { expiresAt }] of this.#held) if (expiresAt <= now) this.#release(id);
    this.#nextExpiry = [...this.#held.values()].reduce((next, { expiresAt }) => Math.min(next, expiresAt), Infinity);
  }
}

/** Number of the calendar month, in UTC. */
export function monthOf(clock: Clock): number {
  const date = new Date(clock.now());
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

function add(sums: Map<string, number>, key: string, amount: number): void {
  sums.set(key, (sums.get(key) ?? 0) + amount);
}
