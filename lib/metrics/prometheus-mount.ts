import type { MetricsRegistry } from './metric.js';

/** Which registry gets our metrics, and where it is served. */
export interface PrometheusMount {
  /** Default `metrics/prometheus`. `false`: nowhere, something else serves the registry. */
  readonly path?: string | false;
  /** A `Registry` of prom-client to join. Default: the one that prom-client has for everybody. */
  readonly registry?: MetricsRegistry;
  /** Serve it to anybody. Default `false`: to keys with the scope `read`. */
  readonly public?: boolean;
}
