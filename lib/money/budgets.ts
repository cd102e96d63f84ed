import { APP_SCOPE, routeScope, scopeOf, type BudgetPolicy } from './budget-policy.js';
import type { BudgetScope } from './budget-store.js';

/** The configured budgets, and which of them pay for a route's calls. */
export class Budgets {
  readonly #policies: ReadonlyMap<string, BudgetPolicy>;
  /** By route: bounded by the configuration. */
  readonly #scopes = new Map<string, readonly BudgetScope[]>();

  /** @param routes by alias; routes without a budget of their own are left out. */
  constructor(app: BudgetPolicy | undefined, routes: ReadonlyMap<string, BudgetPolicy>) {
    const own = [...routes].map(([alias, policy]): [string, BudgetPolicy] => [routeScope(alias), policy]);
    this.#policies = new Map(app ? [[APP_SCOPE, app], ...own] : own);
  }

  all(): readonly (readonly [key: string, policy: BudgetPolicy])[] {
    return [...this.#policies];
  }

  policy(key: string): BudgetPolicy {
    const policy = this.#policies.get(key);
    if (!policy) throw new TypeError(`No budget "${key}" is configured.`);
    return policy;
  }

  /** Budgets that reject come first: their refusal is final. */
  scopesOf(alias: string): readonly BudgetScope[] {
    const known = this.#scopes.get(alias);
    if (known) return known;
    const rejects = ({ key }: BudgetScope) => Number(this.policy(key).action === 'reject');
    const scopes = [APP_SCOPE, routeScope(alias)]
      .filter((key) => this.#policies.has(key))
      .map((key) => scopeOf(key, this.policy(key)))
      .toSorted((a, b) => rejects(b) - rejects(a));
    this.#scopes.set(alias, scopes);
    return scopes;
  }

  /** Milliseconds after which money that was set aside in these is free again. */
  ttlOf(scopes: readonly BudgetScope[]): number {
    return Math.max(...scopes.map(({ key }) => this.policy(key).reservationTtl));
  }
}
