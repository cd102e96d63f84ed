import type { RouteStatus } from 'nestjs-blue-green';
import type { Traffic } from './traffic.js';

const BAR = 20;

/** Shows a route live: redrawn in a terminal, a line a second elsewhere. */
export class Screen {
  #drawn = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #terminal = process.stdout.isTTY;

  constructor(
    private readonly status: () => RouteStatus,
    private readonly traffic: Traffic,
  ) {}

  start(): void {
    const interval = this.#terminal ? 200 : 1000;
    this.#timer = setInterval(() => this.#draw(), interval);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#draw();
  }

  /** A line that stays, above the picture. */
  say(line: string): void {
    this.#clear();
    process.stdout.write(`${line}\n`);
  }

  #draw(): void {
    const status = this.status();
    const lines = this.#terminal ? table(status, this.traffic) : [summary(status, this.traffic)];
    this.#clear();
    process.stdout.write(`${lines.join('\n')}\n`);
    this.#drawn = this.#terminal ? lines.length : 0;
  }

  #clear(): void {
    if (this.#drawn > 0) process.stdout.write(`\u001B[${this.#drawn}A\u001B[0J`);
    this.#drawn = 0;
  }
}

function table(status: RouteStatus, traffic: Traffic): string[] {
  const rows = Object.entries(status.environments).map(([name, { weight, model, total, recent }]) => {
    const filled = Math.round((weight / 100) * BAR);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
    const live = status.active === name ? '●' : ' ';
    return [
      `${live} ${name.padEnd(9)}`,
      model.padEnd(12),
      `${bar} ${String(Math.round(weight)).padStart(3)} %`,
      `${String(total.requestCount).padStart(7)} requests`,
      `${percent(recent.errorRate).padStart(7)} errors`,
      `p99 ${milliseconds(recent.latencyP99).padStart(8)}`,
    ].join('  ');
  });
  return [...rows, `  ${where(status)}   ${traffic.requests} sent, ${traffic.errors} caller errors`];
}

function summary(status: RouteStatus, traffic: Traffic): string {
  const environments = Object.entries(status.environments).map(
    ([name, { weight, total, recent }]) =>
      `${name} ${Math.round(weight)} % (${total.requestCount} req, ${percent(recent.errorRate)} err, p99 ${milliseconds(recent.latencyP99)})`,
  );
  return `  ${environments.join(' · ')} · ${where(status)} · ${traffic.errors} caller errors`;
}

function where({ rollout }: RouteStatus): string {
  if (!rollout) return 'no rollout yet';
  const { phase, steps, decision } = rollout;
  const stage = phase.name === 'Progressing' ? `step ${phase.step + 1} of ${steps}` : phase.name;
  return decision ? `${stage}: ${decision.reason}` : stage;
}

function percent(rate: number | null): string {
  return rate === null ? '–' : `${(rate * 100).toFixed(1)} %`;
}

function milliseconds(time: number | null): string {
  return time === null ? '–' : `${Math.round(time)} ms`;
}
