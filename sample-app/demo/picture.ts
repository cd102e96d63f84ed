import { styleText } from 'node:util';
import type { RouteStatus } from 'nestjs-blue-green';

const WIDTH = 20;
const COLORS = { blue: 'blue', green: 'green' } as const;

/** A route and its callers at one moment. */
export interface Scene {
  readonly status: RouteStatus;
  /** Weights of the schedule's steps, percent. */
  readonly steps: readonly number[];
  readonly requests: number;
  readonly callerErrors: number;
}

/** The scene as a few lines of a terminal with this many columns. */
export function picture(scene: Scene, columns: number): string[] {
  const { status, requests, callerErrors } = scene;
  const head = `   ${''.padEnd(21)}${'traffic'.padEnd(WIDTH + 7)}${'errors'.padEnd(WIDTH + 8)}p99`;
  const rows = Object.entries(status.environments).map(([name, { weight, model, recent }]) => {
    const color = name in COLORS ? COLORS[name as keyof typeof COLORS] : 'gray';
    const rate = recent.errorRate ?? 0;
    return [
      ` ${status.active === name ? '●' : ' '} ${name.padEnd(9)}${model.padEnd(12)}`,
      `${bar(weight / 100, color)} ${`${Math.round(weight)}%`.padStart(4)}  `,
      `${bar(rate, 'red')} ${percent(recent.errorRate).padStart(6)} `,
      milliseconds(recent.latencyP99).padStart(7),
    ].join('');
  });
  const waits = wrapped(because(status), columns - 4).map((line) => `   ${line}`);
  const callers = `   ${requests.toLocaleString('en-US')} calls, ${callerErrors} errors at the callers`;
  return ['', head, ...rows, '', `   ${schedule(scene)}`, ...waits, callers];
}

/** The scene as one line of a log. */
export function summary({ status, callerErrors }: Scene): string {
  const { green, blue } = status.environments;
  const rate = (of: typeof green): string => `${percent(of?.recent.errorRate ?? null)} errors`;
  return `   green ${Math.round(green?.weight ?? 0)}% (${rate(green)}), blue (${rate(blue)}) | ${because(status)} | caller errors: ${callerErrors}`;
}

/** `✔ 5% ── ◌ 25% ── ○ 50% ── ○ 100% ── ○ bake`: where the rollout stands. */
function schedule({ status: { rollout }, steps }: Scene): string {
  const stages = [...steps.map((weight) => `${weight}%`), 'bake'];
  if (!rollout) return stages.map((stage) => `○ ${stage}`).join(' ── ');
  const { phase } = rollout;
  const walking = phase.name === 'Paused' ? phase.resumeTo : phase;
  if (walking.name === 'RolledBack' || walking.name === 'Aborting') return styleText('red', '✘ rolled back');
  const at = walking.name === 'Succeeded' ? stages.length : walking.name === 'Baking' ? steps.length : undefined;
  const stage = at ?? (walking.name === 'Progressing' ? walking.step : -1);
  const mark = (n: number): string => (n < stage ? styleText('green', '✔') : n === stage ? '◌' : '○');
  return stages.map((name, n) => `${mark(n)} ${name}`).join(' ── ');
}

function because({ rollout }: RouteStatus): string {
  return rollout ? `${rollout.phase.name}: ${rollout.decision?.reason ?? rollout.waitsFor}` : 'no rollout yet';
}

function bar(share: number, color: 'blue' | 'green' | 'gray' | 'red'): string {
  const filled = share > 0 ? Math.max(1, Math.round(share * WIDTH)) : 0;
  return styleText(color, '█'.repeat(filled)) + styleText('gray', '░'.repeat(WIDTH - filled));
}

function percent(rate: number | null): string {
  return rate === null ? '–' : `${(rate * 100).toFixed(1)}%`;
}

function milliseconds(time: number | null): string {
  return time === null ? '–' : `${Math.round(time)} ms`;
}

/** In lines of this width: a terminal that wraps by itself would break the redrawing. */
export function wrapped(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const space = text.lastIndexOf(' ', width);
  const cut = space > 0 ? space : width;
  return [text.slice(0, cut), ...wrapped(text.slice(cut).trimStart(), width)];
}
