import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { seededRandom } from '../../test/support/seeded-random.js';
import { rounded } from '../measured/figures.js';
import { Measured, megabytes } from '../measured/measured.js';
import type { Held } from '../measured/server.js';
import { slopeOf } from './slope.js';
import { Traffic } from './traffic.js';

const MINUTE = 60_000;
const MB = 1_000_000;
const SEED = 11;
const WARM_UP_MS = 5_000;
const CALIBRATION_MS = 20_000;
/** Longer than idle connections are kept open, and mirrors run. */
const QUIET_MS = 20_000;
const LOOK_EVERY_MS = 10_000;
/** The share of the run that memory may take to settle. */
const SETTLING = 0.2;

/**
 * Half an hour of JSON, streams, callers that leave and providers that fail, at half of the rate that the machine can
 * do: by how much the gateway's memory grows, how late its event loop is, and what is left open behind it. `--minutes
 * N`. Returns 1 when a caller got neither a whole answer nor a typed error, or when something stays open.
 */
export async function soak(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '30' } } });
  const duration = Number(values.minutes) * MINUTE;
  const upstream = await Measured.start('moody');
  const gateway = await Measured.start('soaked', upstream.port);

  const calibration = new Traffic(gateway.port, seededRandom(SEED));
  await calibration.run(WARM_UP_MS);
  const most = await calibration.run(CALIBRATION_MS);
  await calibration.close();
  await sleep(QUIET_MS);
  const start = await gateway.held(true);
  console.error(`At most ${Math.round(most)} requests/s; ${values.minutes} minutes at half of it.`);

  const traffic = new Traffic(gateway.port, seededRandom(SEED + 1));
  const looks: (readonly [ms: number, held: Held])[] = [];
  const begun = performance.now();
  const watch = setInterval(() => void look(), LOOK_EVERY_MS);
  const look = async (): Promise<void> => {
    const held = await gateway.held(false);
    looks.push([performance.now() - begun, held]);
    if (looks.length % 6 === 0) console.log(line(performance.now() - begun, held, traffic));
  };
  const rate = await traffic.run(duration, most / 2);
  clearInterval(watch);
  await traffic.close();
  await sleep(QUIET_MS);
  const end = await gateway.held(true);
  await Promise.all([gateway.stop(), upstream.stop()]);

  const settled = looks.filter(([ms]) => ms >= duration * SETTLING);
  const rss = slopeOf(settled.map(([ms, held]) => [ms / 3_600_000, held.rss / MB]));
  const { requests, whole, typedErrors, aborted, broken } = traffic.tally;
  for (const what of new Set(broken)) console.log(`VIOLATION a caller got: ${what}`);
  const left = { socketsStart: start.sockets, socketsEnd: end.sockets };
  const timers = { timersStart: start.resources['Timeout'] ?? 0, timersEnd: end.resources['Timeout'] ?? 0 };
  const isClean = start.sockets === end.sockets && sameCounts(start.resources, end.resources);
  const result = {
    minutes: Number(values.minutes),
    mostPerSecond: Math.round(most),
    perSecond: Math.round(rate),
    requests,
    whole,
    typedErrors,
    aborted,
    rssSlopeMBPerHour: rounded(rss.slope, 1),
    rssSlopeError: rounded(rss.error, 1),
    heapStartMB: rounded(start.heapUsed / MB, 1),
    heapEndMB: rounded(end.heapUsed / MB, 1),
    delayP99Ms: rounded(looks.at(-1)?.[1].delayP99 ?? 0, 1),
    ...left,
    ...timers,
    nothingLeftOpen: isClean,
    violations: broken.length,
  };
  if (!isClean)
    console.log(`at the start ${JSON.stringify(start.resources)}, at the end ${JSON.stringify(end.resources)}`);
  console.log(`\n${JSON.stringify(result)}`);
  return broken.length === 0 && isClean ? 0 : 1;
}

function line(ms: number, { rss, heapUsed, delayP99, sockets }: Held, { tally }: Traffic): string {
  return [
    `${Math.round(ms / MINUTE)} min`,
    `${tally.requests} requests`,
    `rss ${megabytes(rss)}`,
    `heap ${megabytes(heapUsed)}`,
    `loop p99 ${delayP99.toFixed(1)} ms`,
    `${sockets} sockets`,
  ].join('   ');
}

function sameCounts(a: Held['resources'], b: Held['resources']): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((kind) => a[kind] === b[kind]);
}
