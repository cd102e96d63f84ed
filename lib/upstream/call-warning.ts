import { isObject, stringAt } from '../kit/json.js';

/** A part of a request that the environment that answers did without. Its answer is one all the same. */
export interface CallWarning {
  /** Its path in the request, without numbers: `metadata`, `messages[].name`. A package's own name for a feature. */
  readonly field: string;
  /** For people. Never quotes a request. */
  readonly message: string;
}

/** A hint that the format of the environment has no place for. */
export function leftOut(path: string): CallWarning {
  const field = path.replaceAll(/\[\d+\]/g, '[]');
  return { field, message: `"${field}" was left out: the format of this environment has no place for it` };
}

/** Longest text of a package that is repeated. */
const MAX_CHARS = 200;

/** A warning by the package of a model object about something it left out, in the words of the AI SDK. */
export function toldBy(warnings: unknown): readonly CallWarning[] {
  if (!Array.isArray(warnings)) return [];
  return warnings.filter(isObject).map((warning) => {
    const field = stringAt(warning, 'feature') ?? 'other';
    const details = stringAt(warning, 'details') ?? stringAt(warning, 'message') ?? 'it is not supported';
    return { field, message: `"${field}": ${details}`.slice(0, MAX_CHARS) };
  });
}
