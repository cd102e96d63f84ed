import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisScript } from '../redis/redis-script.js';
import { FIGURES, RESERVE, SETTLE } from './budget-lua.js';
import type { BudgetAnswer, BudgetFigures, BudgetScope, BudgetStore } from './budget-store.js';

const reserve = new RedisScript(RESERVE);
const settle = new RedisScript(SETTLE);
const figures = new RedisScript(FIGURES);

/**
 * Budgets of a whole fleet. Each method is one script; months and expiry follow the clock of Redis. A Redis that was
 * emptied, or has lost its last writes, is told what this process saw spent in the month: budgets do not start over.
 */
export class RedisBudgetStore implements BudgetStore {
  /** By key: bounded by the configuration. */
  readonly #seen = new Map<string, number>();
  #month = 0;
  readonly #prefix: string;
  readonly #keys: readonly string[];

  /** @param prefix contains a hash tag, so that all keys are on one node of a cluster. */
  constructor(
    private readonly connection: RedisConnection,
    prefix = '{blue-green}:',
  ) {
    this.#prefix = `${prefix}budget`;
    this.#keys = ['spent', 'reserved', 'reservations', 'expiries'].map((name) => `${this.#prefix}:${name}`);
  }

  async reserve(id: string, amount: number, scopes: readonly BudgetScope[], ttl: number): Promise<BudgetAnswer> {
    return this.#run(reserve, this.#keys, [id, amount, Math.round(ttl)], scopes);
  }

  async settle(id: string, actual: number, scopes: readonly BudgetScope[], ttl: number): Promise<BudgetAnswer> {
    const keys = [...this.#keys, `${this.#prefix}:settled:${id}`];
    return this.#run(settle, keys, [id, actual, Math.max(1, Math.round(ttl))], scopes);
  }

  async figures(scopes: readonly BudgetScope[]): Promise<ReadonlyMap<string, BudgetFigures>> {
    return (await this.#run(figures, this.#keys, [], scopes)).figures;
  }

  async #run(
    script: RedisScript,
    keys: readonly string[],
    args: readonly (string | number)[],
    scopes: readonly BudgetScope[],
  ): Promise<BudgetAnswer> {
    const known = scopes.map((scope) => ({ ...scope, seen: this.#seen.get(scope.key) }));
    const reply = (await script.run(this.connection, keys, [...args, JSON.stringify(known), this.#month])) as Reply;
    const answer = answerFrom(reply, scopes);
    this.#learn(reply[3], answer);
    return answer;
  }

  #learn(month: number, { figures: sums }: BudgetAnswer): void {
    // Answers may overtake each other, also at the turn of a month.
    if (month < this.#month) return;
    if (month > this.#month) this.#seen.clear();
    this.#month = month;
    for (const [key, { spent }] of sums) this.#seen.set(key, Math.max(spent, this.#seen.get(key) ?? 0));
  }
}

/** The scripts' reply. Lua counts the scopes from 1. */
type Reply = readonly [refused: number, figures: readonly number[], marks: readonly number[], month: number];

function answerFrom([refused, sums, marks]: Reply, scopes: readonly BudgetScope[]): BudgetAnswer {
  return {
    refused: refused === 0 ? undefined : scopes[refused - 1]!.key,
    figures: new Map(
      scopes.map(({ key }, at) => [key, { spent: Number(sums[2 * at]), reserved: Number(sums[2 * at + 1]) }]),
    ),
    reached: pairs(marks).map(([index, percent]) => ({ key: scopes[index - 1]!.key, percent })),
  };
}

function pairs(numbers: readonly number[]): [number, number][] {
  return numbers.flatMap((first, at) => (at % 2 === 0 ? [[first, numbers[at + 1]!] as [number, number]] : []));
}
