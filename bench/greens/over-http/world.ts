import type { Random } from '../../../lib/kit/clock.js';
import type { Behaviour } from '../../../lib/testing/behaviour.js';

/** A request before anybody is asked. */
export interface HttpAsk {
  /** Milliseconds since the rollout began. */
  readonly at: number;
  readonly user: number;
  readonly tenant: number;
  readonly streamed: boolean;
  /** JSON is asked for. */
  readonly structured: boolean;
  /** A number in [0, 1) of its own, the same for every environment that is asked. */
  readonly lot: number;
}

/** How an environment answers one request: in its own way, later than usual, or both. */
export interface Act {
  readonly does?: Behaviour;
  /** Factor on the time until it answers. */
  readonly later?: number;
}

/** Traffic, and two providers that are alike but for green's fault. */
export interface HttpWorld {
  readonly name: string;
  readonly kind: 'good' | 'bad';
  /** The fault of green alone; `undefined`: this request shows nothing. */
  readonly fault?: (ask: HttpAsk, random: Random) => Act | undefined;
  /** Faults of both alike, beside their usual failures. */
  readonly both?: (ask: HttpAsk, random: Random) => Act | undefined;
  /** Share of the requests that come from user 0. */
  readonly heavy?: number;
  /** Times that a client sends a failed request again. */
  readonly resends?: number;
}
