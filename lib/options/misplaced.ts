import { nearest } from '../kit/nearest.js';
import type { Problem } from '../validation/validation-error.js';
import { longForm, shortForm } from './blue-green-options.js';
import { environment } from './environment-options.js';
import { route } from './route-options.js';

/** What shapes the module itself: it has to be known before a factory is asked. */
const EXTRAS = new Set(['isGlobal', 'gateway', 'controlApi', 'dashboard', 'prometheus', 'healthController']);

/** Names of options, wherever they belong. */
export const OPTION_NAMES = [
  ...Object.keys(longForm.shape),
  ...Object.keys(route.shape),
  ...Object.keys(environment.shape),
];

/** A word that is no option is often nearly one, or one of another place. */
export function explained(problem: Problem): Problem {
  if (problem.message !== 'is not an option') return problem;
  if (EXTRAS.has(problem.path)) {
    const remedy = `Move it there: forRootAsync({ ${problem.path}, useFactory }).`;
    return { ...problem, message: 'stands beside useFactory, not in what that returns', remedy };
  }
  if (Object.hasOwn(shortForm.shape, problem.path)) {
    const remedy = 'Use alias and environments for one route, or routes for several: what is of a route stands in it.';
    return { ...problem, message: 'cannot stand beside routes', remedy };
  }
  return suggested(problem, OPTION_NAMES);
}

/** Names the word that was probably meant, if it is not the very same. */
export function suggested(problem: Problem, known: readonly string[]): Problem {
  if (problem.message !== 'is not an option') return problem;
  const word = problem.path.slice(problem.path.lastIndexOf('.') + 1);
  const meant = nearest(word, known);
  if (meant === undefined || meant === word) return problem;
  return { ...problem, remedy: `Did you mean ${meant}? Else remove it.` };
}
