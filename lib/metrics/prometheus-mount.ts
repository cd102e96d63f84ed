import type { MetricsRegistry } from './metric.js';

/** The registry for our metrics, and its path. */
export interface PrometheusMount {
  /** Default `metrics/prometheus`. `false`: the app serves the registry itself. */
  readonly path?: string | false;
  /** A `Registry` of prom-client. Default: prom-client's global one. */
  readonly registry?: MetricsRegistry;
  /** Times as histograms of every environment, most of all series. Default `true`. */
  readonly histograms?: boolean;
  /** Serve it without a key. Default `false`: it takes a key with the scope `read`. */
  readonly public?: boolean;
}
