import { Untranslatable } from '../translate/fields.js';
import type { JsonObject } from '../kit/json.js';

/** Fields that some models of a provider refuse, although their format has them. Data, beside the provider. */
export interface ModelNeeds {
  readonly models: RegExp;
  /** Fields that may only have this value, the default. */
  readonly fixed?: Readonly<Record<string, unknown>>;
  /** Two fields of which only one may be set. */
  readonly either?: readonly [string, string];
  /** They cannot think, and refuse to be told how much. */
  readonly isThoughtless?: true;
  /** Fields that have another name for these models. */
  readonly rename?: Readonly<Record<string, string>>;
  /** Calls of tools have to be signed in the turn under way. Those of other makers get this, which passes. */
  readonly signature?: string;
  /** Ids of its own calls of tools. A turn that begins with others' has no thoughts of its own, and may get none. */
  readonly ownCalls?: RegExp;
}

/** Of models that are listed nowhere: they need nothing. */
const NOTHING: ModelNeeds = { models: /^/ };

export function needsOf(needs: readonly ModelNeeds[] | undefined, model: string): ModelNeeds {
  return needs?.find(({ models }) => models.test(model)) ?? NOTHING;
}

/** The request with the names of this model's fields. The same object when none differs. */
export function inItsNames(body: JsonObject, { rename = {} }: ModelNeeds): JsonObject {
  const changed = Object.keys(rename).filter((name) => body[name] !== undefined);
  if (changed.length === 0) return body;
  const entries = Object.entries(body).map(([name, value]) => [rename[name] ?? name, value] as const);
  return Object.fromEntries(entries);
}

/**
 * The request as this model takes it. Values that are the default anyway are left out where they would be refused.
 *
 * @throws {Untranslatable} naming the field that it does not take.
 */
export function asNeeded(body: JsonObject, needs: ModelNeeds): JsonObject {
  const { fixed = {}, either } = needs;
  const lost = Object.entries(fixed).find(([name, value]) => body[name] !== undefined && body[name] !== value);
  if (lost) throw new Untranslatable(lost[0]);
  return inItsNames(either ? withOneOf(body, either) : body, needs);
}

/** Fields that tell a model how to think, and what to return of it. */
const THOUGHTS = ['reasoning_effort', 'reasoning', 'include'];

/** The request without words about thoughts, for a model that has none; `dropped` names them. */
export function withoutThinking(
  body: JsonObject,
  { isThoughtless }: ModelNeeds,
): { readonly body: JsonObject; readonly dropped: readonly string[] } {
  const dropped = isThoughtless ? THOUGHTS.filter((name) => body[name] !== undefined) : [];
  if (dropped.length === 0) return { body, dropped };
  return { body: Object.fromEntries(Object.entries(body).filter(([name]) => !dropped.includes(name))), dropped };
}

function withOneOf(body: JsonObject, pair: readonly [string, string]): JsonObject {
  if (pair.some((name) => body[name] === undefined)) return body;
  // One is what every model has when nothing is said.
  const idle = pair.find((name) => body[name] === 1);
  if (idle === undefined) throw new Untranslatable(pair[1]);
  return Object.fromEntries(Object.entries(body).filter(([name]) => name !== idle));
}
