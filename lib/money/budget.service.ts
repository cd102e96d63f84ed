import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Subject, type Observable } from 'rxjs';
import type { Clock } from '../kit/clock.js';
import type { PriceOf } from '../domain/usage.js';
import { Guarded } from '../kit/guarded.js';
import type { CallRequest } from '../router/call-request.js';
import type { Expense, Spending } from '../router/call-listener.js';
import { APP_SCOPE, inWords, routeScope, scopeOf } from './budget-policy.js';
import type { BudgetAnswer, BudgetStore } from './budget-store.js';
import type { Budgets } from './budgets.js';
import { CallExpense, type Refusal } from './call-expense.js';
import type { CostReport } from './cost-report.js';
import { Estimates } from './estimates.js';
import { dollars } from './money.js';
import type { SpendAlert } from './spend-alert.js';

/** The dependencies of the service. */
export interface BudgetServiceOptions {
  readonly budgets: Budgets;
  readonly store: BudgetStore;
  readonly clock: Clock;
  readonly priceOf: PriceOf;
  readonly reportOf: (alias: string) => CostReport;
}

/** A budget's month, US dollars. */
export interface BudgetStatus {
  readonly scope: 'app' | 'route';
  readonly route?: string | undefined;
  /** Absent when spending is only counted. */
  readonly limit?: number | undefined;
  readonly spent: number;
  /** Set aside for calls that are running. */
  readonly reserved: number;
}

/**
 * Counts what calls cost and keeps them within their budgets: per route and for the whole app, per month.
 *
 * @example
 * ```ts
 * budgets.alerts$.subscribe(({ message }) => pager.send(message));
 * const { cheaper } = budgets.report('support-chat');
 * ```
 */
export class BudgetService implements Spending {
  readonly #logger = new Logger(BudgetService.name);
  readonly #alerts = new Subject<SpendAlert>();
  readonly #settling = new Set<Promise<void>>();
  readonly #estimates: Estimates;

  constructor(private readonly options: BudgetServiceOptions) {
    this.#estimates = new Estimates(options.priceOf, (message) => this.#logger.warn(message));
  }

  /** Alerts from now on. Completes when the app shuts down. */
  get alerts$(): Observable<SpendAlert> {
    return new Guarded(this.#alerts, (error) => this.#logger.error(`A subscriber failed: ${String(error)}`));
  }

  /** Calls of this process that no budget covers, because the price of their model is not known. */
  get unpricedCalls(): number {
    return this.#estimates.unpricedCalls;
  }

  /** Whether there is any budget. */
  get limited(): boolean {
    return this.options.budgets.all().length > 0;
  }

  /** The cost of each environment of a route in this process, and of the same traffic on the others. */
  report(alias: string): CostReport {
    return this.options.reportOf(alias);
  }

  /** The spending of the configured budgets this month, over the fleet when they are kept in Redis. */
  async status(): Promise<readonly BudgetStatus[]> {
    const { budgets, store } = this.options;
    const figures = await store.figures(budgets.all().map(([key, policy]) => scopeOf(key, policy)));
    return budgets.all().map(([key, { limit }]) => {
      const { spent, reserved } = figures.get(key) ?? { spent: 0, reserved: 0 };
      const money = { spent: dollars(spent), reserved: dollars(reserved) };
      return { ...whose(key), limit: limit === undefined ? undefined : dollars(limit), ...money };
    });
  }

  /** US dollars that the budgets of a route leave this month; `undefined` when nothing limits it. */
  async left(alias: string): Promise<number | undefined> {
    const own = (await this.status()).filter(({ scope, route }) => scope === 'app' || route === alias);
    const left = own.flatMap(({ limit, spent, reserved }) => (limit === undefined ? [] : limit - spent - reserved));
    return left.length === 0 ? undefined : Math.max(0, Math.min(...left));
  }

  begun(request: CallRequest): Expense | undefined {
    const { budgets, store } = this.options;
    const scopes = budgets.scopesOf(request.assignment.route);
    if (scopes.length === 0) return undefined;
    const id = randomUUID();
    const ttl = budgets.ttlOf(scopes);
    let asked = false;
    return new CallExpense({
      estimate: (target) => this.#estimates.of(request, target),
      reserve: (amount) => {
        asked = true;
        const answer = store.reserve(id, amount, scopes, ttl);
        return answer instanceof Promise ? answer.then((late) => this.#heard(late)) : this.#heard(answer);
      },
      settle: (actual) => {
        if (!asked && actual === 0) return;
        const answer = store.settle(id, actual, scopes, ttl);
        if (answer instanceof Promise) this.#late(answer);
        else this.#heard(answer);
      },
    });
  }

  /** Resolves when all spending is booked. No alert comes after that. */
  async finish(): Promise<void> {
    await Promise.all(this.#settling);
    this.#alerts.complete();
  }

  #heard({ refused, figures, reached }: BudgetAnswer): Refusal | undefined {
    for (const { key, percent } of reached) this.#raise(key, percent, figures.get(key)?.spent ?? 0);
    if (refused === undefined) return undefined;
    const policy = this.options.budgets.policy(refused);
    return { why: inWords(refused, policy), final: policy.action === 'reject' };
  }

  #late(answer: Promise<BudgetAnswer>): void {
    const settled = answer.then(
      (heard) => void this.#heard(heard),
      (error: unknown) => this.#logger.error(`A call could not be booked: ${String(error)}`),
    );
    this.#settling.add(settled);
    void settled.finally(() => this.#settling.delete(settled));
  }

  #raise(key: string, percent: number, spentNanos: number): void {
    const policy = this.options.budgets.policy(key);
    const [limit, spent] = [dollars(policy.limit ?? 0), dollars(spentNanos)];
    const message = `${percent}% of ${inWords(key, policy)} is used: $${spent.toFixed(2)} spent.`;
    const alert: SpendAlert = {
      type: 'spend',
      ...whose(key),
      at: this.options.clock.now(),
      message,
      limit,
      spent,
      percent,
    };
    // Subscribers run in a turn of their own, never in a caller's.
    setImmediate(() => this.#alerts.next(alert));
  }
}

function whose(key: string): { scope: 'app' | 'route'; route?: string } {
  return key === APP_SCOPE ? { scope: 'app' } : { scope: 'route', route: key.slice(routeScope('').length) };
}
