import { sumOf, weightsProblem, type Weights } from '../../../lib/domain/weights.js';
import type { Rule } from './check.js';

/** Weights always sum to 100: in every entry that has some, and in every table that was looked at. */
export const weights: Rule = ({ entries, looks }) => {
  const recorded = entries.flatMap((entry) =>
    'weights' in entry ? [{ where: `revision ${entry.revision} (${entry.type})`, weights: entry.weights }] : [],
  );
  const routed = looks.flatMap(({ life, revision, routes }) =>
    routes.map(({ alias, slots }) => ({
      where: `${life} at revision ${revision}, route ${alias}`,
      weights: Object.fromEntries(slots.map(({ environment, weight }) => [environment, weight])) as Weights,
    })),
  );
  const all = [...recorded, ...routed];
  return {
    looked: all.length,
    violations: all.flatMap((one) => {
      const problem = weightsProblem(one.weights);
      return problem === undefined ? [] : [`${one.where}: ${problem} (sum ${sumOf(one.weights)})`];
    }),
  };
};
