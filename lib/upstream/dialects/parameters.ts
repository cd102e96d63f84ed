import type { Version } from '../../domain/version.js';
import type { JsonObject } from './dialect.js';

/** The limit on output tokens goes by a name of its own in every format; whichever was configured means the same. */
const LIMIT_FIELDS = new Set(['max_completion_tokens', 'max_tokens', 'max_output_tokens']);

/**
 * The body with the version's model and parameters.
 *
 * @param limitFields the dialect's names for the limit on output tokens: one that is configured under another name
 * is sent under the first of these, and a body has at most one of them from the version and the request together.
 */
export function withParameters(body: JsonObject, version: Version, limitFields: readonly string[]): JsonObject {
  const { parameters, model } = version;
  const result: Record<string, unknown> = { model, ...body };
  for (const [name, value] of Object.entries(parameters?.values ?? {})) {
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
