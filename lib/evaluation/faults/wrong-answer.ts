import { isObject, parseJson } from '../../kit/json.js';
import { hasWords } from '../../upstream/dialects/dialect.js';
import { dialectNamed } from '../../upstream/dialects/dialects.js';
import type { Exchange } from '../evaluator.js';
import { cutOff } from './cut-off.js';
import { saysRefused } from './refusal.js';

/** Ways in which an answer that came, whole and without an error, is of no use. */
export type WrongAnswer = 'filtered' | 'cut_off' | 'empty' | 'not_json' | 'broken_tool_call';

/**
 * Finds out whether an answer is plainly of no use. Cheap: it compares with no schema and reads no meaning.
 *
 * @returns `undefined` for an answer without such a fault.
 */
export function wrongAnswer(exchange: Exchange): WrongAnswer | undefined {
  const dialect = dialectNamed(exchange.dialect);
  const isPending = dialect.endings.pending?.includes(exchange.finishReason ?? '');
  if (!hasWords(dialect) || isPending) return undefined;
  if (saysRefused(exchange)) return 'filtered';
  if (cutOff(exchange) === 0) return 'cut_off';
  const { text, calls } = exchange;
  if (calls.length > 0) return hasBrokenCall(exchange) ? 'broken_tool_call' : undefined;
  if (text.trim() === '') return 'empty';
  return isMissingJson(exchange) ? 'not_json' : undefined;
}

/** A tool that was not offered is called, or one with arguments that are not a JSON object. */
function hasBrokenCall({ dialect, prepared, calls }: Exchange): boolean {
  const { schemas, isWhole } = dialectNamed(dialect).request.tools(prepared);
  return calls.some(({ name, arguments: text }) => {
    const isSound = text.trim() === '' || isObject(parseJson(text));
    return !isSound || (isWhole && !schemas.has(name));
  });
}

function isMissingJson({ dialect, prepared, text }: Exchange): boolean {
  return dialectNamed(dialect).request.schema(prepared) !== undefined && parseJson(text) === undefined;
}
