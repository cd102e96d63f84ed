import { parseJson } from '../../kit/json.js';
import { dialectNamed } from '../../upstream/dialects/dialects.js';
import type { Exchange } from '../evaluator.js';
import { fits } from './json-schema.js';
import { saysRefused } from './refusal.js';
import { scoreOf } from './score-of.js';

/**
 * 0 for an answer that does not fit the JSON schema that the request asked for: `response_format` of a chat completion,
 * `text.format` of a response, `output_config.format` of a message to Anthropic, or a tool that the answer had to call.
 * `undefined` when no schema was asked for, for refusals, and for answers that call tools instead.
 *
 * @example
 * ```ts options
 * evaluators: [{ name: 'schema', evaluate: schemaMismatch }],
 * rollout: { gates: [{ kind: 'quality', evaluator: 'schema', min: 0.98 }] },
 * ```
 */
export function schemaMismatch(exchange: Exchange): number | undefined {
  if (saysRefused(exchange)) return undefined;
  const { prepared, text, calls } = exchange;
  const { request } = dialectNamed(exchange.dialect);
  const schema = request.schema(prepared);
  if (schema !== undefined) return calls.length > 0 ? undefined : mismatch(schema, text);
  const forced = request.forcedTool(prepared);
  const asked = forced === undefined ? undefined : request.tools(prepared).schemas.get(forced);
  if (asked === undefined) return undefined;
  const call = calls.find(({ name }) => name === forced);
  return call ? mismatch(asked, call.arguments || '{}') : 0;
}

function mismatch(schema: unknown, text: string): number | undefined {
  const json = parseJson(text);
  if (json === undefined) return 0;
  const fit = fits(schema, json);
  return fit === undefined ? undefined : scoreOf(fit);
}
