/** One line of the exposition. */
export interface Series {
  /** With `_bucket`, `_sum` or `_count`. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric with all of its lines. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly series: readonly Series[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const LINE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (-?[\d.e+-]+|[+-]Inf|NaN)$/;
const NO_BASE_UNIT = /_(?:ms|milliseconds|minutes|hours|percent|bucket|sum|count)(?:_|$)/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;

/**
 * Reads Prometheus' text format, version 0.0.4, as strictly as its own tools do.
 *
 * @throws {Error} for a line that is none, a metric without its type or its help, lines of a metric that are apart, two
 * lines for one series, or a histogram whose buckets do not add up.
 */
export function parseExposition(text: string): Map<string, Family> {
  if (!text.endsWith('\n')) throw new Error('does not end with a line');
  const families = new Map<string, Family & { series: Series[] }>();
  let current: (Family & { series: Series[] }) | undefined;
  let help: readonly [name: string, help: string] | undefined;
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, keyword, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (keyword === 'HELP') help = [name, rest];
    else if (keyword === 'TYPE') {
      if (families.has(name) || help?.[0] !== name || !NAME.test(name)) throw new Error(`out of place: ${line}`);
      current = { name, type: rest, help: help[1], series: [] };
      families.set(name, current);
    } else {
      const series = seriesOf(line);
      if (!current || !belongs(series.name, current)) throw new Error(`out of place: ${line}`);
      const key = JSON.stringify([series.name, Object.entries(series.labels).toSorted()]);
      if (seen.has(key)) throw new Error(`twice: ${line}`);
      seen.add(key);
      current.series.push(series);
    }
  }
  for (const family of families.values()) check(family);
  return families;
}

function seriesOf(line: string): Series {
  const [, name, inner = '', value] = LINE.exec(line) ?? [];
  if (name === undefined) throw new Error(`no line: ${line}`);
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.length) {
    const found = LABEL.exec(inner);
    if (!found || Object.hasOwn(labels, found[1]!)) throw new Error(`no labels: ${line}`);
    labels[found[1]!] = found[2]!.replaceAll(/\\(.)/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));
  }
  return { name, labels, value: Number(value!.replace('Inf', 'Infinity')) };
}

function belongs(name: string, family: Family): boolean {
  if (family.type !== 'histogram') return name === family.name;
  return ['_bucket', '_sum', '_count'].some((suffix) => name === family.name + suffix);
}

function check({ name, type, help, series }: Family): void {
  const fail = (what: string): never => {
    throw new Error(`${name} ${what}`);
  };
  if (help === '') fail('has no help');
  if (!['counter', 'gauge', 'histogram'].includes(type)) fail(`has the type ${type}`);
  for (const one of series) {
    if (Number.isNaN(one.value) || (type === 'counter' && one.value < 0)) fail(`has the value ${one.value}`);
  }
  if (type === 'histogram') checkBuckets(series, fail);
}

function checkBuckets(series: readonly Series[], fail: (what: string) => never): void {
  const byPlace = new Map<string, Series[]>();
  for (const one of series) {
    const { le: _, ...place } = one.labels;
    const key = JSON.stringify(place);
    byPlace.set(key, [...(byPlace.get(key) ?? []), one]);
  }
  for (const lines of byPlace.values()) {
    const buckets = lines.filter(({ labels }) => labels['le'] !== undefined);
    const bounds = buckets.map(({ labels }) => Number(labels['le']!.replace('Inf', 'Infinity')));
    const counts = buckets.map(({ value }) => value);
    if (bounds.at(-1) !== Infinity || counts.at(-1) !== lines.at(-1)!.value) fail('has not all in its last bucket');
    if (!isAscending(bounds) || !isAscending(counts)) fail('has buckets that do not ascend');
  }
}

function isAscending(values: readonly number[]): boolean {
  return values.every((value, n) => n === 0 || value >= values[n - 1]!);
}

/** The value of a series, by some of its labels; 0 when there is none. Throws when several fit. */
export function valueOf(families: Map<string, Family>, name: string, labels: Series['labels'] = {}): number {
  const [found, ...more] = [...families.values()]
    .flatMap(({ series }) => series)
    .filter(
      (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
    );
  if (more.length > 0) throw new Error(`several series of ${name} fit ${JSON.stringify(labels)}`);
  return found?.value ?? 0;
}

/** Names that are against Prometheus' conventions: counters end with `_total`, units are base units. */
export function againstConventions(families: Map<string, Family>): string[] {
  return [...families.values()]
    .filter(({ name, type }) => (type === 'counter') !== name.endsWith('_total') || NO_BASE_UNIT.test(name))
    .map(({ name }) => name);
}
