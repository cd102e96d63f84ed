import { isObject, parseJson } from '../../kit/json.js';
import { dialectNamed } from '../../upstream/dialects/dialects.js';
import type { Exchange } from '../evaluator.js';
import { fits } from './json-schema.js';
import { scoreOf } from './score-of.js';

/**
 * 0 for an answer that calls a tool that was not offered, or whose arguments are not a JSON object or break the tool's
 * schema. `undefined` for an answer that calls no tool.
 *
 * @example
 * ```ts options
 * evaluators: [{ name: 'tools', evaluate: brokenToolCall }],
 * rollout: { gates: [{ kind: 'quality', evaluator: 'tools', tolerance: 0.01 }] },
 * ```
 */
export function brokenToolCall({ dialect, prepared, calls }: Exchange): number | undefined {
  if (calls.length === 0) return undefined;
  const { schemas, isWhole } = dialectNamed(dialect).request.tools(prepared);
  return scoreOf(
    calls.every(({ name, arguments: text }) => {
      const json = text.trim() === '' ? {} : parseJson(text);
      if (!isObject(json)) return false;
      if (!schemas.has(name)) return !isWhole;
      // A schema that cannot be checked does not count against the model.
      return fits(schemas.get(name) ?? true, json) ?? true;
    }),
  );
}
