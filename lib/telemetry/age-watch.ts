import { runningTime, type Clock } from '../kit/clock.js';
import type { Placement, WatchedCall } from './observation.js';

/** How old requests of a route may grow before a gate counts them. */
export interface AgeLimit {
  readonly gate: string;
  /** `timeToFirstToken` applies to streams only, until their first token. */
  readonly of: 'latency' | 'timeToFirstToken';
  /** The live environment. */
  readonly live: string;
  /** Milliseconds: for requests of the live environment, and of any other. */
  readonly limits: { readonly live: number; readonly canary: number };
}

/** The limit of one request. */
interface OwnLimit extends Pick<AgeLimit, 'gate' | 'of'> {
  readonly limit: number;
}

/** Milliseconds between two looks at the open requests: an event is late by at most this. */
const SWEEP = 100;

/**
 * Notices requests that outgrow a limit **while they are under way**: a request that hangs is counted as soon as it is
 * too old, not when it is given up. The limits are those at its start. Memory: the open requests on routes with limits,
 * and for up to a tenth of a second those that have ended.
 */
export class AgeWatch {
  readonly #limits = new Map<string, readonly AgeLimit[]>();
  /** In the order in which they began. */
  readonly #open = new Set<OpenCall>();
  #sweeping = false;

  constructor(
    private readonly clock: Clock,
    private readonly onOutgrown: (gate: string, placement: Placement) => void,
  ) {}

  /** The limits for new requests of the route; an empty list ends the watch. */
  watch(route: string, limits: readonly AgeLimit[]): void {
    if (limits.length > 0) this.#limits.set(route, limits);
    else this.#limits.delete(route);
  }

  limitsOf(route: string): readonly AgeLimit[] {
    return this.#limits.get(route) ?? [];
  }

  begin(placement: Placement, isStream: boolean): WatchedCall | undefined {
    const limits = this.#limits.get(placement.route);
    if (!limits) return undefined;
    const { environment } = placement;
    const asked = limits.flatMap(({ gate, of, live, limits: { live: own, canary } }): OwnLimit[] =>
      isStream || of === 'latency' ? [{ gate, of, limit: environment === live ? own : canary }] : [],
    );
    if (asked.length === 0) return undefined;
    const call = new OpenCall(placement, asked, this.clock, this.onOutgrown);
    this.#open.add(call);
    if (!this.#sweeping) this.#sweepLater();
    return call;
  }

  #sweepLater(): void {
    this.#sweeping = true;
    this.clock.after(SWEEP, () => {
      const now = runningTime(this.clock);
      for (const call of this.#open) {
        call.look(now);
        if (call.isDone) this.#open.delete(call);
      }
      if (this.#open.size > 0) this.#sweepLater();
      else this.#sweeping = false;
    });
  }
}

class OpenCall implements WatchedCall {
  readonly #startedAt: number;
  #pending: readonly OwnLimit[];

  constructor(
    private readonly placement: Placement,
    limits: readonly OwnLimit[],
    private readonly clock: Clock,
    private readonly onOutgrown: (gate: string, placement: Placement) => void,
  ) {
    this.#startedAt = runningTime(clock);
    this.#pending = limits;
  }

  /** No limit is left that it could outgrow. */
  get isDone(): boolean {
    return this.#pending.length === 0;
  }

  /** Reports the limits that it has outgrown by now, each once. */
  look(now: number): void {
    const age = now - this.#startedAt;
    const outgrown = this.#pending.filter(({ limit }) => age > limit);
    if (outgrown.length === 0) return;
    this.#pending = this.#pending.filter(({ limit }) => age <= limit);
    for (const { gate } of outgrown) this.onOutgrown(gate, this.placement);
  }

  firstToken(): void {
    this.look(runningTime(this.clock));
    this.#pending = this.#pending.filter((limit) => limit.of !== 'timeToFirstToken');
  }

  ended(): void {
    this.look(runningTime(this.clock));
    this.#pending = [];
  }
}
