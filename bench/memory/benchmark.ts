import { parseArgs } from 'node:util';
import { Pool } from 'undici';
import { rounded } from '../measured/figures.js';
import { Measured, megabytes } from '../measured/measured.js';
import { ALIAS, KEY } from '../overhead/ours.js';

const CALLERS = 32;
/** Every so many requests one is a stream. */
const STREAM_EVERY = 50;
const FULL = 1_000_000;
const QUICK = 100_000;
const LOOKS = 10;

/**
 * Whether a gateway that serves a million requests, each of another user, while a rollout runs, keeps anything of
 * them: its heap, garbage collected, at the end over that after the first tenth.
 */
export async function memory(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { quick: { type: 'boolean' } } });
  const result = await measuredMemory(values.quick ? QUICK : FULL);
  console.log(`\n${JSON.stringify(result)}`);
  return result.errors === 0 ? 0 : 1;
}

export async function measuredMemory(requests = FULL) {
  const upstream = await Measured.start('upstream');
  const gateway = await Measured.start('trial', upstream.port);
  const pool = new Pool(`http://127.0.0.1:${gateway.port}`, { connections: CALLERS });
  console.error(`${requests} requests over ${CALLERS} connections, one in ${STREAM_EVERY} a stream.`);

  const heaps: number[] = [];
  let errors = 0;
  for (let look = 1; look <= LOOKS; look++) {
    const begun = performance.now();
    errors += await send(pool, ((look - 1) * requests) / LOOKS, (look * requests) / LOOKS);
    const perSecond = requests / LOOKS / ((performance.now() - begun) / 1_000);
    const { heapUsed, rss } = await gateway.held(true);
    heaps.push(heapUsed);
    const done = String((look * requests) / LOOKS).padStart(String(requests).length);
    console.log(
      `${done} requests   heap ${megabytes(heapUsed)}   rss ${megabytes(rss)}   ${Math.round(perSecond)} requests/s`,
    );
  }
  await pool.close();
  await Promise.all([gateway.stop(), upstream.stop()]);

  const [first, last] = [heaps[0]!, heaps.at(-1)!];
  return {
    requests,
    errors,
    heapGrowth: rounded(last / first, 3),
    heapFirstMiB: rounded(first / 1024 / 1024, 2),
    heapLastMiB: rounded(last / 1024 / 1024, 2),
  };
}

/** Sends the requests with these numbers, and counts those that got no whole answer. */
async function send(pool: Pool, from: number, to: number): Promise<number> {
  let [next, errors] = [from, 0];
  const caller = async (): Promise<void> => {
    while (next < to) if (!(await isWhole(pool, next++))) errors++;
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return errors;
}

async function isWhole(pool: Pool, n: number): Promise<boolean> {
  const stream = n % STREAM_EVERY === 0;
  const { statusCode, body } = await pool.request({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${KEY}`, 'x-user-id': `user-${n}` },
    body: JSON.stringify({ model: ALIAS, stream, messages: [{ role: 'user', content: `Where is parcel ${n}?` }] }),
  });
  const text = await body.text();
  return statusCode === 200 && text.includes(stream ? '[DONE]' : '"stop"');
}
