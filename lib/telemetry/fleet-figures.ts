import { randomUUID } from 'node:crypto';
import { Logger, type OnApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import { Trouble } from '../kit/trouble.js';
import type { Figures } from './figures.js';
import { FROM_THE_START, type FigureNews, type FigureReport, type FigureStore } from './figure-store.js';
import type { SharedWaits } from './shared-waits.js';
import { Tally } from './tally.js';

/** Milliseconds between two exchanges. Figures of other replicas are late by at most this. */
const INTERVAL = 500;
/** Sums per report. The rest goes with the next report, which follows at once. */
const MAX_DELTAS = 100;
/** Units per report, likewise. They take Redis about a millisecond. */
const MAX_CLAIMS = 1_000;

export interface FleetFiguresOptions {
  readonly figures: Figures;
  readonly waits: SharedWaits;
  readonly store: FigureStore;
  readonly clock: Clock;
}

/**
 * Exchanges the figures of this process with the fleet: reports its own counts and takes over the sums of all replicas.
 * While the store is away, every replica continues with the last sums it has and its own counts, and reports those
 * later. A store that was emptied starts from zero: earlier reports are lost.
 */
export class FleetFigures implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger(FleetFigures.name);
  readonly #replica = randomUUID();
  #sequence = 0;
  /** The report without an answer so far. It is sent again unchanged: the store may have counted it. */
  #sums: Omit<FigureReport, 'waits'> | undefined;
  #cursor = FROM_THE_START;
  #lastExchange: number | undefined;
  #isAway = false;
  readonly #trouble = new Trouble();
  #cancel: () => void = () => {};
  #stopped = false;
  /** Exchanges follow one another: there is one report without an answer at a time. */
  #last: Promise<void> = Promise.resolve();

  constructor(private readonly options: FleetFiguresOptions) {}

  /** Fetches the fleet's figures and its clock before the first request comes. */
  async onApplicationBootstrap(): Promise<void> {
    await this.#round();
  }

  /** Reports the rest: by now all calls have ended. */
  async onApplicationShutdown(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    await this.exchange();
  }

  /** Milliseconds since the store last answered; `undefined` before it has. */
  get age(): number | undefined {
    return this.#lastExchange === undefined ? undefined : this.options.clock.elapsed() - this.#lastExchange;
  }

  /** Whether the last exchange failed. */
  get isAway(): boolean {
    return this.#isAway;
  }

  /** Whether some units count here that the store may know already. An {@link exchange} settles them. */
  get hasClaims(): boolean {
    return this.options.figures.claims?.isEmpty === false;
  }

  /** Resolves when all counts up to now are reported and all news have come, or the store is away. */
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
      if (this.#trouble.over()) this.#logger.log('The figures of the fleet are back');
      this.#isAway = false;
    } catch (error) {
      if (this.#trouble.seen()) {
        this.#logger.warn(
          `The figures of the fleet cannot be reached. This process continues with its own: ${String(error)}`,
        );
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
    // The store read its clock somewhere in between. Halfway is wrong by at most half of that time.
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
    if (startsOver) {
      figures.startOver();
      if (this.#cursor !== FROM_THE_START) {
        this.#logger.warn('Redis has lost figures of the fleet: the evidence of running rollouts starts again');
      }
    }
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
