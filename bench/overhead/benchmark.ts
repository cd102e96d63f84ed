import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { median, rounded } from '../measured/figures.js';
import { Measured } from '../measured/measured.js';
import { inProcess, throughput } from './in-process.js';
import { micro } from './micro.js';
import { ratiosOf } from './ratios.js';
import { drawn, report } from './report.js';
import { CONNECTIONS, jsonRound, streamRound, warmUp, type Seen } from './rounds.js';
import { directTo, startTargets, type TargetName } from './targets.js';

export interface OverheadOptions {
  readonly rounds: number;
  /** Milliseconds for each server in a round. */
  readonly ms: number;
  /** Names of servers; all of them when left out. */
  readonly only?: readonly string[] | undefined;
  readonly svg?: string | undefined;
}

const FULL = { rounds: 10, ms: 1_200 };
const QUICK = { rounds: 3, ms: 700 };

/**
 * The cost of the gateway, side by side with the floor (the least that a relay can do), with bare Nest doing the same,
 * and with other gateways.
 *
 * @param args `--quick`: three short rounds, for a look. `--rounds N`, `--ms N`. `--only floor,serve`: these servers
 * alone. `--svg FILE`: draws the medians.
 */
export async function overhead(args: readonly string[]): Promise<number> {
  const text = { type: 'string' } as const;
  const options = { quick: { type: 'boolean' }, rounds: text, ms: text, only: text, svg: text } as const;
  const { values } = parseArgs({ args: [...args], options });
  const preset = values.quick ? QUICK : FULL;
  const figures = await measuredOverhead({
    rounds: Number(values.rounds ?? preset.rounds),
    ms: Number(values.ms ?? preset.ms),
    only: values.only?.split(','),
    svg: values.svg,
  });
  console.log(`\n${JSON.stringify(figures)}`);
  return figures['errors'] === 0 ? 0 : 1;
}

/** Every figure is a ratio within one round; the order alternates, the median counts. */
export async function measuredOverhead({ rounds, ms, only, svg }: OverheadOptions): Promise<Record<string, number>> {
  const upstream = await Measured.start('upstream');
  const targets = [directTo(upstream), ...(await startTargets(upstream.port, only))];
  const local = !only || only.includes('in-process') ? await inProcess(upstream.port) : undefined;
  const callers = Object.entries(local?.callers ?? {});

  const seen = new Map<TargetName, Seen>(targets.map(({ name }) => [name, { json: [], streams: [] }]));
  const calls = new Map<string, number[]>(callers.map(([name]) => [name, []]));
  for (const target of targets) await warmUp(target);
  for (const [, call] of callers) await throughput(call, CONNECTIONS, 1_500);
  for (let n = 0; n < rounds; n++) {
    const inTurn = <T>(all: readonly T[]): readonly T[] => (n % 2 === 0 ? all : all.toReversed());
    for (const target of inTurn(targets)) seen.get(target.name)!.json.push(await jsonRound(target, ms));
    for (const [name, call] of inTurn(callers)) calls.get(name)!.push(await throughput(call, CONNECTIONS, ms));
    // They take longer, and scatter less.
    if (n % 2 === 0) {
      for (const target of inTurn(targets)) seen.get(target.name)!.streams.push(await streamRound(target, ms));
    }
    console.error(`round ${n + 1} of ${rounds}`);
  }
  await local?.stop();
  for (const target of targets.toReversed()) await target.stop();

  const ratios = ratiosOf(seen, calls);
  report(seen, calls, ratios);
  if (svg !== undefined) await writeFile(svg, drawn(seen));
  const medians = Object.entries(ratios).map(([name, values]) => [name, rounded(median(values), 3)]);
  const errors = [...seen.values()].flatMap(({ json, streams }) => [...json, ...streams]);
  return {
    ...(Object.fromEntries(medians) as Record<string, number>),
    ...(local && (await alone())),
    errors: errors.reduce((sum, round) => sum + round.errors, 0),
  };
}

/** Single operations, without a server. */
async function alone(): Promise<Record<string, number>> {
  const { assignmentNs, unleashNs, growthbookNs, observationUs, assignmentAtScale } = await micro();
  const others = `Unleash ${unleashNs.toFixed(0)} ns, GrowthBook ${growthbookNs.toFixed(0)} ns`;
  console.log(`one assignment ${assignmentNs.toFixed(0)} ns, ${others}`);
  return {
    assignmentVsUnleash: rounded(unleashNs / assignmentNs, 3),
    assignmentVsGrowthbook: rounded(growthbookNs / assignmentNs, 3),
    observationUs: rounded(observationUs, 3),
    assignmentAtScale: rounded(assignmentAtScale, 3),
  };
}
