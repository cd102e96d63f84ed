import { writeFile } from 'node:fs/promises';
import { median, quantile, rounded, spread } from '../measured/figures.js';
import { Measured } from '../measured/measured.js';
import { chartOf } from './chart.js';
import { load, type LoadResult } from './load.js';
import { inProcess, throughput } from './in-process.js';
import { micro } from './micro.js';
import { ALIAS, KEY } from './ours.js';
import { startNginx } from './nginx.js';
import { portkeyHeaders, startPortkey } from './portkey.js';
import { bodyOf } from './request.js';

const CONNECTIONS = 32;
const PEERS = ['floor', 'nest-fastify', 'gateway', 'nest-express', 'gateway-express'] as const;

interface Target {
  readonly name: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
}

interface Round {
  readonly json: LoadResult;
  readonly sse: LoadResult;
  /** Milliseconds to the first byte of a stream on one connection, the median. */
  readonly firstByte: number;
}

/**
 * What the gateway costs, side by side with the floor (the least that a relay can do), with bare Nest doing the same,
 * and with Portkey's gateway and nginx. Every figure is a ratio within one round; the order alternates, the median
 * counts.
 *
 * @param args `--quick`: three short rounds, for a look. `--svg FILE`: draws the medians.
 */
export async function overhead(args: readonly string[]): Promise<number> {
  const isQuick = args.includes('--quick');
  const [rounds, ms] = isQuick ? [3, 700] : [5, 2_000];
  const upstream = await Measured.start('upstream');
  const peers = await Promise.all(PEERS.map((name) => Measured.start(name, upstream.port)));
  const portkey = await startPortkey();
  if (!portkey) console.error('Portkey could not be installed: its figures are missing.');
  const nginx = await startNginx(upstream.port);
  if (!nginx) console.error('nginx is not installed: its figures are missing.');
  const path = '/v1/chat/completions';
  const ours = { authorization: `Bearer ${KEY}`, 'x-user-id': 'user-1' };
  const direct: Target = { name: 'upstream', port: upstream.port, path, headers: {}, model: 'gpt-4o' };
  const targets: Target[] = peers.map(({ port }, n) => ({ name: PEERS[n]!, port, path, headers: ours, model: ALIAS }));
  if (portkey) {
    targets.push({
      name: 'portkey',
      port: portkey.port,
      path,
      headers: portkeyHeaders(upstream.port),
      model: 'gpt-4o',
    });
  }
  if (nginx) targets.push({ name: 'nginx', port: nginx.port, path, headers: ours, model: 'gpt-4o' });
  const local = await inProcess(upstream.port);

  const seen = new Map<string, Round[]>();
  const calls = new Map<string, number[]>();
  for (const target of targets) await measured(target, Math.min(ms, 1_500));
  for (let n = 0; n < rounds; n++) {
    const order = n % 2 === 0 ? [direct, ...targets] : [direct, ...targets].toReversed();
    for (const target of order) {
      const round = await measured(target, ms);
      seen.set(target.name, [...(seen.get(target.name) ?? []), round]);
    }
    const names = Object.keys(local.callers);
    for (const name of n % 2 === 0 ? names : names.toReversed()) {
      const perSecond = await throughput(local.callers[name]!, CONNECTIONS, ms);
      calls.set(name, [...(calls.get(name) ?? []), perSecond]);
    }
    console.error(`round ${n + 1} of ${rounds}`);
  }
  await local.stop();
  await Promise.all([...peers, upstream].map((peer) => peer.stop()));
  for (const peer of [portkey, nginx]) peer?.child.kill();
  const small = await micro();
  report(seen, calls);
  const svg = args[args.indexOf('--svg') + 1];
  if (args.includes('--svg') && svg) await writeFile(svg, drawn(seen));
  const ratios = ratiosOf(seen, calls);
  const result = {
    ...Object.fromEntries(Object.entries(ratios).map(([name, values]) => [name, values && rounded(median(values), 3)])),
    assignmentVsUnleash: rounded(small.unleashNs / small.assignmentNs, 3),
    assignmentVsGrowthbook: rounded(small.growthbookNs / small.assignmentNs, 3),
    observationUs: rounded(small.observationUs, 3),
    assignmentAtScale: rounded(small.assignmentAtScale, 3),
    errors: [...seen.values()].flat().reduce((sum, { json, sse }) => sum + json.errors + sse.errors, 0),
  };
  console.log('\nratio                  median   spread over the rounds');
  for (const [name, values] of Object.entries(ratios)) {
    if (values) console.log(`${name.padEnd(22)} ${median(values).toFixed(3)}   ${spread(values)}`);
  }
  console.log(
    `one assignment ${small.assignmentNs.toFixed(0)} ns, Unleash ${small.unleashNs.toFixed(0)} ns, GrowthBook ${small.growthbookNs.toFixed(0)} ns`,
  );
  console.log(`\n${JSON.stringify(result)}`);
  return result.errors === 0 ? 0 : 1;
}

async function measured({ port, path, headers, model }: Target, ms: number): Promise<Round> {
  const common = { port, path, headers };
  const json = await load({ ...common, body: bodyOf(model, false), connections: CONNECTIONS, ms });
  const sse = await load({ ...common, body: bodyOf(model, true), connections: CONNECTIONS, ms });
  const single = await load({ ...common, body: bodyOf(model, true), connections: 1, ms: ms / 2 });
  return { json, sse, firstByte: quantile(single.firstBytes, 0.5) };
}

function ratiosOf(seen: ReadonlyMap<string, readonly Round[]>, calls: ReadonlyMap<string, readonly number[]>) {
  const of = (name: string): readonly Round[] => seen.get(name) ?? [];
  const over = (a: string, b: string, figure: (round: Round) => number): number[] | undefined =>
    of(a).length === 0 || of(b).length === 0 ? undefined : of(a).map((round, n) => figure(round) / figure(of(b)[n]!));
  const rate = ({ json }: Round): number => json.perSecond;
  const streams = ({ sse }: Round): number => sse.perSecond;
  const p99 = ({ json }: Round): number => quantile(json.times, 0.99);
  const added = (name: string): number[] =>
    of(name).map(({ firstByte }, n) => firstByte - of('upstream')[n]!.firstByte);
  const callsOver = (b: string): number[] => calls.get('ours')!.map((value, n) => value / calls.get(b)![n]!);
  return {
    jsonVsFloor: over('gateway', 'floor', rate),
    p99VsFloor: over('gateway', 'floor', p99),
    expressVsBare: over('gateway-express', 'nest-express', rate),
    nestFastifyVsFloor: over('nest-fastify', 'floor', rate),
    jsonVsBareFastify: over('gateway', 'nest-fastify', rate),
    sseVsFloor: over('gateway', 'floor', streams),
    firstByteVsFloor: added('gateway').map((value, n) => value / added('floor')[n]!),
    jsonVsNginx: over('gateway', 'nginx', rate),
    jsonVsPortkey: over('gateway', 'portkey', rate),
    firstByteVsPortkey:
      of('portkey').length > 0 ? added('gateway').map((value, n) => value / added('portkey')[n]!) : undefined,
    inProcessVsUndici: callsOver('undici'),
    inProcessVsOpenaiSdk: callsOver('openai'),
  };
}

function drawn(seen: ReadonlyMap<string, readonly Round[]>): string {
  const relays = [...seen].filter(([name]) => name !== 'upstream');
  const bars = (title: string, figure: (round: Round) => number) => ({
    title,
    values: new Map(relays.map(([name, rounds]) => [name, median(rounds.map(figure))])),
  });
  const figures = [
    bars(`JSON, ${CONNECTIONS} connections: requests a second`, ({ json }) => json.perSecond),
    bars(`Streams of 60 chunks, ${CONNECTIONS} connections: a second`, ({ sse }) => sse.perSecond),
  ];
  return chartOf(figures, 'gateway');
}

function report(seen: ReadonlyMap<string, readonly Round[]>, calls: ReadonlyMap<string, readonly number[]>): void {
  console.log('\n                 JSON/s   p50 ms   p99 ms   streams/s   first byte ms');
  for (const [name, rounds] of seen) {
    const of = (figure: (round: Round) => number, digits = 2): string =>
      median(rounds.map(figure)).toFixed(digits).padStart(9);
    console.log(
      name.padEnd(14) +
        of(({ json }) => json.perSecond, 0) +
        of(({ json }) => quantile(json.times, 0.5)) +
        of(({ json }) => quantile(json.times, 0.99)) +
        of(({ sse }) => sse.perSecond, 0).padStart(12) +
        of(({ firstByte }) => firstByte, 3).padStart(16),
    );
  }
  for (const [name, values] of calls) console.log(`in process, ${name.padEnd(8)} ${median(values).toFixed(0)} calls/s`);
}
