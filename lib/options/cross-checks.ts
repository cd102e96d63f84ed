import { SIMILARITY } from '../domain/plan.js';
import { weightsProblem, type Weights } from '../domain/weights.js';
import { isObject, type JsonObject } from '../kit/json.js';
import { pathOf, show } from '../validation/problems.js';
import type { Problem } from '../validation/validation-error.js';
import { providerProblems } from './provider.js';
import { versionClashes } from './version-clashes.js';

/**
 * Checks between values. They read the raw input and pass over what has the wrong shape, so that they add their
 * findings to the schema's instead of waiting for it to be content.
 */
export function crossChecks(input: unknown): Problem[] {
  if (!isObject(input)) return [];
  const { rollout, shadow, keys, evaluators } = input;
  const inherited = { rollout, shadow, evaluators };
  if ('routes' in input) {
    if (!isObject(input['routes'])) return [];
    const routes = Object.entries(input['routes']);
    if (routes.length === 0) {
      return [
        {
          path: 'routes',
          value: 'an object',
          message: 'has no route',
          remedy: 'Add one: { "my-alias": { environments } }.',
        },
      ];
    }
    const aliases = routes.map(([alias]) => alias);
    return [
      ...checkKeys(
        keys,
        routes.map(([, route]) => route),
      ),
      ...checkEmbeddingRoute([], shadow, aliases),
      ...checkJudges(evaluators, aliases),
      ...routes.flatMap(([alias, route]) => {
        if (!isObject(route)) return [];
        const path = ['routes', alias];
        return [...checkRoute(path, route, inherited), ...checkEmbeddingRoute(path, route['shadow'], aliases)];
      }),
    ];
  }
  const { alias = 'default' } = input;
  return [
    ...checkRoute([], input, inherited),
    ...checkKeys(keys, [input]),
    ...checkEmbeddingRoute([], shadow, [alias]),
    ...checkJudges(evaluators, [alias]),
  ];
}

function checkRoute(path: readonly string[], route: JsonObject, inherited: JsonObject): Problem[] {
  const environments = route['environments'];
  if (!isObject(environments)) return [];
  const names = Object.keys(environments);
  const problems: Problem[] = Object.entries(environments).flatMap(([name, environment]) =>
    isObject(environment) ? providerProblems([...path, 'environments', name], environment) : [],
  );

  const weights = Object.entries(environments).map(([name, value]): [string, unknown] => [
    name,
    isObject(value) ? (value['weight'] ?? 0) : 0,
  ]);
  if (weights.every(([, weight]) => typeof weight === 'number' && weight >= 0 && weight <= 100)) {
    const all = Object.fromEntries(weights) as Weights;
    const problem = names.length > 0 ? weightsProblem(all) : undefined;
    if (problem) {
      problems.push({
        path: pathOf([...path, 'environments']),
        value: JSON.stringify(all),
        message: `has weights that cannot be used: ${problem.replace(/\.$/, '')}`,
        remedy: 'Give the live environment the weight 100, or scale them so that they sum to 100.',
      });
    }
  }

  const mustExist = (where: readonly string[], name: unknown): void => {
    if (typeof name !== 'string' || names.includes(name)) return;
    problems.push({
      path: pathOf(where),
      value: show(where, name),
      message: 'names an environment that this route does not have',
      remedy: `Use one of: ${names.join(', ')}.`,
    });
  };
  mustExist([...path, 'active'], route['active']);
  if (Array.isArray(route['fallback'])) {
    route['fallback'].forEach((name, index) => mustExist([...path, 'fallback', String(index)], name));
  }
  for (const section of ['rollout', 'shadow']) {
    const [own, shared] = [route[section], inherited[section]];
    if (isObject(own) && own['to'] !== undefined) mustExist([...path, section, 'to'], own['to']);
    else if (isObject(shared)) mustExist([section, 'to'], shared['to']);
  }
  return [...problems, ...versionClashes(path, environments), ...checkEvaluators(path, route, inherited)];
}

/** Scores that nobody gives would hold a rollout for ever. */
function checkEvaluators(
  path: readonly string[],
  { rollout: own, shadow: ownShadow }: JsonObject,
  { rollout, shadow, evaluators }: JsonObject,
): Problem[] {
  const known = Array.isArray(evaluators) ? evaluators.filter(isObject).map(({ name }) => name) : [];
  const stages = [own, rollout].map((plan) => (isObject(plan) ? plan['shadow'] : undefined));
  const isMirrored = [ownShadow, shadow, ...stages].some(isObject);
  const [gates, where] =
    isObject(own) && own['gates']
      ? [own['gates'], [...path, 'rollout']]
      : [isObject(rollout) ? rollout['gates'] : undefined, ['rollout']];
  if (!Array.isArray(gates)) return [];
  return gates.flatMap((gate: unknown, index): Problem[] => {
    const name = isObject(gate) ? gate['evaluator'] : undefined;
    if (typeof name !== 'string' || known.includes(name) || (name === SIMILARITY && isMirrored)) return [];
    const at = [...where, 'gates', String(index), 'evaluator'];
    const [message, remedy] =
      name === SIMILARITY
        ? ['reads mirrored requests, of which this route has none', 'Add them: shadow: { percentage: 10 }.']
        : ['names an evaluator that is not configured', `Add it: evaluators: [{ name: '${name}', evaluate }].`];
    return [{ path: pathOf(at), value: show(at, name), message, remedy }];
  });
}

/** A judge asks a route, and never about answers of that route itself. */
function checkJudges(evaluators: unknown, aliases: readonly unknown[]): Problem[] {
  if (!Array.isArray(evaluators)) return [];
  return evaluators.flatMap((evaluator: unknown, index): Problem[] => {
    const evaluate: unknown = isObject(evaluator) ? evaluator['evaluate'] : undefined;
    const asked: unknown = typeof evaluate === 'function' && 'route' in evaluate ? evaluate.route : undefined;
    if (typeof asked !== 'string' || (aliases.includes(asked) && aliases.length > 1)) return [];
    const message = aliases.includes(asked)
      ? 'judges through the only route there is, and so nobody'
      : 'judges through a route that is not configured';
    const path = pathOf(['evaluators', String(index), 'evaluate']);
    return [{ path, value: `judge({ route: '${asked}' })`, message, remedy: 'Add a route for the judge.' }];
  });
}

/** A key may be for one route among many: some route has to have the environment. */
function checkKeys(keys: unknown, routes: readonly unknown[]): Problem[] {
  if (!Array.isArray(keys)) return [];
  const sets = routes.map((route) => (isObject(route) ? route['environments'] : undefined)).filter(isObject);
  const known = [...new Set(sets.flatMap((environments) => Object.keys(environments)))];
  if (known.length === 0) return [];
  return keys.flatMap((key: unknown, index) => {
    const names: unknown = isObject(key) ? key['environments'] : undefined;
    if (!Array.isArray(names)) return [];
    return names.flatMap((name: unknown, at): Problem[] => {
      if (typeof name !== 'string' || known.includes(name)) return [];
      const where = ['keys', String(index), 'environments', String(at)];
      return [
        {
          path: pathOf(where),
          value: show(where, name),
          message: 'names an environment that no route has',
          remedy: `Use one of: ${known.join(', ')}.`,
        },
      ];
    });
  });
}

function checkEmbeddingRoute(path: readonly string[], shadow: unknown, aliases: readonly unknown[]): Problem[] {
  const alias = isObject(shadow) ? shadow['embeddingRoute'] : undefined;
  if (typeof alias !== 'string' || aliases.includes(alias)) return [];
  const at = [...path, 'shadow', 'embeddingRoute'];
  return [
    {
      path: pathOf(at),
      value: show(at, alias),
      message: 'names a route that is not configured',
      remedy: `Add a route that answers embeddings, or use one of: ${aliases.map(String).join(', ')}.`,
    },
  ];
}
