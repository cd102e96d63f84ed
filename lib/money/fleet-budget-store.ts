import type { Clock } from '../kit/clock.js';
import type { BudgetAnswer, BudgetFigures, BudgetScope, BudgetStore } from './budget-store.js';
import { MemoryBudgetStore } from './memory-budget-store.js';

/** Longest wait for an answer on the request path, milliseconds. */
const PATIENCE = 500;
/** Pause after the store did not answer, milliseconds: callers must not wait for it one by one. */
const AWAY = 1_000;
/** Settlements that wait for the store. Beyond it amounts are merged, and their reservations expire. */
const MAX_OWED = 10_000;

interface Owed {
  readonly actual: number;
  readonly scopes: readonly BudgetScope[];
  readonly ttl: number;
}

/**
 * A shared store that may be out of reach. Until it is back this process counts for itself, on top of what the fleet
 * was known to have spent and set aside: no single process overspends the budget, though several might together.
 * `strict` scopes refuse instead. Settlements wait until the store is back.
 */
export class FleetBudgetStore implements BudgetStore {
  readonly #known = new Map<string, BudgetFigures>();
  #local: MemoryBudgetStore;
  readonly #owed = new Map<string, Owed>();
  #awayUntil = 0;
  #isAway = false;
  #isPaying = false;

  constructor(
    private readonly store: BudgetStore,
    private readonly clock: Clock,
    private readonly onChange: (away: boolean) => void = () => {},
  ) {
    this.#local = new MemoryBudgetStore(clock);
  }

  async reserve(id: string, amount: number, scopes: readonly BudgetScope[], ttl: number): Promise<BudgetAnswer> {
    const answer = await this.#ask(() => this.store.reserve(id, amount, scopes, ttl));
    if (answer) return this.#learned(answer);
    const strict = scopes.find((scope) => scope.strict);
    if (strict) return { refused: strict.key, figures: this.#known, reached: [] };
    return this.#local.reserve(id, amount, scopes.map(this.#whatIsLeft), ttl);
  }

  async settle(id: string, actual: number, scopes: readonly BudgetScope[], ttl: number): Promise<BudgetAnswer> {
    const answer = await this.#ask(() => this.store.settle(id, actual, scopes, ttl));
    if (answer) return this.#learned(answer);
    this.#owe(id, { actual, scopes, ttl });
    // A reservation in the shared store still counts in the fleet's last known figures.
    if (this.#local.holds(id)) this.#local.settle(id, actual, scopes.map(this.#whatIsLeft));
    return { figures: this.#known, reached: [] };
  }

  async figures(scopes: readonly BudgetScope[]): Promise<ReadonlyMap<string, BudgetFigures>> {
    return (await this.#ask(() => this.store.figures(scopes))) ?? this.#known;
  }

  /** `undefined` when the store is out of reach. */
  async #ask<T>(ask: () => T | Promise<T>): Promise<T | undefined> {
    if (this.clock.elapsed() < this.#awayUntil) return undefined;
    try {
      const answer = await this.#inTime(ask());
      this.#back();
      return answer;
    } catch {
      this.#awayUntil = this.clock.elapsed() + AWAY;
      if (!this.#isAway) this.onChange((this.#isAway = true));
      return undefined;
    }
  }

  #inTime<T>(answer: T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.clock.after(PATIENCE, () => reject(new Error('no answer in time')));
      void Promise.resolve(answer).then(resolve, reject).finally(cancel);
    });
  }

  #back(): void {
    if (this.#isAway) {
      this.onChange((this.#isAway = false));
      this.#local = new MemoryBudgetStore(this.clock);
    }
    if (this.#owed.size > 0 && !this.#isPaying) void this.#payOwed();
  }

  async #payOwed(): Promise<void> {
    this.#isPaying = true;
    for (const [id, { actual, scopes, ttl }] of this.#owed) {
      // An id is booked only once: a lost answer does no harm.
      if (!(await this.#ask(() => this.store.settle(id, actual, scopes, ttl)))) break;
      this.#owed.delete(id);
    }
    this.#isPaying = false;
  }

  #owe(id: string, owed: Owed): void {
    if (this.#owed.size < MAX_OWED) {
      this.#owed.set(id, owed);
      return;
    }
    // The newest settlement of the same budgets takes over the amount: no spending is lost.
    const keys = keysOf(owed.scopes);
    const [other, before] = [...this.#owed].findLast(([, { scopes }]) => keysOf(scopes) === keys) ?? [];
    if (other !== undefined && before) this.#owed.set(other, { ...owed, actual: before.actual + owed.actual });
  }

  #learned(answer: BudgetAnswer): BudgetAnswer {
    for (const [key, figures] of answer.figures) this.#known.set(key, figures);
    return answer;
  }

  readonly #whatIsLeft = ({ key, limit }: BudgetScope): BudgetScope => {
    const { spent, reserved } = this.#known.get(key) ?? { spent: 0, reserved: 0 };
    return { key, limit: limit === undefined ? undefined : limit - spent - reserved, marks: [] };
  };
}

function keysOf(scopes: readonly BudgetScope[]): string {
  return scopes.map(({ key }) => key).join(' ');
}
