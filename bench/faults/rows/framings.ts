import { brokenOff, fallbackAnswers, primaryAnswers } from '../expectation.js';
import { byForm } from '../provider/behaviours.js';
import type { Exchange } from '../provider/exchange.js';
import type { Behaviour } from '../provider/raw-provider.js';
import { jsonAnswer, streamAnswer, streamEvents } from '../provider/speaker.js';
import type { Fault } from './fault.js';

const STREAM = { forms: ['sse'], promise: primaryAnswers() } as const;

/** Whole answers in odd packets and odd spellings, and answers that are none. */
export const FRAMINGS: readonly Fault[] = [
  {
    ...STREAM,
    name: 'two events in one packet',
    primary: () => packets((events) => pairs(events).map((pair) => pair.map(plain).join(''))),
  },
  { ...STREAM, name: 'all events in one packet', primary: () => packets((events) => [events.map(plain).join('')]) },
  {
    ...STREAM,
    name: 'every byte a packet of its own',
    primary: () => async (exchange) => {
      exchange.openStream();
      const events = streamEvents(exchange.speaker).map(plain);
      for (const byte of Buffer.from(events.slice(0, 2).join(''))) {
        exchange.chunk(Buffer.of(byte));
        await new Promise(setImmediate);
      }
      exchange.chunk(events.slice(2).join(''));
      exchange.lastChunk();
    },
  },
  { ...STREAM, name: 'CRLF', primary: () => eachAs((data) => `data: ${data}\r\n\r\n`) },
  { ...STREAM, name: 'CR alone', primary: () => eachAs((data) => `data: ${data}\r\r`) },
  { ...STREAM, name: 'a line end split between CR and LF', primary: () => packets((events) => splitLineEnds(events)) },
  {
    ...STREAM,
    name: 'comments',
    primary: () => eachAs((data) => `: PROCESSING\n\n:\n: within\ndata: ${data}\n: behind\n\n`),
  },
  { ...STREAM, name: 'no space behind "data:"', primary: () => eachAs((data) => `data:${data}\n\n`) },
  {
    ...STREAM,
    name: 'event, id and retry fields',
    primary: () => eachAs((data) => `event: message\nid: 7\nretry: 10\ndata: ${data}\n\n`),
  },
  {
    ...STREAM,
    name: 'data over two lines',
    primary: () => eachAs((data) => `data: ${data.replace(',', ',\ndata: ')}\n\n`),
  },
  {
    ...STREAM,
    name: 'a byte order mark',
    primary: () => packets((events) => [`\uFEFF${events.map(plain).join('')}`]),
  },
  {
    ...STREAM,
    name: 'malformed event in mid-answer',
    forms: ['sse', 'sdk sse'],
    primary: () => packets((events) => events.map(plain).toSpliced(4, 0, 'data: {"id":"c1","choi\n\n')),
  },
  {
    ...STREAM,
    name: 'no [DONE]',
    forms: ['sse', 'sdk sse'],
    primary: () => packets((events) => events.slice(0, -1).map(plain)),
  },
  {
    ...STREAM,
    name: 'no reason to stop, but [DONE]',
    primary: () => {
      return (exchange) => {
        const { role, words } = streamAnswer(exchange.speaker);
        exchange.openStream();
        for (const event of [role, ...words, '[DONE]']) exchange.event(event);
        exchange.lastChunk();
      };
    },
    // However it is closed, without a reason to stop the answer may have been cut.
    promise: brokenOff('upstream_truncated'),
  },
  {
    name: '200 with an HTML page',
    primary: () => (exchange) =>
      exchange.whole(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' }),
    promise: fallbackAnswers(3),
  },
  {
    name: 'malformed JSON',
    forms: ['json'],
    primary: () => (exchange) => exchange.whole(200, jsonAnswer(exchange.speaker).slice(0, -2)),
    promise: fallbackAnswers(3),
  },
  {
    name: "no length: the connection's end ends the body",
    primary: () =>
      byForm({
        json: unframed('application/json', (exchange) => jsonAnswer(exchange.speaker)),
        sse: unframed('text/event-stream', (exchange) => streamEvents(exchange.speaker).map(plain).join('')),
      }),
    promise: primaryAnswers(),
  },
];

function plain(data: string): string {
  return `data: ${data}\n\n`;
}

/** Each of these is a packet of its own. */
function packets(split: (events: readonly string[]) => readonly string[]): Behaviour {
  return async (exchange) => {
    exchange.openStream();
    for (const packet of split(streamEvents(exchange.speaker))) {
      exchange.chunk(packet);
      await exchange.settle(2);
    }
    exchange.lastChunk();
  };
}

function eachAs(format: (data: string) => string): Behaviour {
  return packets((events) => events.map(format));
}

function pairs(events: readonly string[]): string[][] {
  return events.flatMap((event, n) => (n % 2 === 0 ? [[event, ...events.slice(n + 1, n + 2)]] : []));
}

function splitLineEnds(events: readonly string[]): string[] {
  return events.flatMap((data) => [`data: ${data}\r`, '\n\r', '\n']);
}

function unframed(type: string, bodyOf: (exchange: Exchange) => string): Behaviour {
  return (exchange) => {
    exchange.head(200, { 'content-type': type, connection: 'close' });
    exchange.write(bodyOf(exchange));
    exchange.hangUp();
  };
}
