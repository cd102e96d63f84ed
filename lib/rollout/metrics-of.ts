import type { Outcome } from '../domain/outcome.js';
import type { Summary } from '../telemetry/summary.js';

/** Figures of one environment, fit for JSON. Times in milliseconds, money in US dollars; `null` without data. */
export interface Metrics {
  readonly requestCount: number;
  /** Those of them that continue what only this environment can read, against the weights. */
  readonly boundCount: number;
  readonly errorCount: number;
  readonly errorsByClass: Readonly<Partial<Record<Outcome, number>>>;
  readonly errorRate: number | null;
  readonly latencyMean: number | null;
  readonly latencyP50: number | null;
  readonly latencyP95: number | null;
  readonly latencyP99: number | null;
  readonly timeToFirstTokenP50: number | null;
  readonly timeToFirstTokenP99: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** `null` when no answer has a known price. */
  readonly cost: number | null;
  readonly costPerToken: number | null;
  readonly costPer1000Requests: number | null;
  /** Answers whose model has no known price: missing from the cost. */
  readonly unpriced: number;
}

export function metricsOf(summary: Summary): Metrics {
  const { latency, timeToFirstToken } = summary;
  return {
    requestCount: summary.requests,
    boundCount: summary.bound,
    errorCount: summary.errors,
    errorsByClass: summary.errorsByClass,
    errorRate: summary.errorRate,
    latencyMean: latency.mean,
    latencyP50: latency.quantile(0.5),
    latencyP95: latency.quantile(0.95),
    latencyP99: latency.quantile(0.99),
    timeToFirstTokenP50: timeToFirstToken.quantile(0.5),
    timeToFirstTokenP99: timeToFirstToken.quantile(0.99),
    inputTokens: summary.inputTokens,
    outputTokens: summary.outputTokens,
    cost: summary.cost,
    costPerToken: summary.costPerToken,
    costPer1000Requests: summary.costPer1000Requests,
    unpriced: summary.unpriced,
  };
}
