import type { FailureClass } from '../../domain/outcome.js';
import { saysTooLong, surelySaysTooLong } from './context-length.js';
import { classesOfCodes } from './error-codes.js';
import { errorFacts, type ErrorFacts } from './error-facts.js';
import {
  saysBroken,
  saysKeyRefused,
  saysModelUnknown,
  saysModerated,
  saysTooOften,
  saysUsedUp,
} from './error-words.js';

/** The class of an HTTP status, when the body says nothing more precise. */
function classOfStatus(status: number): FailureClass {
  if (status === 401 || status === 403) return 'auth';
  // The account behind our key has run dry. The caller did nothing wrong, and another account may serve.
  if (status === 402) return 'quota';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  if (status === 451) return 'content_filter';
  // Timeouts and conflicts on the provider's side go away by themselves; 424 and 498 are outages behind a relay.
  if (status === 408 || status === 409 || status === 424 || status === 498 || status >= 500) return 'server_error';
  if (status >= 400) return 'rejected';
  // A success without a readable answer, or a redirect, which is not followed.
  return 'malformed';
}

/** Fields that refer to what a provider keeps. */
const REFERENCES = /^(?:input|previous_response_id|conversation)\b/;

/** Statuses of an outage. Words and codes rarely say more. */
const isOutage = (status: number): boolean => classOfStatus(status) === 'server_error' && status >= 500;

/**
 * The class of an error, from all that it says. The body says more than the status: providers refuse keys and models
 * with 400, and report errors with 200. Words of moderation come first, so that a refusal of content is never taken for
 * a broken environment.
 */
export function classifyError(status: number, facts: ErrorFacts): FailureClass {
  const { texts, codes } = facts;
  const named = classesOfCodes(codes);
  if (isOutage(status)) return classOfOutage(named, texts) ?? 'server_error';
  return (
    classOfRefusal(status, named, facts) ??
    (status < 400 ? classInside(named, facts) : classWithStatus(status, named, facts))
  );
}

/** An error inside a success, in an event of a stream or in an answer. */
export interface InnerError {
  readonly failure: FailureClass;
  readonly facts: ErrorFacts;
}

/** @param said the object or the text that holds the error. */
export function errorInside(said: unknown): InnerError {
  const facts = errorFacts(said);
  facts.isError = true;
  return { failure: classifyError(200, facts), facts };
}

/** A relay calls it an outage when none of its channels has the model. */
function classOfOutage(named: ReadonlySet<FailureClass>, texts: readonly string[]): FailureClass | undefined {
  if (named.has('not_found')) return 'not_found';
  return named.has('context_length') || texts.some(surelySaysTooLong) ? 'context_length' : undefined;
}

/** Refusals that any status may hide. */
function classOfRefusal(
  status: number,
  named: ReadonlySet<FailureClass>,
  { texts, codes }: ErrorFacts,
): FailureClass | undefined {
  if (status !== 429 && status !== 404 && (named.has('content_filter') || texts.some(saysModerated))) {
    return 'content_filter';
  }
  if (named.has('context_length') || (status !== 429 && texts.some(saysTooLong))) return 'context_length';
  if (codes.has('openrouter_in_flight_budget')) return 'rate_limited';
  if (named.has('quota') || status === 402) return 'quota';
  const isPerMinute = [...codes].some((code) => code.includes('perminute'));
  const isTooOften = isPerMinute || (named.has('rate_limited') && !codes.has('resource_exhausted'));
  if (isTooOften || texts.some(saysTooOften)) return 'rate_limited';
  if (texts.some(saysUsedUp)) return 'quota';
  return undefined;
}

/** The body of an answer with an error status. */
function classWithStatus(
  status: number,
  named: ReadonlySet<FailureClass>,
  { texts, params, status: inner }: ErrorFacts,
): FailureClass {
  const byStatus = classOfStatus(status);
  if (status === 429) return byStatus;
  if (named.has('not_found')) return 'not_found';
  // Something that the request refers to is missing, not the model.
  if (status === 404 && params.some((param) => REFERENCES.test(param))) return 'rejected';
  if (byStatus !== 'rejected') return status === 424 && inner ? classOfStatus(inner) : byStatus;
  if (named.has('auth') || texts.some(saysKeyRefused)) return 'auth';
  if (texts.some(saysBroken)) return 'server_error';
  return texts.some(saysModelUnknown) ? 'not_found' : byStatus;
}

/** An error inside a success. */
function classInside(named: ReadonlySet<FailureClass>, { texts, status, isError }: ErrorFacts): FailureClass {
  if (named.has('rate_limited')) return 'rate_limited';
  if (named.has('auth') || texts.some(saysKeyRefused)) return 'auth';
  if (named.has('not_found') || texts.some(saysModelUnknown)) return 'not_found';
  if (status !== undefined) return classOfStatus(status);
  if (named.has('rejected') && !named.has('server_error')) return 'rejected';
  return isError || named.has('server_error') ? 'server_error' : 'malformed';
}
