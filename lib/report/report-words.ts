import type { Summary } from '../telemetry/summary.js';
import type { RolloutReport } from './report.js';

/** `2026-01-31 09:05:00`, UTC. */
export function timeText(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** `1 h 5 min`: the two largest units. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ].filter(([amount]) => amount !== 0);
  return parts.length === 0
    ? '0 s'
    : parts
        .slice(0, 2)
        .map((part) => part.join(' '))
        .join(' ');
}

export function numberText(value: number | null, unit: '%' | 'ms' | '$' | ''): string {
  if (value === null) return '–';
  if (unit === '$') return `$${value.toPrecision(3)}`;
  const text = unit === 'ms' ? String(Math.round(value)) : String(Number(value.toFixed(2)));
  if (unit === '') return text;
  return unit === '%' ? `${text}%` : `${text} ${unit}`;
}

const COMPARED: readonly (readonly [string, (summary: Summary) => string])[] = [
  ['Requests', ({ requests }) => String(requests)],
  ['Errors', ({ errors }) => String(errors)],
  ['Error rate', ({ errorRate }) => numberText(errorRate === null ? null : errorRate * 100, '%')],
  ['Latency, p50', ({ latency }) => numberText(latency.quantile(0.5), 'ms')],
  ['Latency, p95', ({ latency }) => numberText(latency.quantile(0.95), 'ms')],
  ['Latency, p99', ({ latency }) => numberText(latency.quantile(0.99), 'ms')],
  ['First token, p50', ({ timeToFirstToken }) => numberText(timeToFirstToken.quantile(0.5), 'ms')],
  ['First token, p99', ({ timeToFirstToken }) => numberText(timeToFirstToken.quantile(0.99), 'ms')],
  ['Cost', ({ cost }) => numberText(cost, '$')],
  ['Cost of 1,000 requests', ({ costPer1000Requests }) => numberText(costPer1000Requests, '$')],
];

/** Rows of [figure, live environment, canary]. */
export function comparison({ from, to, quality }: RolloutReport): (readonly [string, string, string])[] {
  const rows = COMPARED.map(([name, text]) => [name, text(from.summary), text(to.summary)] as const);
  if (!quality || quality.compared === 0) return rows;
  const likeness = numberText(quality.meanSimilarity, '');
  return [
    ...rows,
    ['Same answers (0–1, mirrored requests)', 'baseline', `${likeness} of ${quality.compared}`] as const,
  ];
}
