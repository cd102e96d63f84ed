import type { Summary } from '../telemetry/summary.js';
import type { Chart, ChartSeries, ReportArm, ReportLine } from './report.js';

type Figure = (summary: Summary) => number | null;

const errorRate: Figure = ({ errorRate: rate }) => (rate === null ? null : rate * 100);
const p50: Figure = ({ latency }) => latency.quantile(0.5);
const p99: Figure = ({ latency }) => latency.quantile(0.99);
const cost: Figure = ({ costPer1000Requests }) => costPer1000Requests;

export function chartsOf(from: ReportArm, to: ReportArm, lines: readonly ReportLine[], until: number): Chart[] {
  const series = (arm: 'from' | 'to', figure: Figure, what = '', dashed = false): ChartSeries => {
    const { environment, slices } = arm === 'from' ? from : to;
    const points = slices.map(({ start, tally }) => [start, figure(tally.summary())] as const);
    return { name: `${environment}${what}`, arm, dashed, points };
  };
  return [
    { title: 'Canary traffic', unit: '%', stepped: true, series: [weights(to.environment, lines, until)] },
    { title: 'Error rate', unit: '%', stepped: false, series: [series('from', errorRate), series('to', errorRate)] },
    {
      title: 'Latency',
      unit: 'ms',
      stepped: false,
      series: [
        series('from', p50, ' p50'),
        series('from', p99, ' p99', true),
        series('to', p50, ' p50'),
        series('to', p99, ' p99', true),
      ],
    },
    { title: 'Cost of 1,000 requests', unit: '$', stepped: false, series: [series('from', cost), series('to', cost)] },
  ];
}

function weights(name: string, lines: readonly ReportLine[], until: number): ChartSeries {
  const points = lines.flatMap(({ at, weight }) => (weight === undefined ? [] : [[at, weight] as const]));
  const last = points.at(-1);
  return { name, arm: 'to', dashed: false, points: last ? [...points, [until, last[1]]] : [] };
}
