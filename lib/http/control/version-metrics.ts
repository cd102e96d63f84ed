import type { Summary } from '../../telemetry/summary.js';

/** Metrics by the name in a query, as [name in the answer, figure]. Times in milliseconds, money in US dollars. */
export const METRICS = {
  request_count: ['request_count', ({ requests }) => requests],
  error_count: ['error_count', ({ errors }) => errors],
  error_rate: ['error_rate', ({ errorRate }) => errorRate],
  latency_mean: ['latency_mean_ms', ({ latency }) => latency.mean],
  latency_p50: ['latency_p50_ms', ({ latency }) => latency.quantile(0.5)],
  latency_p95: ['latency_p95_ms', ({ latency }) => latency.quantile(0.95)],
  latency_p99: ['latency_p99_ms', ({ latency }) => latency.quantile(0.99)],
  time_to_first_token_p50: ['time_to_first_token_p50_ms', ({ timeToFirstToken }) => timeToFirstToken.quantile(0.5)],
  time_to_first_token_p99: ['time_to_first_token_p99_ms', ({ timeToFirstToken }) => timeToFirstToken.quantile(0.99)],
  input_tokens: ['input_tokens', ({ inputTokens }) => inputTokens],
  output_tokens: ['output_tokens', ({ outputTokens }) => outputTokens],
  cost: ['cost_usd', ({ cost }) => cost],
  cost_per_token: ['cost_per_token', ({ costPerToken }) => costPerToken],
  cost_per_1000_requests: ['cost_per_1000_requests', ({ costPer1000Requests }) => costPer1000Requests],
} satisfies Record<string, [string, (summary: Summary) => number | null]>;

export type Metric = keyof typeof METRICS;
export const ALL = Object.keys(METRICS) as Metric[];
