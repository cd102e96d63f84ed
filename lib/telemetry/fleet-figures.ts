import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import type { Figures } from './figures.js';
import { FROM_THE_START, type FigureNews, type FigureReport, type FigureStore } from './figure-store.js';
import type { SharedWaits } from './shared-waits.js';
import { Tally } from './tally.js';

/** Milliseconds between two exchanges: the most by which the others' figures are late. */
const INTERVAL = 500;
/** Sums per report. What is beyond goes with the next one, which follows at once. */
const MAX_DELTAS = 100;
/** Units per report; as above. About a millisecond of Redis. */
const MAX_CLAIMS = 1_000;

export interface FleetFiguresOptions {
  readonly figures: Figures;
  readonly waits: SharedWaits;
  readonly store: FigureStore;
  readonly clock: Clock;
}

/**
 * Makes the figures of this process the fleet's: hands in what was counted here and takes over the sums of all
 * replicas. While the store is away every replica goes on with the last sums it heard of and its own; what it
 * counts is kept, as sums, and handed in later. A store that was emptied begins anew with what is counted from
 * then on: what had been handed in is gone.
 */
export class FleetFigures implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(FleetFigures.name);
  readonly #replica = randomUUID();
  #sequence = 0;
  /** Without an answer so far. Handed in again as it is: it may have been counted. */
  #sums: Omit<FigureReport, 'waits'> | undefined;
  #cursor = FROM_THE_START;
  #lastExchange: number | undefined;
  #isAway = false;
  #cancel: () => void = () => {};
  #stopped = false;
  /** Exchanges follow one another: there is one report without an answer at a time. */
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: FleetFiguresOptions) {}

  /** The fleet's figures, and its clock, are known before the first request comes. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#round();
  }

  /** Hands in the rest: by now all calls have ended. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.exchange();
  }

  /** Milliseconds since the store last answered; `undefined` before it has. */
  get age(): number | undefined {
    return this.#lastExchange === undefined ? undefined : this.options.clock.elapsed() - this.#lastExchange;
  }

  /** Whether units count here that the store may have known already. After an {@link exchange} they are the fleet's. */
  get hasClaims(): boolean {
    return this.options.figures.claims?.isEmpty === false;
  }

  /** Resolves when all that was counted up to now is handed in and all news are there, or the store is away. */
  exchange(): Promise<void> {
    this.#last = this.#last.then(() => this.#exchangeAll());
    return this.#last;
  }

  async #round(): Promise<void> {
    await this.exchange();
    if (!this.#stopped) this.#cancel = this.options.clock.after(INTERVAL, () => void this.#round());
  }

  async #exchangeAll(): Promise<void> {
    try {
      while (await this.#exchangeOnce());
      if (this.#isAway) this.#logger.log('The figures of the fleet are back');
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) {
        this.#logger.warn(`The figures of the fleet are out of reach, those of this process go on: ${String(error)}`);
      }
      this.#isAway = true;
    }
  }

  /** Whether there is more to exchange. */
  async #exchangeOnce(): Promise<boolean> {
    const { figures, waits, store, clock } = this.options;
    const report = { ...(this.#sums ??= this.#newSums()), waits: waits.news() };
    const began = clock.elapsed();
    const news = await store.exchange(report, this.#cursor);
    const ended = clock.elapsed();
    this.#sums = undefined;
    this.#lastExchange = ended;
    // The store read its clock somewhere between: half-way is wrong by half of the way at most.
    figures.clockOffset = news.time - (clock.now() - (ended - began) / 2);
    waits.told();
    this.#take(news);
    const isFull = report.deltas.size >= MAX_DELTAS || report.claims.length >= MAX_CLAIMS;
    return news.more || (isFull && (figures.hasUnsent || figures.claims?.hasUnsent === true));
  }

  #newSums(): Omit<FigureReport, 'waits'> {
    const { figures } = this.options;
    const deltas = [...figures.take(MAX_DELTAS)].map(([key, sum]) => [key, sum.counters()] as const);
    const claims = figures.claims?.take(MAX_CLAIMS) ?? [];
    return { replica: this.#replica, sequence: ++this.#sequence, deltas: new Map(deltas), claims };
  }

  #take({ cursor, changed, startsOver, waits: heard }: FigureNews): void {
    const { figures, waits } = this.options;
    if (startsOver) figures.startOver();
    figures.acknowledge();
    figures.claims?.acknowledge();
    for (const [key, counters] of changed) {
      const sum = new Tally();
      sum.add(counters);
      figures.learn(key, sum);
    }
    for (const [key, ms] of heard) waits.learn(key, ms);
    this.#cursor = cursor;
  }
}
