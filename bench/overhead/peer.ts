import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';

/** Somebody else's relay, in a process of its own. */
export interface Peer {
  readonly port: number;
  readonly child: ChildProcess;
}

/** The peer, once it answers; ended, and `undefined`, when it does not within ten seconds. */
export async function answering(peer: Peer): Promise<Peer | undefined> {
  for (let n = 0; n < 100; n++) {
    const answered = await fetch(`http://127.0.0.1:${peer.port}/`).then(
      () => true,
      () => false,
    );
    if (answered) return peer;
    await pause(100);
  }
  peer.child.kill();
  return undefined;
}
