import { escapeHtml } from './escape.js';
import type { Chart, ChartSeries } from './report.js';
import { numberText, timeText } from './report-words.js';

const WIDTH = 640;
const HEIGHT = 180;
const LEFT = 64;
const RIGHT = 12;
const TOP = 10;
const BOTTOM = 24;

/** The chart as SVG, styled by classes of the page, with a summary as its label. */
export function chartSvg({ title, unit, stepped, series }: Chart, from: number, until: number): string {
  const values = series.flatMap(({ points }) => points.flatMap(([, value]) => (value === null ? [] : [value])));
  if (values.length === 0) return '<p class="none">No data.</p>';
  const most = unit === '%' && stepped ? 100 : Math.max(...values) || 1;
  const x = (at: number): number => LEFT + ((at - from) / Math.max(1, until - from)) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  const grid = [0, 0.5, 1].map((part) => {
    const at = round(y(part * most));
    const label = `<text x="${LEFT - 8}" y="${at + 4}" text-anchor="end">${numberText(part * most, unit)}</text>`;
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/>${label}`;
  });
  const times = [
    `<text x="${LEFT}" y="${HEIGHT - 6}">${timeText(from).slice(11, 16)}</text>`,
    `<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${timeText(until).slice(11, 16)}</text>`,
  ];
  const drawn = series.map((one) => pathOf(one, stepped, x, y)).join('');
  const label = escapeHtml(`${title}, greatest value ${numberText(Math.max(...values), unit)}`);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${grid.join('')}${times.join('')}${drawn}</svg>`;
}

function pathOf(
  { points, arm, dashed }: ChartSeries,
  stepped: boolean,
  x: (at: number) => number,
  y: (value: number) => number,
): string {
  let path = '';
  let pen = false;
  let dots = '';
  for (const [at, value] of points) {
    if (value === null) {
      pen = false;
      continue;
    }
    const [left, top] = [round(Math.max(LEFT, x(at))), round(y(value))];
    const line = stepped ? `H${left}V${top}` : `L${left} ${top}`;
    path += pen ? line : `M${left} ${top}`;
    if (points.length < 4) dots += `<circle class="${arm}" cx="${left}" cy="${top}" r="2.5"/>`;
    pen = true;
  }
  return `<path class="${arm}${dashed ? ' dashed' : ''}" d="${path}"/>${dots}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
