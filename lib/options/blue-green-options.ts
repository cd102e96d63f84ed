import { z } from 'zod';
import type { KeyLookup } from '../domain/access-key.js';
import type { MayForce } from '../routing/routing.options.js';
import { fn } from '../validation/fields.js';
import { alerts, type AlertOptions } from './alert-options.js';
import { budget, type BudgetOptions } from './budget-options.js';
import { conversationState, type ConversationStateOptions } from './conversation-state-options.js';
import { deployment } from './deployment-options.js';
import { evaluators, type EvaluatorOptions } from './evaluator-options.js';
import { health, type HealthInput } from './health-options.js';
import { journal, type JournalOptions } from './journal-options.js';
import { keys, type KeyOptions } from './key-options.js';
import { prices, type PriceOptions } from './price-options.js';
import { requestLog, type RequestLogInput } from './request-log-options.js';
import { perRoute, route, type PerRouteOptions, type RouteOptions } from './route-options.js';
import { scheduler, type SchedulerInput } from './scheduler-options.js';
import { shutdown, type ShutdownInput } from './shutdown-options.js';
import { splitCheck, type SplitCheckOptions } from './split-check-options.js';
import { telemetry, type TelemetryOptions } from './telemetry-options.js';

/** What `BlueGreenModule.forRoot()` takes: the environments of one route inline, or several `routes`. */
export type BlueGreenOptions = OneRouteOptions | ManyRoutesOptions;

/** The options of an app with one route. */
export interface OneRouteOptions extends RouteOptions, AppOptions {
  /** The route's alias. Default `default`. */
  alias?: string | undefined;
}

/** The options of an app with several routes. */
export interface ManyRoutesOptions extends PerRouteOptions, AppOptions {
  /** Routes by alias. */
  routes: Record<string, RouteOptions>;
}

/** Settings of the whole app. */
interface AppOptions {
  /** Your own prices by model name; they win over the shipped table. */
  prices?: Record<string, PriceOptions> | undefined;
  /** The budget of the whole app. Off unless given. */
  budget?: BudgetOptions | undefined;
  /** Callers of the gateway and the control API. */
  keys?: KeyOptions[] | undefined;
  /** Finds the caller of a key that `keys` does not list; the result is remembered for 30 seconds. */
  keyLookup?: KeyLookup | undefined;
  /** Where changes are recorded, and who shares them. Default: in memory. */
  journal?: JournalOptions | undefined;
  /** Where the scores of `quality` gates come from. Default: none. */
  evaluators?: EvaluatorOptions[] | undefined;
  /** Where to send alerts: rollbacks, spending, drift. They are logged and kept in any case. */
  alerts?: AlertOptions | undefined;
  /** One line per request, kept where the journal is. On unless `false`; without content unless asked for. */
  requestLog?: RequestLogInput | boolean | undefined;
  /** Decides who may name an environment in a header. Default: keys that list it. */
  mayForce?: MayForce | undefined;
  /** The period that figures cover. */
  telemetry?: TelemetryOptions | undefined;
  /** The job that runs the schedules. On; `false` keeps this process from ever running it. */
  scheduler?: SchedulerInput | boolean | undefined;
  /**
   * Watches splits that no rollout runs. Off unless given; on in `blue-green serve`. Settings of a route made with
   * `PATCH /routes/traffic` take precedence.
   */
  splitCheck?: SplitCheckOptions | boolean | undefined;
  /** How environments are probed for `/health` and readiness. */
  health?: HealthInput | undefined;
  /** How long the end of the process takes. */
  shutdown?: ShutdownInput | undefined;
  /** The name that `rollback --environment` may use for the whole route. Default `production`. */
  deployment?: string | undefined;
  /**
   * Ids of responses, encrypted thoughts and signatures are stamped with the environment that made them, so that a
   * conversation stays where it can be read. `'pass'`: they are not.
   */
  conversationState?: ConversationStateOptions | undefined;
}

const shared = {
  ...perRoute,
  prices,
  budget: budget.optional(),
  keys,
  keyLookup: fn<KeyLookup>().optional(),
  journal: journal.optional(),
  evaluators,
  alerts,
  requestLog,
  mayForce: fn<MayForce>().optional(),
  telemetry,
  scheduler,
  splitCheck: splitCheck.optional(),
  health,
  shutdown,
  deployment,
  conversationState: conversationState.optional(),
};

export const shortForm = z.strictObject({
  alias: z.string().min(1).default('default'),
  ...route.shape,
  ...shared,
});

export const longForm = z.strictObject({
  routes: z.record(z.string().min(1), route).refine((all) => Object.keys(all).length > 0, {
    error: 'has no route',
    params: { remedy: 'Add one: { "my-alias": { environments } }.' },
  }),
  ...shared,
});
