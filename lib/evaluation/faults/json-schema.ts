import { createContext, Script } from 'node:vm';
import { Validator } from '@cfworker/json-schema';
import { isObject } from '../../kit/json.js';

/**
 * Milliseconds for one check. A caller's schema may contain a regular expression that never ends, or references that
 * multiply. Other calls must not wait for that.
 */
const LONGEST = 100;

/**
 * Whether the value fits the schema, of draft 2020-12 unless it says draft 7 itself.
 *
 * @returns `undefined` when it cannot be checked: it is not a schema, refers to another document, or takes too long.
 */
export function fits(schema: unknown, value: unknown): boolean | undefined {
  if (typeof schema !== 'boolean' && !isObject(schema)) return undefined;
  const isDraft7 = isObject(schema) && String(schema['$schema']).includes('draft-07');
  try {
    return within(LONGEST, () => new Validator(schema, isDraft7 ? '7' : '2020-12').validate(value).valid);
  } catch {
    return undefined;
  }
}

/** Only a script with a time limit can end code that blocks the event loop. */
const context = createContext({ check: undefined as (() => boolean) | undefined });
const script = new Script('check()');

function within(milliseconds: number, check: () => boolean): boolean {
  context['check'] = check;
  try {
    return script.runInContext(context, { timeout: milliseconds }) as boolean;
  } finally {
    context['check'] = undefined;
  }
}
