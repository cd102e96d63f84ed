import type { JsonObject } from '../kit/json.js';
import type { AnswerContext } from './answer-context.js';
import { wireName, type Asked, type ReadRequest, type WrittenRequest } from './asked.js';
import { readChatAnswer, writeChatAnswer } from './chat/answer.js';
import { readChatRequest } from './chat/read-request.js';
import { ChatChunkReader, ChatChunkWriter } from './chat/stream.js';
import { writeChatRequest } from './chat/write-request.js';
import { cannotCarry, Untranslatable } from './fields.js';
import { readMessagesAnswer, writeMessagesAnswer } from './messages/answer.js';
import { readMessagesRequest } from './messages/read-request.js';
import { MessageChunkReader } from './messages/stream.js';
import { MessageChunkWriter } from './messages/stream-writer.js';
import { writeMessagesRequest } from './messages/write-request.js';
import type { ModelAnswer, ModelChunk } from './model.js';
import { readPortableRequest, writePartsRequest } from './parts/request.js';
import { PartsChunkReader, PartsChunkWriter, readPartsAnswer, writePartsAnswer } from './parts/stream.js';
import { readResponsesAnswer, writeResponsesAnswer } from './responses/answer.js';
import { readResponsesRequest } from './responses/read-request.js';
import { ResponseChunkReader } from './responses/stream.js';
import { ResponseChunkWriter } from './responses/stream-writer.js';
import { writeResponsesRequest } from './responses/write-request.js';
import type { ChunkReader, ChunkWriter, WireEvent } from './stream.js';

/** One format, both ways: there are as many of these as formats, and not their square. */
interface Translator {
  readRequest(body: JsonObject): ReadRequest;
  writeRequest(asked: Asked, stream: boolean): WrittenRequest;
  readAnswer(json: JsonObject): ModelAnswer;
  writeAnswer(answer: ModelAnswer, context: AnswerContext): JsonObject;
  chunkReader(): ChunkReader;
  chunkWriter(context: AnswerContext): ChunkWriter;
  /** Fields of settings that are not called like the setting. */
  readonly names: Readonly<Record<string, string>>;
}

const TRANSLATORS = {
  'openai-chat': {
    readRequest: readChatRequest,
    writeRequest: writeChatRequest,
    readAnswer: readChatAnswer,
    writeAnswer: writeChatAnswer,
    chunkReader: () => new ChatChunkReader(),
    chunkWriter: (context) => new ChatChunkWriter(context),
    names: { stopSequences: 'stop' },
  },
  'anthropic-messages': {
    readRequest: readMessagesRequest,
    writeRequest: writeMessagesRequest,
    readAnswer: readMessagesAnswer,
    writeAnswer: writeMessagesAnswer,
    chunkReader: () => new MessageChunkReader(),
    chunkWriter: (context) => new MessageChunkWriter(context),
    names: {
      responseFormat: 'output_config.format',
      parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
    },
  },
  'openai-responses': {
    readRequest: readResponsesRequest,
    writeRequest: writeResponsesRequest,
    readAnswer: readResponsesAnswer,
    writeAnswer: writeResponsesAnswer,
    chunkReader: () => new ResponseChunkReader(),
    chunkWriter: (context) => new ResponseChunkWriter(context),
    names: { responseFormat: 'text.format' },
  },
  /** The AI SDK's own prompt and parts, as JSON. */
  'ai-sdk': {
    readRequest: readPortableRequest,
    writeRequest: writePartsRequest,
    readAnswer: readPartsAnswer,
    writeAnswer: writePartsAnswer,
    chunkReader: () => new PartsChunkReader(),
    chunkWriter: () => new PartsChunkWriter(),
    names: {},
  },
} as const satisfies Readonly<Record<string, Translator>>;

/** The formats that can be carried over to one another. */
export type Translated = keyof typeof TRANSLATORS;

export function isTranslated(format: string): format is Translated {
  return Object.hasOwn(TRANSLATORS, format);
}

/** The setting or the part of a request that an upstream cannot take. */
export type Lacking = (asked: Asked) => string | object | undefined;

/** Carries a call over from the format of its caller to that of its upstream, and the answer back. */
export class Translation {
  readonly #callers: Translator;
  readonly #upstreams: Translator;

  constructor(
    readonly from: Translated,
    readonly to: Translated,
    /** Finds a field that the format has and this upstream does not take. */
    private readonly lacking: Lacking = () => undefined,
  ) {
    this.#callers = TRANSLATORS[from];
    this.#upstreams = TRANSLATORS[to];
  }

  /** @throws {Untranslatable} naming the field of the caller that cannot be carried over. */
  request(body: JsonObject, stream: boolean): WrittenRequest {
    const { asked, dropped } = this.#callers.readRequest(body);
    try {
      const lost = this.lacking(asked);
      if (lost !== undefined) throw typeof lost === 'string' ? new Untranslatable(lost) : cannotCarry(lost, 'messages');
      const written = this.#upstreams.writeRequest(asked, stream);
      return { body: written.body, dropped: [...dropped, ...written.dropped] };
    } catch (error) {
      if (!(error instanceof Untranslatable)) throw error;
      throw new Untranslatable(this.#nameOf(error.field, asked));
    }
  }

  answer(json: JsonObject, context: AnswerContext): JsonObject {
    return this.#callers.writeAnswer(this.#upstreams.readAnswer(json), context);
  }

  /** @param told gets what the package of a model object says that it left out. */
  stream(context: AnswerContext, told?: (warnings: unknown) => void): StreamTranslation {
    const own = { ...context };
    return new StreamTranslation(this.#upstreams.chunkReader(), this.#callers.chunkWriter(own), own, told);
  }

  #nameOf(field: string, asked: Asked): string {
    if (!(field in asked)) return field;
    return this.#callers.names[field] ?? (this.from === 'ai-sdk' ? field : wireName(field));
  }
}

/** The events of one answer in another format. */
export class StreamTranslation {
  constructor(
    private readonly reader: ChunkReader,
    private readonly writer: ChunkWriter,
    private readonly context: { model: string },
    private readonly told?: (warnings: unknown) => void,
  ) {}

  read(event: WireEvent): readonly WireEvent[] {
    return this.reader.read(event).flatMap((chunk) => this.#write(chunk));
  }

  end(): readonly WireEvent[] {
    return this.reader.end().flatMap((chunk) => this.#write(chunk));
  }

  #write(chunk: ModelChunk): readonly WireEvent[] {
    // The answering model is named before the first word, and in every event after it.
    if (chunk.type === 'response-metadata' && chunk.modelId) this.context.model = chunk.modelId;
    if (chunk.type === 'stream-start') this.told?.(chunk.warnings);
    return this.writer.write(chunk);
  }
}
