import { describe, type Received } from './caller/received.js';
import { FALLBACK, PRIMARY, textOf } from './provider/speaker.js';
import type { Rig } from './rig.js';
import type { Outcome } from './row.js';

/** The promise of a row. `asked` is how often a provider may be asked at most. */
export type Expectation = { readonly asked: { readonly primary: number; readonly fallback: number } } & (
  | { readonly got: 'answer'; readonly from: 'primary' | 'fallback' | 'either' }
  | { readonly got: 'error'; readonly status: number; readonly code: string }
  /** One of the codes. */
  | { readonly got: 'error event'; readonly codes: readonly string[] }
);

/** The whole answer of the primary, after this many calls to it. */
export function primaryAnswers(calls = 1): Expectation {
  return { got: 'answer', from: 'primary', asked: { primary: calls, fallback: 0 } };
}

/** The whole answer of the fallback, after this many calls to the primary. */
export function fallbackAnswers(calls = 1): Expectation {
  return { got: 'answer', from: 'fallback', asked: { primary: calls, fallback: 1 } };
}

/** An error instead of an answer, after this many calls to each. */
export function refused(status: number, code: string, primary = 3, fallback = primary): Expectation {
  return { got: 'error', status, code, asked: { primary, fallback } };
}

/** An error event after the first words; nobody else is asked. */
export function brokenOff(...codes: string[]): Expectation {
  return { got: 'error event', codes, asked: { primary: 1, fallback: 0 } };
}

export function outcomeOf({ got }: Expectation): Outcome {
  return got === 'answer' ? 'rescued' : 'clean error';
}

/** Faults in the answer to the caller, and in the number of calls to the providers. */
export function broken(promise: Expectation, received: Received, rig: Rig): string[] {
  const { primary, fallback } = promise.asked;
  return [
    ...(isKept(promise, received) ? [] : [`the caller got ${inDetail(received)} instead of ${wordsFor(promise)}`]),
    ...tooOften('primary', rig.primary.exchanges.length, primary),
    ...tooOften('fallback', rig.fallback.exchanges.length, fallback),
  ];
}

/** The provider whose whole answer it is: every character of it, and the model's name. */
export function answeredBy(received: Received): 'primary' | 'fallback' | undefined {
  if (received.kind !== 'answer') return undefined;
  const isOf = ({ model, words }: typeof PRIMARY): boolean =>
    received.text === words.join('') && received.model === model;
  if (isOf(PRIMARY)) return 'primary';
  return isOf(FALLBACK) ? 'fallback' : undefined;
}

/** As {@link describe}, and whether an answer is what it says it is. */
export function inDetail(received: Received): string {
  if (received.kind !== 'answer') return describe(received);
  const who = answeredBy(received);
  return who ? `the whole answer of the ${who}` : `an answer of ${received.text.length} characters that is nobody's`;
}

function isKept(promise: Expectation, received: Received): boolean {
  switch (promise.got) {
    case 'answer': {
      const who = answeredBy(received);
      return who !== undefined && (promise.from === 'either' || promise.from === who);
    }
    case 'error':
      return received.kind === 'error' && received.status === promise.status && received.code === promise.code;
    case 'error event':
      return (
        received.kind === 'error event' &&
        promise.codes.includes(received.code) &&
        // The text before the event is the primary's, from its beginning on.
        received.text !== '' &&
        textOf(PRIMARY).startsWith(received.text)
      );
  }
}

function tooOften(who: string, asked: number, allowed: number): string[] {
  return asked > allowed ? [`the ${who} was asked ${asked} times instead of ${allowed}`] : [];
}

function wordsFor(promise: Expectation): string {
  switch (promise.got) {
    case 'answer':
      return promise.from === 'either' ? 'a whole answer' : `the whole answer of the ${promise.from}`;
    case 'error':
      return `${promise.status} ${promise.code}`;
    case 'error event':
      return `an error event ${promise.codes.join(' or ')}`;
  }
}
