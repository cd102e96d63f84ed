import type { RouteStatus } from 'nestjs-blue-green';
import type { Traffic } from './traffic.js';

const BAR = 12;

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
    this.#timer = setInterval(() => this.#show(this.#picture()), interval);
  }

  /** Leaves the last picture where it is. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#show(this.#picture());
    this.#drawn = 0;
  }

  /** A line that stays, above the picture. */
  say(line: string): void {
    const picture = this.#terminal && this.#timer ? this.#picture() : [];
    this.#show([line, ...picture], picture.length);
  }

  #picture(): string[] {
    const status = this.status();
    if (!this.#terminal) return [summary(status, this.traffic)];
    return table(status, this.traffic).map(fitted);
  }

  /** Over the picture that is there, in one write, so that it does not flicker. `redrawn`: lines that are the picture. */
  #show(lines: readonly string[], redrawn = lines.length): void {
    const back = this.#drawn > 0 ? `\u001B[${this.#drawn}A\u001B[0J` : '';
    process.stdout.write(`${back}${lines.join('\n')}\n`);
    this.#drawn = this.#terminal ? redrawn : 0;
  }
}

/** A line that wraps would be two, and the next picture would begin one too low. */
function fitted(line: string): string {
  const { columns } = process.stdout;
  return columns > 0 && line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
}

function table(status: RouteStatus, traffic: Traffic): string[] {
  const rows = Object.entries(status.environments).map(([name, { weight, model, total, recent }]) => {
    const filled = Math.round((weight / 100) * BAR);
    const bar = '█'.repeat(filled) + '░'.repeat(BAR - filled);
    const live = status.active === name ? '●' : ' ';
    return [
      `${live} ${name.padEnd(8)}`,
      model.padEnd(11),
      `${bar} ${String(Math.round(weight)).padStart(3)} %`,
      `${String(total.requestCount).padStart(5)} req`,
      `${percent(recent.errorRate).padStart(7)} err`,
      `p99 ${milliseconds(recent.latencyP99).padStart(7)}`,
    ].join('  ');
  });
  return [...rows, `  ${traffic.requests} sent, ${traffic.errors} caller errors. ${where(status)}`];
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
