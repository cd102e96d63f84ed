import type { FigureCursor, FigureNews, FigureReport, FigureStore } from './figure-store.js';
import type { Counters } from './tally.js';
import type { UnitClaim } from './unit-claims.js';
import { figureLives } from './figure-lives.js';
import { EXCHANGE } from './exchange-script.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisScript } from '../redis/redis-script.js';

/** Sums that are read per exchange, but at least those of one exchange. */
const PAGE = 200;

export interface RedisFiguresOptions {
  /** Before every key, a hash tag in it. */
  readonly prefix?: string | undefined;
  /** Length of the rolling windows, milliseconds. */
  readonly window: number;
}

/** Sums that replicas share in Redis: one hash each, added to and read by one script. */
export class RedisFigures implements FigureStore {
  readonly #script = new RedisScript(EXCHANGE);
  readonly #key: string;

  constructor(
    private readonly connection: RedisConnection,
    private readonly options: RedisFiguresOptions,
  ) {
    this.#key = `${options.prefix ?? '{blue-green}:'}figures`;
  }

  async exchange(report: FigureReport, cursor: FigureCursor): Promise<FigureNews> {
    const keys = ['', ':changed', ':expiry', `:replica:${report.replica}`, ':waits'].map((name) => this.#key + name);
    const deltas = [...report.deltas].map(([key, counters]) => [
      key,
      String(Math.ceil(figureLives(key, this.options.window))),
      ...Object.entries(counters).flatMap(([field, value]) => [field, String(value)]),
    ]);
    const answer = await this.#script.run(this.connection, keys, [
      report.replica,
      report.sequence,
      cursor.era,
      cursor.exchange,
      PAGE,
      JSON.stringify(deltas),
      JSON.stringify([...report.waits]),
      ...this.#claims(report.claims),
    ]);
    return newsFrom(answer as Answer);
  }

  /** The claimed sums; and for each claim the number of its sum, from 1 on, its unit and its starting point. */
  #claims(claims: readonly UnitClaim[]): [sums: string, claims: string] {
    const numbers = new Map<string, number>();
    const sums: unknown[] = [];
    const units = claims.flatMap(({ key, among, epoch, hash, start, most }) => {
      if (!numbers.has(key)) {
        numbers.set(
          key,
          sums.push([key, String(Math.ceil(figureLives(key, this.options.window))), among, epoch, most]),
        );
      }
      return [numbers.get(key)!, hash, start];
    });
    return [JSON.stringify(sums), JSON.stringify(units)];
  }
}

/** The answer of the script. */
type Answer = readonly [
  era: string,
  cursor: number,
  more: number,
  startsOver: number,
  time: number,
  changed: readonly (readonly [key: string, fields: readonly string[]])[],
  waits: readonly (readonly [key: string, ms: number])[],
];

function newsFrom([era, exchange, more, startsOver, time, changed, waits]: Answer): FigureNews {
  return {
    cursor: { era, exchange },
    more: more === 1,
    startsOver: startsOver === 1,
    time,
    changed: new Map(changed.map(([key, fields]) => [key, countersFrom(fields)])),
    waits: new Map(waits),
  };
}

function countersFrom(fields: readonly string[]): Counters {
  const counters: Record<string, number> = {};
  for (let n = 0; n + 1 < fields.length; n += 2) {
    const value = Number(fields[n + 1]);
    // A value that is not a number would spoil every sum it is added to.
    if (Number.isFinite(value)) counters[fields[n]!] = value;
  }
  return counters;
}
