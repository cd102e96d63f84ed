import { brokenOff, fallbackAnswers, primaryAnswers, refused } from '../expectation.js';
import { byForm, first, refusalBody, refuse } from '../provider/behaviours.js';
import type { Exchange } from '../provider/exchange.js';
import { streamAnswer } from '../provider/speaker.js';
import type { Form } from '../rig.js';
import type { Fault } from './fault.js';

const EVERY_CLIENT: readonly Form[] = ['json', 'sse', 'sdk json', 'sdk sse'];

/** Providers that answer, and say no. */
export const REFUSALS: readonly Fault[] = [
  {
    name: '429 with Retry-After, once',
    primary: () => first(1, refuse(429, 'rate_limit_exceeded', { 'retry-after': '1' })),
    promise: primaryAnswers(2),
  },
  {
    name: '429 for ever',
    primary: () => refuse(429, 'rate_limit_exceeded'),
    promise: fallbackAnswers(3),
  },
  {
    name: '429 with a Retry-After of a minute',
    primary: () => refuse(429, 'rate_limit_exceeded', { 'retry-after': '60' }),
    promise: fallbackAnswers(1),
  },
  {
    name: '429 everywhere',
    forms: EVERY_CLIENT,
    seconds: 2.5,
    primary: () => refuse(429, 'rate_limit_exceeded'),
    fallback: () => refuse(429, 'rate_limit_exceeded'),
    promise: refused(429, 'upstream_rate_limited'),
  },
  {
    name: '500 once',
    primary: () => first(1, refuse(500, 'server_error')),
    promise: primaryAnswers(2),
  },
  {
    name: '503 for ever',
    forms: EVERY_CLIENT,
    primary: () => refuse(503, 'server_error'),
    promise: fallbackAnswers(3),
  },
  {
    name: '503 everywhere',
    forms: EVERY_CLIENT,
    seconds: 2.5,
    primary: () => refuse(503, 'server_error'),
    fallback: () => refuse(503, 'server_error'),
    promise: refused(502, 'upstream_server_error'),
  },
  {
    name: '529 for ever',
    primary: () => refuse(529, 'overloaded_error'),
    promise: fallbackAnswers(3),
  },
  {
    name: '401: our key is refused',
    primary: () => refuse(401, 'invalid_api_key'),
    promise: fallbackAnswers(1),
  },
  {
    name: 'context length',
    primary: () => refuse(400, 'context_length_exceeded'),
    promise: fallbackAnswers(1),
  },
  {
    name: 'context length everywhere',
    primary: () => refuse(400, 'context_length_exceeded'),
    fallback: () => refuse(400, 'context_length_exceeded'),
    promise: refused(400, 'context_length_exceeded', 1),
  },
  {
    name: 'content filter',
    forms: EVERY_CLIENT,
    primary: () => refuse(400, 'content_policy_violation'),
    promise: refused(400, 'content_policy_violation', 1, 0),
  },
  {
    name: 'content filter as the first event',
    forms: ['sse', 'sdk sse'],
    primary: () => errorEventBehind(0, 'content_filter'),
    promise: refused(400, 'content_filter', 1, 0),
  },
  {
    name: "the caller's own mistake",
    primary: () => refuse(400, 'invalid_value'),
    promise: refused(400, 'invalid_value', 1, 0),
  },
  {
    name: 'error in a 200, before the first token',
    primary: () =>
      byForm({
        json: (exchange) => exchange.whole(200, refusalBody('server_error')),
        sse: errorEventBehind(0, 'server_error'),
      }),
    promise: fallbackAnswers(3),
  },
  {
    name: 'error event in a 200 stream, in mid-answer',
    forms: ['sse', 'sdk sse'],
    primary: () => errorEventBehind(3, 'server_error'),
    promise: brokenOff('server_error'),
  },
];

function errorEventBehind(words: number, code: string) {
  return async (exchange: Exchange): Promise<void> => {
    const stream = streamAnswer(exchange.speaker);
    exchange.openStream();
    exchange.event(stream.role);
    for (const word of stream.words.slice(0, words)) exchange.event(word);
    await exchange.settle();
    exchange.event(refusalBody(code));
    exchange.lastChunk();
  };
}
