import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 250;
/** A Redis that takes longer stands still, milliseconds: its disk or its processor keeps it. */
const PATIENCE_MS = 500;

/**
 * Asks a server again and again, past everything that is between it and the replicas, whether it is there.
 *
 * @param isAway called when it is not; what that returns is called when it is back.
 */
export async function probe(port: () => number, isAway: () => () => void, signal: AbortSignal): Promise<void> {
  let back: (() => void) | undefined;
  while (!signal.aborted) {
    if (await answers(port())) {
      back?.();
      back = undefined;
    } else back ??= isAway();
    await sleep(EVERY_MS);
  }
  back?.();
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const done = (answered: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answered);
    };
    const timer = setTimeout(() => done(false), PATIENCE_MS);
    socket.on('connect', () => socket.write('PING\r\n'));
    socket.on('data', (bytes: Buffer) => done(bytes.toString().startsWith('+PONG')));
    socket.on('error', () => done(false));
    socket.on('close', () => done(false));
  });
}
