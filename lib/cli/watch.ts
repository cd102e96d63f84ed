import { setTimeout as pause } from 'node:timers/promises';
import { CliError, EXIT } from './cli-error.js';
import type { StatusAnswer } from '../http/control/answers/status.js';
import { logLine, picture } from './picture.js';
import { hasEnded } from './rollout-words.js';
import type { Session } from './session.js';

/** Figures change without events, so they are read at this interval, milliseconds. */
const REFRESH = 2_000;
/** Failed reads in a row before it gives up: a restarting server comes back sooner. */
const PATIENCE = 15;

/**
 * Shows a route live until its rollout has ended: redrawn in a terminal, one line per change elsewhere. Without a
 * rollout it runs until it is stopped.
 *
 * @returns whether the rollout was rolled back.
 */
export async function watch(session: Session): Promise<boolean> {
  let status = await session.route();
  const show = session.output.json ? () => undefined : painter(process.stdout);
  show(status);
  const ended = new AbortController();
  const changes = new Bell();
  void ring(session, changes, ended.signal);
  try {
    for (let failed = 0; !status.rollout || !hasEnded(status.rollout);) {
      await changes.next(REFRESH);
      try {
        status = await session.client.rollout(status.route);
        failed = 0;
      } catch (error) {
        failed += 1;
        if (!isPassing(error) || failed >= PATIENCE) throw error;
      }
      show(status);
    }
  } finally {
    ended.abort();
  }
  session.output.document(status);
  return status.rollout.phase.name === 'RolledBack';
}

/** Rings at every event of the server. A stream that breaks is opened again; meanwhile the refresh suffices. */
async function ring({ client }: Session, bell: Bell, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      const events = client.events(undefined, signal);
      while (!(await events.next()).done) bell.ring();
    } catch {
      // The refresh reports a server that stays away.
    }
    await pause(1_000, undefined, { signal }).catch(() => undefined);
  }
}

function isPassing(error: unknown): boolean {
  return error instanceof CliError && (error.exitCode === EXIT.unreachable || error.status >= 500);
}

/** Redraws the route in a terminal; elsewhere it writes one line whenever that line changes. */
function painter(stream: NodeJS.WriteStream): (status: StatusAnswer) => void {
  let drawn = 0;
  let last = '';
  return (status) => {
    if (stream.isTTY) {
      const fitting = picture(status).map((line) => line.slice(0, stream.columns));
      stream.write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[J` : ''}${fitting.join('\n')}\n`);
      drawn = fitting.length;
      return;
    }
    const line = logLine(status);
    if (line !== last) stream.write(`${line}\n`);
    last = line;
  };
}

/** Remembers one ring, so that many changes lead to one read. */
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
