import type { FailureClass } from '../domain/outcome.js';
import { isObject, numberAt, objectAt, stringAt } from '../kit/json.js';
import { failureFrom, UpstreamFailure } from './upstream-failure.js';
import type { WholeResponse } from './whole-answer.js';

/** Errors of the AI SDK that come before the provider is asked, or that are about its answer. */
const FAILURES: Readonly<Record<string, { readonly failure: FailureClass; readonly asked: boolean }>> = {
  AI_UnsupportedFunctionalityError: { failure: 'unsupported', asked: false },
  AI_InvalidPromptError: { failure: 'unsupported', asked: false },
  AI_InvalidArgumentError: { failure: 'unsupported', asked: false },
  AI_LoadAPIKeyError: { failure: 'auth', asked: true },
  AI_LoadSettingError: { failure: 'auth', asked: true },
  AI_NoSuchModelError: { failure: 'not_found', asked: true },
  AI_JSONParseError: { failure: 'malformed', asked: true },
  AI_TypeValidationError: { failure: 'malformed', asked: true },
  AI_InvalidResponseDataError: { failure: 'malformed', asked: true },
  AI_EmptyResponseBodyError: { failure: 'malformed', asked: true },
  AI_NoContentGeneratedError: { failure: 'malformed', asked: true },
};

/**
 * The provider's answer in an error of the AI SDK, so that it is read as any other provider's; `undefined` when the
 * error holds none. Errors are told by their names: an app may have several versions of the package.
 */
export function responseToError(error: unknown): WholeResponse | undefined {
  if (!isObject(error) || error instanceof UpstreamFailure) return undefined;
  const status = numberAt(error, 'statusCode');
  if (status === undefined) return undefined;
  const headers = isObject(error['responseHeaders']) ? error['responseHeaders'] : {};
  const body = stringAt(error, 'responseBody') ?? JSON.stringify(error['data'] ?? '');
  return { status, headers: headers as Record<string, string>, body: Buffer.from(body) };
}

/** Words of packages that could not sign a call. They come before any call, and as plain errors. */
const UNSIGNED = /SigV4|credentials|access token/i;

/**
 * The failure to sign in at a cloud: its answer when a token was asked for, or the words of the package that has
 * nothing to ask with. `undefined` for any other error.
 */
function failureToSignIn(error: unknown): UpstreamFailure | undefined {
  if (!(error instanceof Error)) return undefined;
  const status = numberAt((isObject(error) && objectAt(error, 'response')) || {}, 'status');
  const isRefused = status !== undefined ? status < 500 : UNSIGNED.test(error.message);
  const told = { status, cause: error };
  if (isRefused) return new UpstreamFailure('auth', 'the model object could not sign in', told);
  if (status === undefined) return undefined;
  return new UpstreamFailure('server_error', 'the model object could not sign in', told);
}

export function failureOfModel(error: unknown): UpstreamFailure {
  const known = isObject(error) ? FAILURES[stringAt(error, 'name') ?? ''] : undefined;
  if (!known) return failureToSignIn(error) ?? failureFrom(error);
  const functionality = isObject(error) ? stringAt(error, 'functionality') : undefined;
  const what = functionality === undefined ? '' : `: ${functionality}`;
  const message = known.asked ? 'the model object failed' : `the model object does not take the request${what}`;
  return new UpstreamFailure(known.failure, message, { asked: known.asked, cause: error });
}

/** An error in a stream of parts, as JSON. */
export function errorJson(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const answer = responseToError(error);
  if (answer) return { status: answer.status, message: answer.body.toString('utf8') };
  return { message: error.message, type: error.name };
}
