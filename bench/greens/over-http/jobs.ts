import type { End } from '../play.js';
import { playOverHttp } from './play.js';
import { HTTP_WORLDS } from './worlds.js';

/** Rollouts of each kind of green. */
export const ROLLOUTS = { bad: 3, good: 5 } as const;

/** One rollout. */
export interface HttpJob {
  readonly world: number;
  readonly rollout: number;
}

export interface HttpResult {
  readonly world: number;
  readonly end: End;
}

/** All that is to be run: the long walks of good greens first. */
export function httpJobs(): HttpJob[] {
  const jobs = HTTP_WORLDS.flatMap(({ kind }, world) =>
    Array.from({ length: ROLLOUTS[kind] }, (_, rollout) => ({ world, rollout })),
  );
  const of = (kind: 'good' | 'bad') => jobs.filter(({ world }) => HTTP_WORLDS[world]!.kind === kind);
  return [...of('good'), ...of('bad')];
}

/** Each rollout has random numbers of its own. */
export async function runHttpJob({ world, rollout }: HttpJob, seed: number): Promise<HttpResult> {
  return { world, end: await playOverHttp(HTTP_WORLDS[world]!, seed * 100_000 + world * 100 + rollout) };
}
