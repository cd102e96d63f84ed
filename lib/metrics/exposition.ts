import { Breather } from '../kit/breather.js';
import { RegisteredMetric, type MetricsRegistry } from './metric.js';

/** Values that are written down at a time. */
const CHUNK = 500;

/**
 * The whole registry as text. Ours are written down piece by piece: the times of a thousand routes are some 40,000
 * lines, and the registry writes all of them in one turn.
 */
export async function expositionOf(registry: MetricsRegistry): Promise<string> {
  const metrics = registry.getMetricsAsArray?.();
  // OpenMetrics has rules of its own for names and for the end.
  if (!metrics || !registry.getMetricsAsString || registry.contentType.includes('openmetrics'))
    return registry.metrics();
  // All at once: what several metrics need is computed once for a scrape.
  const read = metrics.map((metric) => (metric instanceof RegisteredMetric ? metric.get() : undefined));
  const breather = new Breather();
  const texts: string[] = [];
  for (const [index, metric] of metrics.entries()) {
    const ours = await read[index];
    const text = ours ? inPieces(ours, registry, breather) : registry.getMetricsAsString(metric as never);
    texts.push(await text);
  }
  return `${texts.join('\n\n')}\n`;
}

async function inPieces(
  { values, ...head }: Awaited<ReturnType<RegisteredMetric['get']>>,
  registry: MetricsRegistry,
  breather: Breather,
): Promise<string> {
  const lines: string[] = [];
  for (let at = 0; at === 0 || at < values.length; at += CHUNK) {
    const piece = { get: () => Promise.resolve({ ...head, values: values.slice(at, at + CHUNK) }) };
    const text = await registry.getMetricsAsString!(piece as never);
    lines.push(at === 0 ? text : withoutHead(text));
    if (breather.isDue) await breather.pause();
  }
  return lines.join('\n');
}

/** Without the lines that say what the metric is. */
function withoutHead(text: string): string {
  return text.split('\n').slice(2).join('\n');
}
