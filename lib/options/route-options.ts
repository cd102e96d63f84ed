import type { RolloutInput } from '../schedule/rollout-input.js';
import type { HttpRequest } from '../routing/routing.options.js';
import type { Duration } from '../validation/duration.js';
import type { BudgetOptions } from './budget-options.js';
import type { ConversationPinsInput } from './conversation-pin-options.js';
import type { EnvironmentOptions } from './environment-options.js';
import type { BreakerOptions, RetryOptions, TimeoutOptions } from './sending-options.js';
import type { ShadowOptions } from './shadow-options.js';

/** A route: its environments, and what holds for it alone. */
export interface RouteOptions extends PerRouteOptions {
  /** The environments by name: `blue`, `green`, and any that stand by as fallback. */
  environments: Record<string, EnvironmentOptions>;
  /** The environment that is live at start. Default: the heaviest. */
  active?: string | undefined;
  /** Who answers when the assigned and the live environment have failed, in this order. Default: every environment but `blue` and `green`. */
  fallback?: string[] | undefined;
  /** What this route may spend; the app's budget holds beside it. Off unless given. */
  budget?: BudgetOptions | undefined;
}

/** Settings that hold for every route and that a route may override. */
export interface PerRouteOptions {
  /** What keeps a user on an environment. */
  stickiness?: StickinessOptions | undefined;
  /** The schedule that `start()` uses. */
  rollout?: RolloutInput | undefined;
  timeouts?: TimeoutOptions | undefined;
  retry?: RetryOptions | undefined;
  /** Content chunks of a stream held back, so that an early failure can be rescued unseen. 1–64, default 1. */
  bufferThreshold?: number | undefined;
  /** …but no more characters of data than this. Default 65,536. */
  bufferMaxSize?: number | undefined;
  /** …and no longer than this behind the first chunk. Default `'500ms'`. */
  bufferMaxDelay?: Duration | undefined;
  /** A stream that breaks behind its first chunk: ends in an error event (default), or is gone on with by another environment where that can be done. */
  streamRecovery?: 'error' | 'continue' | undefined;
  /** Stops asking an environment that does not answer; `false` switches it off. */
  breaker?: BreakerOptions | false | undefined;
  /** Mirrors of callers' requests, sent to the environment that is to be tried. Off unless given. */
  shadow?: ShadowOptions | undefined;
  /** Keeps a conversation on the version that it began on. Off unless given; `false` switches it off for a route. */
  conversationPins?: ConversationPinsInput | undefined;
}

interface StickinessOptions {
  /**
   * `weighted`: every request is drawn by itself, whatever it brings. `sticky`: callers without a key get a cookie, signed by
   * what the `keys` give. Default: who brings a key is sticky.
   */
  strategy?: 'sticky' | 'weighted' | undefined;
  /** Reads the sticky key from the request; asked before the headers. */
  key?: ((request: HttpRequest) => string | number | undefined) | undefined;
  /** Headers that may carry the key; the first that is present counts. Default: `x-user-id`, `x-session-id`, `x-conversation-id`. */
  headers?: string[] | undefined;
  /** A signed cookie for visitors that bring no key. Off by default. */
  cookie?:
    | {
        /** Default `bg_sticky`. */
        name?: string | undefined;
        /** Signs the cookie. At least 16 characters; the same on every replica. */
        secret: string;
        /** Default `'30d'`. */
        ttl?: Duration | undefined;
        /** Send over HTTPS only. Default `true`. */
        secure?: boolean | undefined;
        /** Default `lax`. */
        sameSite?: 'lax' | 'strict' | 'none' | undefined;
      }
    | undefined;
}
