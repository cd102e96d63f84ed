import type { Version } from '../domain/version.js';
import type { Dialect } from './dialects/dialect.js';
import { isObject, type JsonObject } from '../kit/json.js';
import { aiSdk } from './dialects/ai-sdk.js';
import { DIALECTS } from './dialects/dialects.js';

/** A body made ready for one upstream. */
export interface PreparedBody {
  readonly body: JsonObject;
  /** We asked for the usage event, the caller did not: it is read and not passed on. */
  readonly hideUsage: boolean;
}

/** Every format names the limit on output tokens in its own way; whichever name was configured means the same. */
export const LIMIT_FIELDS: ReadonlySet<string> = new Set(
  [...DIALECTS, aiSdk].flatMap(({ limitFields }) => limitFields),
);

/**
 * Applies a version to what the caller sent, and asks for the usage of streams: without it they have no cost.
 *
 * @param mayAskUsage `false` for an upstream that refuses that question.
 */
export function preparedBody(dialect: Dialect, asked: JsonObject, version: Version, mayAskUsage = true): PreparedBody {
  const { usageEvent } = dialect;
  const { systemPrompt } = version;
  const withOwn = withParameters(asked, version, dialect.limitFields);
  const body = systemPrompt ? dialect.withSystemPrompt(withOwn, systemPrompt) : withOwn;
  if (!usageEvent || !dialect.isStream(asked)) return { body, hideUsage: false };
  if (usageEvent.isAsked(asked)) return { body, hideUsage: false };
  return mayAskUsage ? { body: usageEvent.ask(body), hideUsage: true } : { body, hideUsage: false };
}

/**
 * The field of the prepared body in which the version's own limit on output tokens stands; `undefined` if it has none,
 * or the caller's counts.
 */
export function ownLimitField(
  asked: JsonObject,
  prepared: JsonObject,
  { parameters }: Version,
  { limitFields }: Dialect,
): string | undefined {
  if (!Object.keys(parameters?.values ?? {}).some((name) => LIMIT_FIELDS.has(name))) return undefined;
  if (parameters?.mode !== 'override' && limitFields.some((field) => asked[field] !== undefined)) return undefined;
  return limitFields.find((field) => prepared[field] !== undefined);
}

/** These say what becomes of fields of the request, and are not fields themselves. */
const ORDERS = new Set(['drop', 'rename']);

/** The request without the fields that the version leaves out. */
export function withoutDropped(body: JsonObject, { parameters }: Version): JsonObject {
  const drop = parameters?.values['drop'];
  if (!Array.isArray(drop)) return body;
  const kept = Object.entries(body).filter(([name]) => !drop.includes(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, name === 'tools' ? withoutKinds(value, drop) : value]));
}

/** `tools.web_search`: tools of that type. */
function withoutKinds(tools: unknown, drop: readonly unknown[]): unknown {
  if (!Array.isArray(tools)) return tools;
  return tools.filter((tool) => !isObject(tool) || !drop.includes(`tools.${String(tool['type'])}`));
}

/** A field that the request has under both names keeps the value of the new one. */
function renamed(body: JsonObject, { parameters }: Version): JsonObject {
  const rename = parameters?.values['rename'];
  if (!isObject(rename)) return body;
  const result: Record<string, unknown> = { ...body };
  for (const [name, other] of Object.entries(rename)) {
    if (typeof other !== 'string' || !Object.hasOwn(body, name)) continue;
    delete result[name];
    if (!Object.hasOwn(body, other)) result[other] = body[name];
  }
  return result;
}

/**
 * The body with the version's model and parameters.
 *
 * @param limitFields the dialect's names for the limit on output tokens. A limit that is configured under another
 * name is sent under the first of these. The body never has more than one limit from the version and the request
 * together.
 */
export function withParameters(body: JsonObject, version: Version, limitFields: readonly string[]): JsonObject {
  const { parameters, model } = version;
  const result: Record<string, unknown> = { model, ...renamed(withoutDropped(body, version), version) };
  for (const [name, value] of Object.entries(parameters?.values ?? {})) {
    if (ORDERS.has(name)) continue;
    const isLimit = LIMIT_FIELDS.has(name);
    const field = isLimit && !limitFields.includes(name) ? limitFields[0] : name;
    // An assignment to this name would give the body another prototype.
    if (field === undefined || field === '__proto__') continue;
    const rivals = isLimit ? limitFields : [field];
    if (parameters?.mode !== 'override' && rivals.some((rival) => body[rival] !== undefined)) continue;
    for (const rival of rivals) delete result[rival];
    result[field] = value;
  }
  result['model'] = model;
  return result;
}
