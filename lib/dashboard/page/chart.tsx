import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { hue } from './format.js';

/** One figure of one environment over time. */
export interface Line {
  /** The environment, for its color. */
  readonly name: string;
  readonly label: string;
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
  readonly dash: number[] | undefined;
}

interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly text: (value: number | null | undefined) => string;
  readonly stepped?: boolean;
}

/** `null` breaks the line; `undefined` is a time at which only other lines have a figure. */
type Column = (number | null | undefined)[];

const HEIGHT = 180;

/** A chart, and its values as text: the last ones, or those under the pointer. */
export function Chart({ title, lines, text, stepped = false }: ChartProps) {
  const shown = lines.filter(({ values }) => values.some((value) => value !== null));
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const [pointed, point] = useState<number | null>(null);
  const scheme = useColorScheme();
  const data = columnsOf(shown);
  const shape = shown.map(({ label }) => label).join('\n');

  useEffect(() => {
    const element = place.current;
    if (!element || shape === '') return;
    const drawn = new uPlot(optionsFor(shown, element, text, stepped, point), data, element);
    plot.current = drawn;
    const observer = new ResizeObserver(() => drawn.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      drawn.destroy();
      plot.current = undefined;
    };
  }, [shape, scheme, stepped]);
  const fingerprint = JSON.stringify(data);
  useEffect(() => plot.current?.setData(data), [fingerprint]);

  if (shown.length === 0) return null;
  const columns = data.slice(1) as Column[];
  const valueOf = (index: number): number | null | undefined =>
    pointed === null ? columns[index]!.findLast(isFigure) : columns[index]![pointed];
  const summary = shown.map(({ label }, index) => `${label} ${text(columns[index]!.findLast(isFigure))}`);
  return (
    <figure class="card">
      <figcaption>
        <h2>{title}</h2>
        <p class="legend">
          {shown.map(({ name, label, dash }, index) => (
            <span key={label} class={dash ? (dash[0]! > 3 ? 'dashed' : 'dotted') : ''}>
              <i class={`line ${hue(name)}`} aria-hidden="true" />
              {label} <b>{text(valueOf(index))}</b>
            </span>
          ))}
        </p>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={`${title}, newest: ${summary.join(', ')}`} />
    </figure>
  );
}

/** All lines over the same times, as uPlot expects them. */
function columnsOf(lines: readonly Line[]): uPlot.AlignedData {
  const times = [...new Set(lines.flatMap(({ at }) => at))].toSorted((a, b) => a - b);
  return [times.map((time) => time / 1_000), ...lines.map((line) => columnOf(line, times))];
}

/** Where only other lines have a figure, a line connects its own figures on both sides, unless one is missing. */
function columnOf({ at, values }: Line, times: readonly number[]): Column {
  let next = 0;
  return times.map((time) => {
    const own = next;
    while (at[next] === time) next++;
    if (next > own) return values[next - 1];
    return values[next - 1] === null || values[next] === null ? null : undefined;
  });
}

function isFigure(value: number | null | undefined): value is number {
  return value !== null && value !== undefined;
}

/** Figures without a neighbor: a line alone would not show them. */
function lonelyIn(column: ArrayLike<number | null | undefined>): number[] {
  const own = Array.from(column, (value, index) => ({ value, index })).filter(({ value }) => value !== undefined);
  return own.flatMap(({ value, index }, place) => {
    const isLonely = !isFigure(own[place - 1]?.value) && !isFigure(own[place + 1]?.value);
    return isFigure(value) && isLonely ? [index] : [];
  });
}

function lonelyOf({ data }: uPlot, series: number): number[] {
  return lonelyIn(data[series]!);
}

/** Seconds on both sides of a chart that shows a single moment. */
const AROUND = 300;

/** The range of the times. */
function timesOf({ data: [times] }: uPlot): uPlot.Range.MinMax {
  const [first = 0, last = first] = [times[0], times.at(-1)];
  return first === last ? [first - AROUND, last + AROUND] : [first, last];
}

function optionsFor(
  lines: readonly Line[],
  element: HTMLElement,
  text: ChartProps['text'],
  stepped: boolean,
  point: (index: number | null) => void,
): uPlot.Options {
  const style = getComputedStyle(element);
  const color = (name: string): string => style.getPropertyValue(name).trim();
  const axis = {
    stroke: color('--soft'),
    grid: { stroke: color('--line'), width: 1 },
    ticks: { show: false },
    font: '11px system-ui, sans-serif',
  };
  const steps = uPlot.paths.stepped?.({ align: 1 });
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { range: timesOf }, y: { range: (_, __, most) => [0, stepped ? 100 : most > 0 ? most * 1.1 : 1] } },
    axes: [
      { ...axis, size: 28, values: (_, ticks) => ticks.map(timeOf) },
      { ...axis, size: 64, values: (_, ticks) => ticks.map((value) => text(value)) },
    ],
    series: [
      {},
      ...lines.map(({ name, label, dash }) => {
        const stroke = color(`--${hue(name)}`);
        return {
          label,
          stroke,
          width: 2,
          points: { show: true, size: 5, fill: stroke, filter: lonelyOf },
          ...(dash && { dash, width: 1.5 }),
          ...(stepped && steps && { paths: steps }),
        };
      }),
    ],
    hooks: { setCursor: [({ cursor }) => point(cursor.idx ?? null)] },
  };
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
}

/** A canvas does not follow the color scheme of the page. */
function useColorScheme(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)');
  const [isDark, set] = useState(query.matches);
  useEffect(() => {
    const onChange = (event: MediaQueryListEvent): void => set(event.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, []);
  return isDark;
}
