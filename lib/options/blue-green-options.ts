import type { KeyLookup, Scope } from '../domain/access-key.js';
import type { MayForce } from '../routing/routing.options.js';
import type { Duration } from '../validation/duration.js';
import type { EvaluatorOptions } from './evaluator-options.js';
import type { HealthCheckOptions } from './health-check-options.js';
import type { JournalOptions } from './journal-options.js';
import type { AlertOptions, RequestLogInput } from './record-options.js';
import type { BudgetOptions } from './budget-options.js';
import type { PerRouteOptions, RouteOptions } from './route-options.js';

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

/** What holds for the whole app. */
interface AppOptions {
  /** Your own prices by model name; they win over the shipped table. */
  prices?: Record<string, PriceOptions> | undefined;
  /** What the whole app may spend. Off unless given. */
  budget?: BudgetOptions | undefined;
  /** Callers of the gateway, and who may name an environment. */
  keys?: KeyOptions[] | undefined;
  /** Finds the caller of a key that `keys` does not list; what it answers is remembered for 30 seconds. */
  keyLookup?: KeyLookup | undefined;
  /** Where changes are recorded, and with whom they are shared. Default: in memory. */
  journal?: JournalOptions | undefined;
  /** Where the scores of `quality` gates come from. Default: none. */
  evaluators?: EvaluatorOptions[] | undefined;
  /** Who is told of rollbacks, spending, drift. Alerts are logged and kept in any case. */
  alerts?: AlertOptions | undefined;
  /** One line per request, kept where the journal is. Default: on, without content. `false` switches it off. */
  requestLog?: RequestLogInput | false | undefined;
  /** Who may name an environment in a header. Default: keys that list it. */
  mayForce?: MayForce | undefined;
  telemetry?:
    | {
        /** Length of the rolling window that gates and metrics read. Default `'5m'`. */
        window?: Duration | undefined;
      }
    | undefined;
  scheduler?:
    | {
        /** `false`: this process never ticks. Default `true`. */
        enabled?: boolean | undefined;
        /** How often the gates are read; a run of hard failures is looked at at once. Default `'30s'`. */
        monitorInterval?: Duration | undefined;
      }
    | undefined;
  /**
   * Watches splits that no rollout walks. Default: off; `blue-green serve` has it on. What `PATCH /routes/traffic` says of a route goes
   * before.
   */
  healthCheck?: HealthCheckOptions | false | undefined;
  health?:
    | {
        /** An environment is asked at most this often, and not at all while traffic answers for it. Default `'30s'`. */
        interval?: Duration | undefined;
        /** Longest wait for a probe. Default `'3s'`. */
        timeout?: Duration | undefined;
      }
    | undefined;
  shutdown?:
    | {
        /**
         * After `SIGTERM` requests are still taken for this long, while readiness says 503: until load balancers have
         * noticed. At most `grace`. Default `'5s'`; other signals and `app.close()` do without.
         */
        drain?: Duration | undefined;
        /** From the signal on, until calls that are under way are ended with an error. Default `'25s'`. */
        grace?: Duration | undefined;
      }
    | undefined;
}

interface PriceOptions {
  /** US dollars per million input tokens. */
  input: number;
  /** US dollars per million output tokens. */
  output: number;
  /** US dollars per million cached input tokens. Default: as `input`. */
  cachedInput?: number | undefined;
}

interface KeyOptions {
  /** For people; the key itself is never shown. */
  name: string;
  /** At least 16 characters. */
  key?: string | undefined;
  /** Instead of the key: its SHA-256 in lower-case hexadecimal. */
  hash?: string | undefined;
  /** `inference`: calls to models; `read` and `operate`: the control API. Default `['inference']`. */
  scopes?: Scope[] | undefined;
  /** Environments that this key may name in `X-Deployment-Env` or `X-Route-Policy`. Default: none. */
  environments?: string[] | undefined;
  /** How often it may be used, e.g. `{ requests: 60, per: '1m' }`. Default: no limit for calls, 600 a minute for the control API. */
  rateLimit?: { requests: number; per: Duration } | undefined;
}
