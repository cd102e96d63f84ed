import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Somebody else's relay, in a process of its own. */
export interface Peer {
  readonly port: number;
  readonly child: ChildProcess;
}

const LOOK_EVERY_MS = 50;

/** None of them outlives the benchmark. */
const started = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

/** The peer, once it answers; ended, and `undefined`, when it does not in time. */
export async function answering(peer: Peer, patienceMs = 20_000): Promise<Peer | undefined> {
  started.add(peer.child);
  for (let n = 0; n < patienceMs / LOOK_EVERY_MS && peer.child.exitCode === null; n++) {
    const answered = await fetch(`http://127.0.0.1:${peer.port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return peer;
    await pause(LOOK_EVERY_MS);
  }
  peer.child.kill();
  return undefined;
}
