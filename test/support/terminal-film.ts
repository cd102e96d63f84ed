import { spawn } from 'node:child_process';
import { once } from 'node:events';

const COLUMNS = 104;
const ROWS = 26;
/** Seconds that a frame stays. */
const FRAME = 0.8;
const ROW_HEIGHT = 18;
const CHARACTER = 8.43;
const SGR_CLASSES: Readonly<Record<string, string>> = { '31': 'r', '32': 'g', '34': 'b', '90': 'd' };

/** Runs a program in a terminal and draws what it shows as an animated SVG. Needs `script` of util-linux. */
export async function filmTerminal(command: string): Promise<string> {
  const terminal = spawn('script', ['-q', '-f', '-c', `stty cols ${COLUMNS} rows ${ROWS}; ${command}`, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm-256color', FORCE_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [''];
  terminal.stdout.setEncoding('utf8').on('data', (text: string) => write(lines, text));
  const frames: string[][] = [];
  const timer = setInterval(() => frames.push(lines.slice(-ROWS - 1, -1)), FRAME * 1000);
  await once(terminal, 'close');
  clearInterval(timer);
  const last = lines.slice(-ROWS - 1, -1);
  return film([...frames, last, last, last]);
}

/** As much of a terminal as the demo uses: text, cursor up, erase below. */
function write(lines: string[], text: string): void {
  // eslint-disable-next-line no-control-regex
  for (const [part, , up] of text.matchAll(/\u001B\[((\d*)A|0J)|\r?\n|[^\u001B\r\n]+|\u001B\[\d+m/g)) {
    if (up !== undefined) lines.length -= Number(up);
    else if (part === '\u001B[0J') lines[lines.length - 1] = '';
    else if (part.endsWith('\n')) lines.push('');
    else lines[lines.length - 1] += part;
  }
}

function film(frames: readonly (readonly string[])[]): string {
  const [width, height] = [COLUMNS * CHARACTER + 32, ROWS * ROW_HEIGHT + 32].map(Math.ceil);
  const seconds = (frames.length * FRAME).toFixed(1);
  const end = (100 / frames.length).toFixed(3);
  const drawn = frames.map((rows, n) => {
    const texts = rows.map((row, y) => (row === '' ? '' : `<text y="${(y + 1) * ROW_HEIGHT}">${spans(row)}</text>`));
    return `<g style="animation-delay:${(n * FRAME).toFixed(1)}s">${texts.join('')}</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="The demo in a terminal">
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#d6deeb;white-space:pre}
.r{fill:#ff6b6b}.g{fill:#4cc38a}.b{fill:#6ba6ff}.d{fill:#46536a}
g g{visibility:hidden;animation:frame ${seconds}s step-end infinite}
@keyframes frame{0%{visibility:visible}${end}%{visibility:hidden}}
@media (prefers-reduced-motion:reduce){g g{animation:none}g g:last-child{visibility:visible}}
</style>
<rect width="100%" height="100%" rx="10" fill="#0f1724"/>
<g transform="translate(16 12)" xml:space="preserve">
${drawn.join('\n')}
</g>
</svg>
`;
}

function spans(row: string): string {
  // eslint-disable-next-line no-control-regex
  return [...row.matchAll(/(?:\u001B\[(\d+)m)?([^\u001B]*)/g)]
    .map(([, color = '', text = '']) => {
      const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
      const name = SGR_CLASSES[color];
      return name && text ? `<tspan class="${name}">${escaped}</tspan>` : escaped;
    })
    .join('');
}
