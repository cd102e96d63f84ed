/** A line of a plot. */
export interface Line {
  readonly name: string;
  /** Its class: a color that reads on light and on dark. */
  readonly hue: 'blue' | 'green' | 'red' | 'gray';
  readonly points: readonly (readonly [x: number, y: number])[];
  /** The name stands where the line first reaches this height. Default: at its end. */
  readonly nameAt?: number;
}

interface Axis {
  readonly title: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  readonly isLog?: boolean;
  readonly show?: (value: number) => string;
}

export interface LinePlot {
  /** For people who cannot see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly Line[];
  /** A level that means something. */
  readonly level?: { readonly y: number; readonly name: string };
}

const [WIDTH, HEIGHT] = [720, 380];
const AREA = { left: 64, right: 556, top: 16, bottom: 324 };
/** Least distance of two names, in pixels. */
const APART = 16;

const STYLE = `
text { fill: #1e293b } .grid { stroke: #e2e8f0 } .level { stroke: #64748b; stroke-dasharray: 5 4 }
.line { fill: none; stroke-width: 2; stroke-linejoin: round }
.blue { stroke: #2563eb } .green { stroke: #15803d } .red { stroke: #dc2626 } .gray { stroke: #64748b }
@media (prefers-color-scheme: dark) {
  text { fill: #e2e8f0 } .grid { stroke: #334155 } .level { stroke: #94a3b8 }
  .blue { stroke: #60a5fa } .green { stroke: #4ade80 } .red { stroke: #f87171 } .gray { stroke: #94a3b8 }
}`;

/** Lines over two axes, as an SVG that reads on light and on dark. The same figures give the same bytes. */
export function linePlot({ description, x, y, lines, level }: LinePlot): string {
  const atX = scale(x, AREA.left, AREA.right);
  const atY = scale(y, AREA.bottom, AREA.top);
  const middle = (AREA.left + AREA.right) / 2;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    `<title>${description}</title>`,
    `<style>${STYLE}</style>`,
    ...y.ticks.flatMap((tick) => [
      `<path class="grid" d="M${AREA.left} ${atY(tick)}H${AREA.right}"/>`,
      `<text x="${AREA.left - 8}" y="${atY(tick) + 4}" text-anchor="end">${shown(y, tick)}</text>`,
    ]),
    ...x.ticks.map(
      (tick) => `<text x="${atX(tick)}" y="${AREA.bottom + 20}" text-anchor="middle">${shown(x, tick)}</text>`,
    ),
    `<text x="${middle}" y="${HEIGHT - 12}" text-anchor="middle">${x.title}</text>`,
    `<text x="16" y="${HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 16 ${HEIGHT / 2})">${y.title}</text>`,
    ...(level
      ? [
          `<path class="level" d="M${AREA.left} ${atY(level.y)}H${AREA.right}"/>`,
          `<text x="${AREA.right - 6}" y="${atY(level.y) - 6}" text-anchor="end">${level.name}</text>`,
        ]
      : []),
    ...lines.map(({ hue, points }) => {
      const path = points.map(([px, py]) => `${atX(px)} ${atY(py)}`).join('L');
      return `<path class="line ${hue}" d="M${path}"/>`;
    }),
    ...names(lines, atX, atY),
    '</svg>',
    '',
  ].join('\n');
}

type Scale = (value: number) => number;

/** Next to the lines. Names at the same place are moved apart. */
function names(lines: readonly Line[], atX: Scale, atY: Scale): string[] {
  const last = new Map<number, number>();
  return lines
    .map(({ name, points, nameAt }) => {
      const [px, py] = (nameAt !== undefined && points.find(([, y]) => y >= nameAt)) || points.at(-1)!;
      return { name, x: rounded(atX(px) + 8), y: atY(py) + 4 };
    })
    .toSorted((a, b) => a.y - b.y)
    .map(({ name, x, y }) => {
      const free = Math.max(y, (last.get(x) ?? -Infinity) + APART);
      last.set(x, free);
      return `<text x="${x}" y="${rounded(free)}">${name}</text>`;
    });
}

function scale({ from, to, isLog = false }: Axis, start: number, end: number): Scale {
  const place = isLog ? Math.log : (value: number): number => value;
  const [low, high] = [place(from), place(to)];
  return (value) => {
    const inside = Math.min(Math.max(value, from), to);
    return rounded(start + ((place(inside) - low) / (high - low)) * (end - start));
  };
}

function shown({ show = (value) => value.toLocaleString('en') }: Axis, tick: number): string {
  return show(tick);
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}
