/** One bar per name. */
export interface Bars {
  readonly title: string;
  readonly values: ReadonlyMap<string, number>;
}

const WIDTH = 720;
const LEFT = 130;
const BAR = 18;
const GAP = 8;
const OURS = '#2563eb';
const OTHERS = '#94a3b8';

/**
 * Groups of bars, one below the other, as an SVG that reads on light and on dark; those whose names begin with `ours`
 * stand out.
 */
export function chartOf(groups: readonly Bars[], ours: string): string {
  const parts: string[] = [];
  let y = 0;
  for (const { title, values } of groups) {
    y += 28;
    parts.push(`<text x="0" y="${y - 6}" font-weight="600">${title}</text>`);
    const most = Math.max(...values.values());
    for (const [name, value] of values) {
      const width = Math.max(1, Math.round(((WIDTH - LEFT - 90) * value) / most));
      const color = name.startsWith(ours) ? OURS : OTHERS;
      parts.push(
        `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${name}</text>`,
        `<rect x="${LEFT}" y="${y}" width="${width}" height="${BAR}" rx="2" fill="${color}"/>`,
        `<text x="${LEFT + width + 6}" y="${y + 14}">${Math.round(value).toLocaleString('en')}</text>`,
      );
      y += BAR + GAP;
    }
  }
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" font-family="system-ui, sans-serif" font-size="13">`,
    '<style>text { fill: #1e293b } @media (prefers-color-scheme: dark) { text { fill: #e2e8f0 } }</style>',
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}
