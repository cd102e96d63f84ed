import { nearest } from '../kit/nearest.js';
import { didYouMean, UNKNOWN_NAME } from '../validation/problems.js';
import type { Problem } from '../validation/validation-error.js';
import { longForm, shortForm } from './blue-green-options.js';
import { environment } from './environment-options.js';
import { route } from './route-options.js';

/** Settings that shape the module itself: they must be known before a factory runs. */
const EXTRAS = new Set([
  'isGlobal',
  'gateway',
  'controlApi',
  'dashboard',
  'prometheus',
  'healthController',
  'decorators',
]);

/** Names of options, in whatever place. */
export const OPTION_NAMES = [
  ...Object.keys(longForm.shape),
  ...Object.keys(route.shape),
  ...Object.keys(environment.shape),
];

/** An unknown name is often misspelt, or in the wrong place. */
export function explained(problem: Problem): Problem {
  if (problem.message !== 'is not an option') return problem;
  if (EXTRAS.has(problem.path)) {
    const remedy = `Move it there: forRootAsync({ ${problem.path}, useFactory }).`;
    return { ...problem, message: 'belongs beside useFactory, not into its result', remedy };
  }
  if (Object.hasOwn(shortForm.shape, problem.path)) {
    const remedy =
      'Use alias and environments for one route, or routes for several, each with its own settings inside.';
    return { ...problem, message: 'cannot stand beside routes', remedy };
  }
  return suggested(problem, OPTION_NAMES);
}

/** Names the option that was probably meant, unless one of its place is named already, or it is the same word. */
export function suggested(problem: Problem, known: readonly string[]): Problem {
  if (problem.message !== 'is not an option' || problem.remedy !== UNKNOWN_NAME) return problem;
  const word = problem.path.slice(problem.path.lastIndexOf('.') + 1);
  const meant = nearest(word, known);
  if (meant === undefined || meant === word) return problem;
  return { ...problem, remedy: didYouMean(meant) };
}
