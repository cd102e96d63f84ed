import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../test/support/seeded-random.js';
import { rounded } from '../measured/figures.js';
import type { Report } from './app.js';
import { hostileCall, type Call } from './calls.js';

/** Longest that a call may hold everybody else, milliseconds. */
const LIMIT = 50;
/** Times that a slow call is sent again: only one that is slow each time counts. */
const AGAIN = 3;
/** Calls before memory is looked at: code is compiled, caches are full. */
const WARM_UP = 300;
/** MB that may be kept of all calls: versions and journal entries are kept on purpose. */
const KEPT = 64;
const KEY = 'fuzz-key-of-an-operator';

/**
 * `--calls N --seed S --adapter fastify`: hostile calls of the control API, one after the other. Returns 1 when one
 * was answered with 5xx, not answered, or held the event loop for 50 ms, or when memory grew.
 */
export async function fuzz(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      calls: { type: 'string', default: '5000' },
      seed: { type: 'string', default: '1' },
      adapter: { type: 'string', default: 'express' },
    },
  });
  const attacked = await Attacked.start(values.adapter);
  try {
    const found = await attack(attacked, Number(values.calls), Number(values.seed));
    for (const finding of found.findings) console.log(`VIOLATION ${finding}`);
    console.log(JSON.stringify({ ...found.summary, seed: Number(values.seed), violations: found.findings.length }));
    return found.findings.length === 0 ? 0 : 1;
  } finally {
    await attacked.stop();
  }
}

async function attack(attacked: Attacked, calls: number, seed: number) {
  const random = seededRandom(seed);
  const findings: string[] = [];
  const statuses: Record<string, number> = {};
  let [longest, before] = [0, 0];
  for (let n = 0; n < calls; n++) {
    if (n === WARM_UP) before = (await attacked.report('heap')).heapMb;
    const call = hostileCall(random);
    const status = await attacked.send(call);
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status >= 500 || status === 0) findings.push(`${status} for ${shown(call)}`);
    let { heldMs: held } = await attacked.report();
    for (let again = 0; held > LIMIT && again < AGAIN; again++) {
      await attacked.send(call);
      held = Math.min(held, (await attacked.report()).heldMs);
    }
    longest = Math.max(longest, n < WARM_UP ? 0 : held);
    if (held > LIMIT) findings.push(`${rounded(held, 0)} ms of the event loop for ${shown(call)}`);
  }
  const keptMb = rounded((await attacked.report('heap')).heapMb - before, 1);
  if (calls > WARM_UP && keptMb > KEPT) findings.push(`${keptMb} MB are kept of ${calls} calls`);
  return { findings, summary: { calls, ...statuses, longestMs: rounded(longest, 1), keptMb } };
}

function shown({ method, path, body = '' }: Call): string {
  return `${method} ${path.slice(0, 200)} ${body.length > 600 ? `${body.slice(0, 600)}… (${body.length})` : body}`;
}

/** The app in a process of its own: its event loop is not ours. */
class Attacked {
  private constructor(
    private readonly child: ChildProcess,
    private port: number,
  ) {}

  static async start(adapter: string): Promise<Attacked> {
    const child = fork(fileURLToPath(new URL('./app.js', import.meta.url)), [adapter], {
      execArgv: ['--expose-gc', '--enable-source-maps'],
    });
    await once(child, 'message');
    const attacked = new Attacked(child, 0);
    attacked.port = (await attacked.report()).port;
    return attacked;
  }

  /** The status; 0 without an answer. */
  async send({ method, path, body }: Call): Promise<number> {
    const headers = { 'x-api-key': KEY, 'content-type': 'application/json' };
    const init = { method, headers, signal: AbortSignal.timeout(30_000), ...(body !== undefined && { body }) };
    try {
      const response = await fetch(`http://127.0.0.1:${this.port}${path}`, init);
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0;
    }
  }

  async report(wanted: 'heap' | 'times' = 'times'): Promise<Report> {
    const reported = once(this.child, 'message');
    this.child.send(wanted);
    return ((await reported) as [Report])[0];
  }

  async stop(): Promise<void> {
    const gone = once(this.child, 'exit');
    this.child.disconnect();
    await gone;
  }
}
