import { randomStream } from '../../lib/analysis/simulation/random-stream.js';
import { BAD_GREENS } from './bad-greens.js';
import type { Decider } from './decider.js';
import { GOOD_WORLDS } from './good-worlds.js';
import { ArgoDecider, DifferenceDecider, FlaggerDecider } from './others.js';
import { DefaultPlanDecider } from './ours.js';
import { play, type End } from './play.js';
import { SequentialDecider } from './sequential.js';
import type { World } from './world.js';

/** The plan that nobody wrote; the same with steps that last until a canary three times worse would have been found. */
export const OURS = 'the default plan';
export const DETECT = 'the default plan, detect: 3';

/** Deciders that never hold, and so walk the same schedule. */
const OTHERS: Readonly<Record<string, () => Decider>> = {
  'limits as Flagger has them': () => new FlaggerDecider(),
  'limits as Argo has them': () => new ArgoDecider(),
  'raw difference every 5 min': () => new DifferenceDecider(),
  'sequential test': () => new SequentialDecider(),
};

export const DECIDERS: readonly string[] = [OURS, DETECT, ...Object.keys(OTHERS)];

/** Plans that last this many times as long as meant are left as they are: held. */
const PATIENCE = 3;
const PATIENCE_TO_DETECT = 12;
/** A canary that is only held is held from its first steps on. */
const PATIENCE_IF_HELD = 1.5;

/** Rollouts in one world, by their numbers, before one group of deciders. */
export interface Job {
  readonly kind: 'good' | 'bad';
  /** Position among the worlds of its kind. */
  readonly world: number;
  readonly group: 'ours' | 'detect' | 'others';
  readonly from: number;
  readonly to: number;
}

/** Ends by decider, in the order of the rollouts. */
export interface JobResult {
  readonly kind: Job['kind'];
  readonly world: number;
  readonly ends: Readonly<Record<string, readonly End[]>>;
}

function worldOf(kind: Job['kind'], number: number): World {
  return kind === 'good' ? GOOD_WORLDS[number]! : BAD_GREENS[number]!.world;
}

/** Each rollout has random numbers of its own: results do not depend on who runs which job. */
export function runJob({ kind, world: number, group, from, to }: Job, seed: number): JobResult {
  const world = worldOf(kind, number);
  const ends: Record<string, End[]> = {};
  for (let n = from; n < to; n++) {
    const deciders = decidersOf(group, world);
    const patience = patienceWith(kind, number, group);
    const random = randomStream(seed * 1_000 + number * 2 + (kind === 'good' ? 0 : 1), n);
    const played = play(world, Object.values(deciders), random, patience);
    for (const [i, name] of Object.keys(deciders).entries()) (ends[name] ??= []).push(played[i]!);
  }
  return { kind, world: number, ends };
}

function patienceWith(kind: Job['kind'], world: number, group: Job['group']): number {
  if (group === 'others') return PATIENCE;
  if (kind === 'bad' && BAD_GREENS[world]!.isHeld) return PATIENCE_IF_HELD;
  return group === 'detect' ? PATIENCE_TO_DETECT : PATIENCE;
}

function decidersOf(group: Job['group'], world: World): Record<string, Decider> {
  switch (group) {
    case 'ours':
      return { [OURS]: new DefaultPlanDecider(world) };
    case 'detect':
      return { [DETECT]: new DefaultPlanDecider(world, 3) };
    default:
      return Object.fromEntries(Object.entries(OTHERS).map(([name, make]) => [name, make()]));
  }
}

/** Rollouts in each world. */
export interface Sizes {
  readonly good: number;
  readonly bad: number;
  /** Of the deciders that are not ours. */
  readonly others: number;
}

const CHUNK = 20;

/** All that is to be run, in pieces of about a second or less, the longest first. */
export function jobsFor({ good, bad, others }: Sizes): Job[] {
  const groups = [
    { kind: 'bad', group: 'detect', rollouts: bad },
    { kind: 'good', group: 'ours', rollouts: good },
    { kind: 'good', group: 'others', rollouts: others },
    { kind: 'bad', group: 'ours', rollouts: bad },
    { kind: 'bad', group: 'others', rollouts: others },
  ] as const;
  return groups.flatMap(({ kind, group, rollouts }) =>
    (kind === 'good' ? GOOD_WORLDS : BAD_GREENS).flatMap((_, world) =>
      chunks(rollouts).map((part) => ({ kind, group, world, ...part })),
    ),
  );
}

function chunks(count: number): { from: number; to: number }[] {
  return Array.from({ length: Math.ceil(count / CHUNK) }, (_, i) => ({
    from: i * CHUNK,
    to: Math.min(count, (i + 1) * CHUNK),
  }));
}
