import { BlueGreenError } from '../domain/errors.js';
import { isObject, numberAt, objectAt, parseJson, stringAt } from '../kit/json.js';

/** In answers of `fetch(alias)` alone: they do not leave the process. */
const HEADER = 'x-blue-green-error';

/**
 * An error of ours as an SDK raised it that has `fetch(alias)`. The SDK's own error repeats what the provider said;
 * this one has our words.
 */
export class RoutedFetchError extends BlueGreenError {
  constructor(
    code: string,
    message: string,
    remedy: string,
    status: number,
    /** Milliseconds that the provider asked to wait. */
    readonly retryAfter: number | undefined,
  ) {
    super(code, message, remedy, status);
  }
}

/** A header by which an SDK's error is known again as this one. */
export function sdkErrorHeader(error: BlueGreenError): Record<string, string> {
  const { code, message, remedy, status } = error;
  const told = { code, message, remedy, status, retryAfter: waitOf(error) };
  return { [HEADER]: encodeURIComponent(JSON.stringify(told)) };
}

/** Milliseconds after which the call may be made again, where that is known. */
export function waitOf(error: BlueGreenError): number | undefined {
  const wait: unknown = Reflect.get(error, 'retryAfter');
  return typeof wait === 'number' ? wait : undefined;
}

/**
 * Our error behind one that an SDK raised: openai and @anthropic-ai/sdk keep the headers of the answer, the AI SDK
 * keeps them as `responseHeaders`, behind its own retries as `lastError`.
 */
export function errorBehindSdk(raised: unknown): RoutedFetchError | undefined {
  if (!isObject(raised)) return undefined;
  const last = raised['lastError'];
  if (isObject(last) && !('lastError' in last)) return errorBehindSdk(last);
  const { headers } = raised;
  const told =
    headers instanceof Headers
      ? headers.get(HEADER)
      : stringAt(objectAt(raised, 'responseHeaders') ?? objectAt(raised, 'headers') ?? {}, HEADER);
  const json = told ? parseJson(decoded(told)) : undefined;
  if (!isObject(json)) return undefined;
  const [code = '', message = '', remedy = ''] = ['code', 'message', 'remedy'].map((name) => stringAt(json, name));
  return new RoutedFetchError(code, message, remedy, numberAt(json, 'status') ?? 502, numberAt(json, 'retryAfter'));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
