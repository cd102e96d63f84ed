import type { z } from 'zod';
import type { HealthCheck } from '../domain/route-settings.js';
import type { RouteDefinition } from '../domain/route-commands.js';
import type { HealthOptions } from '../health/health-monitor.js';
import type { ShutdownOptions } from '../health/shutdown.js';
import type { AccessKey, KeyLookup } from '../domain/access-key.js';
import type { BudgetPolicy } from '../money/budget-policy.js';
import type { ConfiguredRollout } from '../schedule/plan-schema.js';
import type { SchedulerOptions } from '../rollout/scheduler-options.js';
import type { Evaluator } from '../evaluation/evaluator.js';
import type { SendingPolicy } from '../router/sender.js';
import type { ShadowPolicy } from '../shadow/shadow-policy.js';
import type { ConversationPinOptions } from '../routing/conversation-pins.js';
import type { MayForce, Stickiness } from '../routing/routing.options.js';
import type { PriceTable } from '../money/price-table.js';
import type { alerts } from './alert-options.js';
import type { conversationState } from './conversation-state-options.js';
import type { journal } from './journal-options.js';
import type { requestLog } from './request-log-options.js';
import type { UpstreamConfig } from '../upstream/upstream-config.js';

/** The parsed options of one route, every default filled in. */
export interface RouteConfig {
  readonly definition: RouteDefinition;
  readonly stickiness: Stickiness;
  /** The schedule that `start()` uses by default. */
  readonly rollout: ConfiguredRollout;
  readonly sending: SendingPolicy;
  readonly shadow: ShadowPolicy;
  /** Absent when conversations are not pinned. */
  readonly conversationPins: ConversationPinOptions | undefined;
  /** The route's own; the app's applies too. */
  readonly budget: BudgetPolicy | undefined;
}

/** The parsed options: immutable and complete, with durations in milliseconds. */
export interface BlueGreenConfig {
  readonly routes: ReadonlyMap<string, RouteConfig>;
  readonly upstreams: readonly UpstreamConfig[];
  readonly prices: PriceTable;
  readonly budget: BudgetPolicy | undefined;
  readonly keys: readonly AccessKey[];
  readonly keyLookup: KeyLookup | undefined;
  /** Absent: in memory. */
  readonly journal: z.output<typeof journal> | undefined;
  readonly evaluators: readonly Evaluator[];
  readonly alerts: z.output<typeof alerts>;
  /** `false`: off. */
  readonly requestLog: z.output<typeof requestLog>;
  readonly mayForce?: MayForce | undefined;
  readonly telemetry: { readonly window: number };
  readonly scheduler: SchedulerOptions;
  /** For splits whose route has no settings of its own. Absent: splits are not watched. */
  readonly splitCheck: HealthCheck | undefined;
  readonly health: HealthOptions;
  readonly shutdown: ShutdownOptions;
  /** The name that a rollback may give to all environments together. */
  readonly deployment: string;
  /** `pass`: off. Absent: with a secret that is derived. */
  readonly conversationState: z.output<typeof conversationState> | undefined;
  /** Accepted, but without an effect of its own: sentences for the log. */
  readonly notes: readonly string[];
}

/** For aliases that are known to be configured. */
export function routeConfig({ routes }: BlueGreenConfig, alias: string): RouteConfig {
  const route = routes.get(alias);
  if (!route) throw new TypeError(`No route "${alias}" is configured.`);
  return route;
}
