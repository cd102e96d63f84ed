import { weightsProblem, type Weights } from '../domain/weights.js';
import { isObject, type JsonObject } from '../kit/json.js';
import { pathOf, show } from '../validation/shown.js';
import type { Problem } from '../validation/validation-error.js';
import { gateProblems, judgeProblems } from './evaluator-options.js';
import { keyProblems } from './key-options.js';
import { providerProblems } from './provider.js';
import { rawOptions, type RawOptions } from './raw-options.js';
import { embeddingRouteProblems } from './shadow-options.js';
import { versionClashes } from './version-clashes.js';

const CHECKS: readonly ((raw: RawOptions) => Problem[])[] = [
  keyProblems,
  embeddingRouteProblems,
  judgeProblems,
  environmentProblems,
  gateProblems,
];

/** Checks between values of different options. */
export function crossChecks(input: unknown): Problem[] {
  const raw = rawOptions(input);
  return CHECKS.flatMap((check) => check(raw));
}

function environmentProblems({ app, routes }: RawOptions): Problem[] {
  return routes.flatMap(({ path, settings }) => {
    const environments = settings['environments'];
    if (!isObject(environments)) return [];
    return [
      ...Object.entries(environments).flatMap(([name, environment]) =>
        isObject(environment) ? providerProblems([...path, 'environments', name], environment) : [],
      ),
      ...weightProblems(path, environments),
      ...nameProblems(path, settings, app, Object.keys(environments)),
      ...versionClashes(path, environments),
    ];
  });
}

function weightProblems(path: readonly string[], environments: JsonObject): Problem[] {
  const weights = Object.entries(environments).map(([name, value]): [string, unknown] => [
    name,
    isObject(value) ? (value['weight'] ?? 0) : 0,
  ]);
  const areWeights = weights.every(([, weight]) => typeof weight === 'number' && weight >= 0 && weight <= 100);
  if (!areWeights || weights.length === 0) return [];
  const all = Object.fromEntries(weights) as Weights;
  const problem = weightsProblem(all);
  if (!problem) return [];
  return [
    {
      path: pathOf([...path, 'environments']),
      value: JSON.stringify(all),
      message: `has weights that cannot be used: ${problem.replace(/\.$/, '')}`,
      remedy: 'Give the live environment the weight 100, or scale them so that they sum to 100.',
    },
  ];
}

/** Every option that names an environment of the route. */
function nameProblems(
  path: readonly string[],
  route: JsonObject,
  app: JsonObject,
  names: readonly string[],
): Problem[] {
  const fallback: readonly unknown[] = Array.isArray(route['fallback']) ? route['fallback'] : [];
  const named: [readonly string[], unknown][] = [
    [[...path, 'active'], route['active']],
    ...fallback.map((name, index): [string[], unknown] => [[...path, 'fallback', String(index)], name]),
    ...['rollout', 'shadow'].map((section): [string[], unknown] => {
      const [own, shared] = [route[section], app[section]];
      if (isObject(own) && own['to'] !== undefined) return [[...path, section, 'to'], own['to']];
      return [[section, 'to'], isObject(shared) ? shared['to'] : undefined];
    }),
  ];
  return named.flatMap(([where, name]) => {
    if (typeof name !== 'string' || names.includes(name)) return [];
    const message = 'names an environment that this route does not have';
    return [{ path: pathOf(where), value: show(where, name), message, remedy: `Use one of: ${names.join(', ')}.` }];
  });
}
