import { brokenOff, fallbackAnswers, primaryAnswers, refused } from '../expectation.js';
import { answer, answerAs, byForm, first, refuse, reset } from '../provider/behaviours.js';
import type { Exchange } from '../provider/exchange.js';
import type { Behaviour } from '../provider/raw-provider.js';
import { jsonAnswer, PRIMARY, streamAnswer } from '../provider/speaker.js';
import type { Fault } from './fault.js';

type Ending = (exchange: Exchange) => void;

/** Connections that end before their time. */
export const CUTS: readonly Fault[] = [
  {
    name: 'reset before headers, once',
    primary: () => first(1, reset),
    promise: primaryAnswers(2),
  },
  {
    name: 'reset before headers, for ever',
    primary: () => reset,
    promise: fallbackAnswers(3),
  },
  {
    name: 'reset before headers, everywhere',
    seconds: 2.5,
    primary: () => reset,
    fallback: () => reset,
    promise: refused(502, 'upstream_network'),
  },
  {
    name: 'reset within the headers',
    primary: () => async (exchange) => {
      exchange.write('HTTP/1.1 200 OK\r\ncontent-ty');
      await exchange.settle();
      exchange.reset();
    },
    promise: fallbackAnswers(3),
  },
  {
    name: 'an answer that is not HTTP',
    primary: () => (exchange) => {
      exchange.write('SSH-2.0-OpenSSH_9.6\r\n');
      exchange.hangUp();
    },
    promise: fallbackAnswers(3),
  },
  {
    name: 'cut before the first token',
    forms: ['sse'],
    primary: () => cutBehind(0, (exchange) => exchange.reset()),
    promise: fallbackAnswers(3),
  },
  {
    name: 'cut in mid-answer, once',
    forms: ['json'],
    primary: () =>
      first(
        1,
        cutBehind(3, (exchange) => exchange.reset()),
      ),
    promise: primaryAnswers(2),
  },
  {
    name: 'cut in mid-answer, by RST',
    forms: ['json', 'sse', 'sdk json', 'sdk sse'],
    primary: () => cutBehind(3, (exchange) => exchange.reset()),
    promise: { json: fallbackAnswers(3), sse: brokenOff('upstream_network') },
  },
  {
    name: 'cut in mid-answer, by FIN',
    primary: () => cutBehind(3, (exchange) => exchange.hangUp()),
    promise: { json: fallbackAnswers(3), sse: brokenOff('upstream_network', 'upstream_truncated') },
  },
  {
    name: 'cut in mid-answer, by a clean end of the body',
    forms: ['json', 'sse', 'sdk sse'],
    primary: () => cutBehind(3, (exchange) => exchange.lastChunk()),
    promise: { json: fallbackAnswers(3), sse: brokenOff('upstream_truncated') },
  },
  {
    name: 'cut within an event',
    forms: ['sse'],
    primary: () =>
      cutBehind(3, (exchange) => {
        exchange.chunk('data: {"id":"c1","choices":[{"index":0,"delta":{"cont');
        exchange.lastChunk();
      }),
    promise: brokenOff('upstream_truncated'),
  },
  {
    name: 'cut behind the reason to stop',
    forms: ['sse', 'sdk sse'],
    primary: () => async (exchange) => {
      speak(exchange, PRIMARY.words.length);
      exchange.event(streamAnswer(exchange.speaker).finish);
      await exchange.settle();
      exchange.reset();
    },
    promise: primaryAnswers(),
  },
  {
    name: 'an empty 200',
    primary: () =>
      byForm({
        json: (exchange) => exchange.whole(200, ''),
        sse: (exchange) => exchange.whole(200, '', { 'content-type': 'text/event-stream' }),
      }),
    promise: fallbackAnswers(3),
  },
  {
    name: 'cut, with a fallback that rejects prefill',
    forms: ['sse', 'sdk sse'],
    primary: () => cutBehind(3, (exchange) => exchange.reset()),
    fallback: () => rejectingPrefill(answer),
    promise: brokenOff('upstream_network'),
  },
  {
    name: "cut, 'continue', prefill rejected, answer repeated",
    forms: ['sse', 'sdk sse'],
    extras: { streamRecovery: 'continue' },
    primary: () => cutBehind(3, (exchange) => exchange.reset()),
    fallback: () => rejectingPrefill(answerAs(PRIMARY)),
    promise: { ...primaryAnswers(1), asked: { primary: 3, fallback: 3 } },
  },
  {
    name: "cut, 'continue', prefill rejected, another answer",
    forms: ['sse', 'sdk sse'],
    extras: { streamRecovery: 'continue' },
    primary: () => cutBehind(3, (exchange) => exchange.reset()),
    fallback: () => rejectingPrefill(answer),
    promise: { ...brokenOff('upstream_network'), asked: { primary: 3, fallback: 3 } },
  },
];

/** The first words, or half of the JSON, and then the end. */
function cutBehind(words: number, end: Ending): Behaviour {
  return byForm({
    json: async (exchange) => {
      const body = Buffer.from(jsonAnswer(exchange.speaker));
      exchange.openStream({ 'content-type': 'application/json' });
      exchange.chunk(body.subarray(0, body.length / 2));
      await exchange.settle();
      end(exchange);
    },
    sse: async (exchange) => {
      speak(exchange, words);
      await exchange.settle();
      end(exchange);
    },
  });
}

/** Opens a stream and says the first words of it. */
function speak(exchange: Exchange, words: number): void {
  const stream = streamAnswer(exchange.speaker);
  exchange.openStream();
  for (const event of [stream.role, ...stream.words.slice(0, words)]) exchange.event(event);
}

function rejectingPrefill(otherwise: Behaviour): Behaviour {
  const rejection = refuse(400, 'invalid_value');
  return (exchange) => {
    const messages = exchange.body['messages'] as readonly { readonly role: string }[];
    return (messages.at(-1)?.role === 'assistant' ? rejection : otherwise)(exchange);
  };
}
