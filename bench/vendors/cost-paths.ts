import { systemClock } from '../../lib/kit/clock.js';
import { parseJson, type JsonObject } from '../../lib/kit/json.js';
import { AnswerName } from '../../lib/router/answer-name.js';
import { Outgoing } from '../../lib/router/outgoing.js';
import type { LanguageModelObject } from '../../lib/translate/model.js';
import { Translation } from '../../lib/translate/translation.js';
import { BodyEvents } from '../../lib/upstream/body-events.js';
import { dialectNamed } from '../../lib/upstream/dialects/dialects.js';
import { ModelTransport } from '../../lib/upstream/model-transport.js';
import { preparedBody } from '../../lib/upstream/prepared-body.js';
import { formatEvents } from '../../lib/upstream/sse.js';
import { TranslatedBody } from '../../lib/upstream/translated-body.js';
import { Watchdog } from '../../lib/upstream/watchdog.js';
import { REQUESTS, said, WIRES, type Format } from './cost-requests.js';

export const FORMATS = Object.keys(WIRES) as Format[];

/** The same work without us and with us. */
export interface Work {
  readonly plain: () => unknown;
  readonly ours: () => unknown;
}

/** A way from a caller to a model. */
export interface Path {
  readonly from: string;
  readonly to: string;
  readonly call: Work;
  readonly stream: Work;
  readonly chunks: number;
}

const LIMIT = 2 ** 24;
const VERSION = { tag: 'm', model: 'm', upstream: 'chat/blue' };

function contextOf(body: JsonObject) {
  return { id: 'x', created: 1, model: 'm', body };
}

/** Reads events and writes them, as is done with every stream. */
function pass(events: BodyEvents, chunk: Buffer): void {
  const read = events.read(chunk);
  for (const event of read) parseJson(event.data);
  Buffer.from(formatEvents(read), 'latin1');
}

function chunksOf(format: Format): Buffer[] {
  return WIRES[format].stream(said, { path: '', body: { model: 'm' } }).body.map((part) => Buffer.from(part));
}

function answerOf(format: Format): string {
  return String(WIRES[format].whole(said, { path: '', body: { model: 'm' } }).body[0]);
}

/** Both sides speak one format: the model's name and the version are all that changes. */
export function untouchedPath(format: Format): Path {
  const dialect = dialectNamed(format);
  const request = JSON.stringify(REQUESTS[format]);
  const [answer, chunks] = [Buffer.from(answerOf(format)), chunksOf(format)];
  const outgoing = () => new Outgoing(new AnswerName('support-chat', dialect.modelHolder), dialect.state, String);
  return {
    from: format,
    to: 'the same',
    chunks: chunks.length,
    call: {
      plain() {
        JSON.stringify(parseJson(request));
        parseJson(answer.toString());
      },
      ours() {
        JSON.stringify(preparedBody(dialect, parseJson(request) as JsonObject, VERSION).body);
        outgoing().body({ body: answer, json: parseJson(answer.toString()) });
      },
    },
    stream: {
      plain() {
        const events = new BodyEvents();
        for (const chunk of chunks) pass(events, chunk);
      },
      ours() {
        const [events, own] = [new BodyEvents(), outgoing()];
        for (const chunk of chunks) {
          const read = events.read(chunk);
          for (const event of read) parseJson(event.data);
          Buffer.from(own.format(read), 'latin1');
        }
      },
    },
  };
}

/** A provider that speaks another format. */
export function translatedPath(from: Format, to: Format): Path {
  const request = JSON.stringify(REQUESTS[from]);
  const [answer, chunks] = [answerOf(to), chunksOf(to)];
  const translation = new Translation(from, to);
  return {
    from,
    to,
    chunks: chunks.length,
    call: {
      plain() {
        JSON.stringify(parseJson(request));
        JSON.stringify(parseJson(answer));
      },
      ours() {
        const body = parseJson(request) as JsonObject;
        JSON.stringify(translation.request(body, false).body);
        JSON.stringify(translation.answer(parseJson(answer) as JsonObject, contextOf(body)));
      },
    },
    stream: {
      plain() {
        const events = new BodyEvents();
        for (const chunk of chunks) pass(events, chunk);
      },
      ours() {
        const [events, callers] = [new BodyEvents(), new BodyEvents()];
        const stream = translation.stream(contextOf({ ...REQUESTS[from], stream: true }));
        for (const chunk of chunks) {
          const written = events.read(chunk).flatMap((event) => stream.read(event));
          pass(callers, Buffer.from(formatEvents(written)));
        }
        pass(callers, Buffer.from(formatEvents(stream.end())));
      },
    },
  };
}

function watchdog(): Watchdog {
  return new Watchdog(systemClock, undefined);
}

/** A model object, from the caller's bytes to the caller's bytes, against asking the object oneself. */
export function objectPath(from: Format, version: 'v3' | 'v4'): Path {
  const toParts = new Translation('ai-sdk', 'openai-chat');
  const answer = toParts.answer(parseJson(answerOf('openai-chat')) as JsonObject, contextOf({}));
  const reading = toParts.stream(contextOf({}));
  const events = new BodyEvents();
  const parts = [
    ...chunksOf('openai-chat').flatMap((chunk) => events.read(chunk).flatMap((event) => reading.read(event))),
    ...reading.end(),
  ].map(({ data }) => parseJson(data) as JsonObject);
  const model: LanguageModelObject = {
    specificationVersion: version,
    provider: 'vendor.chat',
    modelId: 'm',
    doGenerate: () => Promise.resolve({ ...answer, warnings: [] }),
    doStream: () => Promise.resolve({ stream: ReadableStream.from(parts) }),
  };
  const [transport, translation] = [new ModelTransport(model), new Translation(from, 'ai-sdk')];
  const request = JSON.stringify(REQUESTS[from]);
  const requestOf = (body: JsonObject, stream: boolean) => JSON.stringify(translation.request(body, stream).body);
  return {
    from,
    to: `a model object, ${version}`,
    chunks: parts.length,
    call: {
      async plain() {
        JSON.stringify(parseJson(request));
        JSON.stringify(await model.doGenerate({} as never));
      },
      async ours() {
        const body = parseJson(request) as JsonObject;
        const { body: bytes } = await transport.requestWhole('', {}, requestOf(body, false), watchdog(), LIMIT);
        JSON.stringify(translation.answer(parseJson(bytes.toString()) as JsonObject, contextOf(body)));
      },
    },
    stream: {
      async plain() {
        const { stream } = await model.doStream({} as never);
        for await (const part of stream as unknown as AsyncIterable<object>) Buffer.from(JSON.stringify(part));
      },
      async ours() {
        const body = parseJson(request) as JsonObject;
        const { body: bytes } = await transport.open('', {}, requestOf(body, true), watchdog());
        const callers = new BodyEvents();
        const translated = new TranslatedBody(bytes, translation.stream(contextOf(body)), () => []);
        await new Promise<void>((resolve, reject) => {
          translated.into({
            write: (chunk) => (pass(callers, chunk), true),
            end: (error) => (error ? reject(error) : resolve()),
          });
          translated.resume();
        });
      },
    },
  };
}
