import { setTimeout as pause } from 'node:timers/promises';
import { CliError, EXIT } from './cli-error.js';
import { picture } from './picture.js';
import type { RouteView } from './route-view.js';
import type { Session } from './session.js';

/** Figures change without events: they are read again this often, milliseconds. */
const REFRESH = 2_000;
/** Reads that fail in a row before it gives up: a server that restarts comes back. */
const PATIENCE = 15;

/**
 * Shows a route live until its rollout has ended: redrawn in a terminal, a line a change elsewhere. Without a rollout
 * it shows the route until it is stopped.
 *
 * @returns whether the rollout was rolled back.
 */
export async function watch(session: Session): Promise<boolean> {
  let view = await session.route();
  const show = session.output.json ? () => undefined : painter(process.stdout);
  show(view);
  const ended = new AbortController();
  const changes = new Bell();
  void ring(session, changes, ended.signal);
  try {
    for (let failed = 0; !view.rollout?.ended;) {
      await changes.next(REFRESH);
      try {
        view = await session.client.rollout(view.route);
        failed = 0;
      } catch (error) {
        failed += 1;
        if (!isPassing(error) || failed >= PATIENCE) throw error;
      }
      show(view);
    }
  } finally {
    ended.abort();
  }
  session.output.document(view.raw);
  return view.rollout.phase === 'RolledBack';
}

/** Rings at every event of the server; without a stream of events the refresh has to do. */
async function ring({ client }: Session, bell: Bell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const events = client.events(undefined, signal);
      while (!(await events.next()).done) bell.ring();
    } catch (error) {
      if (error instanceof CliError && error.status === 404) return;
    }
    await pause(1_000, undefined, { signal }).catch(() => undefined);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof CliError && (error.exitCode === EXIT.unreachable || error.status >= 500);
}

/** Draws over what it drew before; elsewhere than in a terminal it writes a line whenever that has changed. */
function painter(stream: NodeJS.WriteStream): (view: RouteView) => void {
  let drawn = 0;
  let last = '';
  return (view) => {
    const lines = picture(view);
    if (stream.isTTY) {
      const fitting = lines.map((line) => line.slice(0, stream.columns));
      stream.write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[J` : ''}${fitting.join('\n')}\n`);
      drawn = fitting.length;
      return;
    }
    const line = lineOf(view);
    if (line !== last) stream.write(`${line}\n`);
    last = line;
  };
}

function lineOf(view: RouteView): string {
  const [headline = ''] = picture(view);
  const rates = view.environments
    .filter(({ errorRate }) => errorRate !== undefined)
    .map(({ name, errorRate = 0 }) => `${name} ${(errorRate * 100).toFixed(1)}% errors`);
  return [headline, ...rates, view.rollout?.waitsFor].filter(Boolean).join(' | ');
}

/** Remembers one ring: many changes lead to one look. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  async next(timeout: number): Promise<void> {
    const timer = new AbortController();
    const rung = new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (this.#rung) resolve();
    });
    await Promise.race([rung, pause(timeout, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
    this.#rung = false;
    this.#wake = undefined;
  }
}
