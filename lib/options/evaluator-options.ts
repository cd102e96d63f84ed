import { z } from 'zod';
import { SIMILARITY } from '../domain/plan.js';
import type { Evaluate } from '../evaluation/evaluator.js';
import { isObject } from '../kit/json.js';
import { wait, type Duration } from '../validation/duration.js';
import { fn } from '../validation/fields.js';
import { pathOf, show } from '../validation/shown.js';
import type { Problem } from '../validation/validation-error.js';
import type { RawOptions } from './raw-options.js';

/** Where the scores of `quality` gates come from. */
export interface EvaluatorOptions {
  /** The name that gates use. `similarity` is built in: the score of mirrored requests. */
  name: string;
  /**
   * Scores an answer from 0 to 1, outside the call: a function of yours, `refusal`, `cutOff`, `schemaMismatch`,
   * `brokenToolCall` or a `judge()`. Left out: people score, through `router.feedback()`.
   */
  evaluate?: Evaluate | undefined;
  /** Share of the answers to score, 0–1. Default 1. */
  sample?: number | undefined;
  /** Evaluations at a time; answers beyond that are not scored. Default 4. */
  concurrency?: number | undefined;
  /** For one evaluation. Default `'30s'`. */
  timeout?: Duration | undefined;
}

export const evaluators = z
  .array(
    z.strictObject({
      name: z.string().regex(/^(?!(?:cost|similarity)$)[\w.-]{1,64}$/, 'cannot be the name of an evaluator'),
      evaluate: fn<Evaluate>().optional(),
      sample: z.number().min(0).max(1).default(1),
      concurrency: z.int().min(1).max(1_000).default(4),
      timeout: wait.prefault('30s'),
    }),
  )
  .max(20)
  .refine((all) => new Set(all.map(({ name }) => name)).size === all.length, 'needs a different name for each')
  .default([]);

/** A rollout would wait forever for scores that nothing gives. */
export function gateProblems({ app, routes }: RawOptions): Problem[] {
  const all = Array.isArray(app['evaluators']) ? app['evaluators'].filter(isObject) : [];
  const known = new Set(all.map(({ name }) => name));
  return routes.flatMap(({ path, settings }) => {
    if (!isObject(settings['environments'])) return [];
    const plans = [settings['rollout'], app['rollout']].map((plan) => (isObject(plan) ? plan : {}));
    const [own, shared] = plans;
    const stages = plans.map((plan) => plan['shadow']);
    const isMirrored = [settings['shadow'], app['shadow'], ...stages].some(
      (mirrors) => isObject(mirrors) || mirrors === true,
    );
    const [gates, where] = own!['gates'] ? [own!['gates'], [...path, 'rollout']] : [shared!['gates'], ['rollout']];
    if (!Array.isArray(gates)) return [];
    return gates.flatMap((gate: unknown, index): Problem[] => {
      const name = isObject(gate) ? gate['evaluator'] : undefined;
      if (typeof name !== 'string' || known.has(name) || (name === SIMILARITY && isMirrored)) return [];
      const at = [...where, 'gates', String(index), 'evaluator'];
      const [message, remedy] =
        name === SIMILARITY
          ? ['reads mirrored requests, and this route has none', 'Add them: shadow: { percentage: 10 }.']
          : ['names an evaluator that is not configured', `Add it: evaluators: [{ name: '${name}', evaluate }].`];
      return [{ path: pathOf(at), value: show(at, name), message, remedy }];
    });
  });
}

/** A judge asks a route, and never about answers of that same route. */
export function judgeProblems({ app: { evaluators: all }, routes }: RawOptions): Problem[] {
  const aliases = routes.map(({ alias }) => alias);
  if (!Array.isArray(all) || aliases.length === 0) return [];
  return all.flatMap((evaluator: unknown, index): Problem[] => {
    const evaluate: unknown = isObject(evaluator) ? evaluator['evaluate'] : undefined;
    const asked: unknown = typeof evaluate === 'function' && 'route' in evaluate ? evaluate.route : undefined;
    if (typeof asked !== 'string' || (aliases.includes(asked) && aliases.length > 1)) return [];
    const message = aliases.includes(asked)
      ? 'judges through the only route there is, so it has nothing to judge'
      : 'judges through a route that is not configured';
    const path = pathOf(['evaluators', String(index), 'evaluate']);
    return [{ path, value: `judge({ route: '${asked}' })`, message, remedy: 'Add a route for the judge.' }];
  });
}
