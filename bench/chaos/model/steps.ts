import type { JournalEntry } from 'nestjs-blue-green';
import type { Rule } from './check.js';

type RolloutEntry = Extract<JournalEntry, { rolloutId: string }>;

/** Stages in their order, of a schedule without warm-up and shadow. */
const START = 0;
const BAKING = 1_000;
const ABORTING = 2_000;
const ENDED = 3_000;

/** No stage is entered twice, none is left out, and none is entered after the end; there is one rollout at a time. */
export const steps: Rule = ({ entries }) => {
  const walks = new Map<string, number>();
  const running = new Map<string, string>();
  let looked = 0;
  const violations: string[] = [];
  for (const entry of entries) {
    if (!('rolloutId' in entry)) continue;
    looked++;
    const problem = problemOf(entry, walks, running);
    if (problem !== undefined) violations.push(`revision ${entry.revision} (${entry.type}): ${problem}`);
  }
  return { looked, violations };
};

function problemOf(entry: RolloutEntry, walks: Map<string, number>, running: Map<string, string>): string | undefined {
  const { rolloutId: id, route } = entry;
  const stage = walks.get(id);
  switch (entry.type) {
    case 'RolloutStarted': {
      walks.set(id, START);
      const other = running.get(route);
      running.set(route, id);
      if (stage !== undefined) return `rollout ${id} has started before`;
      return other === undefined ? undefined : `rollout ${other} is still running`;
    }
    case 'StepEntered':
      walks.set(id, entry.step);
      if (stage === undefined || stage >= BAKING) return `step ${entry.step} of a rollout that is not walking`;
      return entry.step === stage + 1 ? undefined : `step ${entry.step} behind step ${stage}`;
    case 'BakeStarted':
      walks.set(id, BAKING);
      return stage !== undefined && stage < BAKING ? undefined : 'a bake of a rollout that is not walking';
    case 'RolloutSucceeded':
    case 'RolledBack': {
      walks.set(id, ENDED);
      if (running.get(route) === id) running.delete(route);
      const isInOrder = entry.type === 'RolledBack' ? stage === ABORTING : stage !== undefined && stage < ABORTING;
      return isInOrder ? undefined : 'the end of a rollout that is not coming to it';
    }
    case 'RolloutAborted': {
      // The return to the environment that stands by, after a success, is a rollback too.
      walks.set(id, ABORTING);
      running.set(route, id);
      if (stage === ABORTING) return 'a rollout that is being rolled back already';
      return stage === undefined ? 'a rollout that was never started' : undefined;
    }
    default:
      return stage === undefined ? 'a rollout that was never started' : undefined;
  }
}
