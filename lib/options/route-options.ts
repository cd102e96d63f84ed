import { z } from 'zod';
import { rolloutSchema } from '../schedule/plan-schema.js';
import type { RolloutInput } from '../schedule/rollout-input.js';
import { answerLayer, type AnswerOptions } from './answer-options.js';
import { breaker, type BreakerOptions } from './breaker-options.js';
import { budget, type BudgetOptions } from './budget-options.js';
import { conversationPins, type ConversationPinsInput } from './conversation-pin-options.js';
import { environment, type EnvironmentOptions } from './environment-options.js';
import { retryLayer, type RetryOptions } from './retry-options.js';
import { shadowLayer, type ShadowOptions } from './shadow-options.js';
import { stickinessLayer, type StickinessOptions } from './stickiness-options.js';
import { streamLayer, type StreamOptions } from './stream-options.js';
import { limitLayer, type LimitOptions } from './limit-options.js';
import { networkLayer, type NetworkOptions } from './network-options.js';
import { timeoutLayer, type TimeoutOptions } from './timeout-options.js';

/** A route: its environments, and its own settings. */
export interface RouteOptions extends PerRouteOptions {
  /** The environments by name: `blue`, `green`, and any number of others to fall back on. */
  environments: Record<string, EnvironmentOptions>;
  /** The environment that is live at start. Default: the heaviest. */
  active?: string | undefined;
  /**
   * Environments to ask, in this order, when the assigned and the live one have failed. Default: all but `blue` and
   * `green`.
   */
  fallback?: string[] | undefined;
  /** The route's own budget; the app's budget applies too. Off unless given. */
  budget?: BudgetOptions | undefined;
}

/** Settings for every route that a single route may override. */
export interface PerRouteOptions extends StreamOptions, AnswerOptions {
  /** The rules that keep a user on an environment. */
  stickiness?: StickinessOptions | undefined;
  /** The schedule that `start()` uses. */
  rollout?: RolloutInput | undefined;
  timeouts?: TimeoutOptions | undefined;
  network?: NetworkOptions | undefined;
  limits?: LimitOptions | undefined;
  retry?: RetryOptions | undefined;
  /** Stops asking an environment that fails. On unless `false`. */
  breaker?: BreakerOptions | boolean | undefined;
  /** Copies of callers' requests, sent to the environment to be tried. Off unless given. */
  shadow?: ShadowOptions | undefined;
  /** Keeps a conversation on the version that it began on. Off unless given; `false` turns it off for a route. */
  conversationPins?: ConversationPinsInput | boolean | undefined;
}

/** `X-Route-Policy` gives `weighted`, `sticky` and `shadow` a meaning of their own. */
const ENVIRONMENT_NAME = /^(?!(?:weighted|sticky|shadow)$)[a-z][a-z0-9-]{0,31}$/;

export const perRoute = {
  stickiness: stickinessLayer.optional(),
  rollout: rolloutSchema.optional(),
  timeouts: timeoutLayer.optional(),
  network: networkLayer.optional(),
  limits: limitLayer.optional(),
  retry: retryLayer.optional(),
  ...streamLayer.shape,
  ...answerLayer.shape,
  breaker: breaker.optional(),
  shadow: shadowLayer.optional(),
  conversationPins: conversationPins.optional(),
};

export const route = z.strictObject({
  environments: z
    .record(z.string().regex(ENVIRONMENT_NAME, 'cannot be an environment name'), environment)
    .refine((all) => Object.keys(all).length > 0, 'needs at least one environment'),
  active: z.string().optional(),
  fallback: z.array(z.string()).optional(),
  budget: budget.optional(),
  ...perRoute,
});
