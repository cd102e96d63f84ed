import { brokenOff, fallbackAnswers, primaryAnswers, refused } from '../expectation.js';
import { answer, byForm, silence } from '../provider/behaviours.js';
import { jsonAnswer, PRIMARY, streamAnswer } from '../provider/speaker.js';
import type { Behaviour } from '../provider/raw-provider.js';
import type { Fault } from './fault.js';

/** The limits of the rig, seconds. */
const ANSWER = 30;
const FIRST_TOKEN = 10;
const IDLE = 15;
const STREAM_TOTAL = 25;

const SLOW_FIRST_TOKEN = 20_000;
const COMMENT_EVERY = 1_000;

/** Providers that keep the connection open and say nothing. */
export const SILENCES: readonly Fault[] = [
  {
    name: 'never any answer',
    seconds: { json: ANSWER, sse: FIRST_TOKEN },
    primary: () => silence,
    promise: fallbackAnswers(1),
  },
  {
    name: 'never any answer, from anybody',
    seconds: { json: 2 * ANSWER, sse: 2 * FIRST_TOKEN },
    primary: () => silence,
    fallback: () => silence,
    promise: refused(504, 'upstream_timeout', 1),
  },
  {
    name: 'headers, then silence',
    seconds: { json: ANSWER, sse: FIRST_TOKEN },
    primary: () =>
      byForm({
        json: (exchange) => exchange.openStream({ 'content-type': 'application/json' }),
        sse: (exchange) => exchange.openStream(),
      }),
    promise: fallbackAnswers(1),
  },
  {
    name: 'comments, never a token',
    forms: ['sse'],
    seconds: STREAM_TOTAL,
    primary: () => comments,
    promise: fallbackAnswers(1),
  },
  {
    name: 'first token after 20 s',
    seconds: { json: SLOW_FIRST_TOKEN / 1000, sse: FIRST_TOKEN },
    primary: () => async (exchange) => {
      await exchange.settle(SLOW_FIRST_TOKEN);
      return answer(exchange);
    },
    promise: { json: primaryAnswers(), sse: fallbackAnswers(1) },
  },
  {
    name: 'silence in mid-answer',
    forms: ['json', 'sse', 'sdk sse'],
    seconds: { json: ANSWER, sse: IDLE },
    primary: () =>
      byForm({
        json: (exchange) => {
          exchange.openStream({ 'content-type': 'application/json' });
          exchange.chunk(jsonAnswer(exchange.speaker).slice(0, 100));
        },
        sse: (exchange) => {
          const { role, words } = streamAnswer(exchange.speaker);
          exchange.openStream();
          for (const event of [role, ...words.slice(0, 3)]) exchange.event(event);
        },
      }),
    promise: { json: fallbackAnswers(1), sse: brokenOff('upstream_timeout') },
  },
  {
    name: 'silence behind the reason to stop',
    forms: ['sse'],
    seconds: IDLE,
    primary: () => (exchange) => {
      const { role, words, finish } = streamAnswer(PRIMARY);
      exchange.openStream();
      for (const event of [role, ...words, finish]) exchange.event(event);
    },
    promise: primaryAnswers(),
  },
];

const comments: Behaviour = async (exchange) => {
  exchange.openStream();
  while (!exchange.socket.destroyed) {
    exchange.chunk(': still thinking\n\n');
    await exchange.settle(COMMENT_EVERY);
  }
};
