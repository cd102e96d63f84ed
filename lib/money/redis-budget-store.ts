import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisScript } from '../redis/redis-script.js';
import { FIGURES, RESERVE, SETTLE } from './budget-lua.js';
import type { BudgetAnswer, BudgetFigures, BudgetScope, BudgetStore } from './budget-store.js';

const reserve = new RedisScript(RESERVE);
const settle = new RedisScript(SETTLE);
const figures = new RedisScript(FIGURES);

/** Budgets of a whole fleet. Each method is one script; months and expiry follow the clock of Redis. */
export class RedisBudgetStore implements BudgetStore {
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
    const args = [id, amount, Math.round(ttl), JSON.stringify(scopes)];
    return answerFrom(await reserve.run(this.connection, this.#keys, args), scopes);
  }

  async settle(id: string, actual: number, scopes: readonly BudgetScope[], ttl: number): Promise<BudgetAnswer> {
    const keys = [...this.#keys, `${this.#prefix}:settled:${id}`];
    const args = [id, actual, Math.max(1, Math.round(ttl)), JSON.stringify(scopes)];
    return answerFrom(await settle.run(this.connection, keys, args), scopes);
  }

  async figures(scopes: readonly BudgetScope[]): Promise<ReadonlyMap<string, BudgetFigures>> {
    const reply = await figures.run(this.connection, this.#keys, [JSON.stringify(scopes)]);
    return answerFrom(reply, scopes).figures;
  }
}

/** The scripts' reply. Lua counts the scopes from 1. */
type Reply = readonly [refused: number, figures: readonly number[], marks: readonly number[]];

function answerFrom(reply: unknown, scopes: readonly BudgetScope[]): BudgetAnswer {
  const [refused, sums, marks] = reply as Reply;
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
