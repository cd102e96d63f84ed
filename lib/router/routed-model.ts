import { isObject, parseJson, type JsonObject } from '../kit/json.js';
import type { ModelAnswer, ModelCall, ModelChunk } from '../translate/model.js';
import { fromFourthVersion } from '../translate/parts/fourth-prompt.js';
import type { Call } from './call.js';
import type { CallRequest } from './call-request.js';
import type { RoutedStream } from './routed-stream.js';
import type { Sender } from './sender.js';

/** A route as a language model of the AI SDK. */
export interface RoutedLanguageModel {
  readonly specificationVersion: 'v3';
  readonly provider: 'nestjs-blue-green';
  /** The alias of the route. */
  readonly modelId: string;
  /** None: the SDK fetches files itself, and every vendor gets their bytes. */
  readonly supportedUrls: Record<string, RegExp[]>;
  /** @throws {UpstreamError} when no environment gave a whole answer. */
  doGenerate(options: ModelCall): Promise<ModelAnswer>;
  /** @throws {UpstreamError} when no environment began an answer. */
  doStream(options: ModelCall): Promise<{ stream: ReadableStream<ModelChunk> }>;
}

/** @param requestOf assigns a call. */
export function routedModel(
  alias: string,
  sender: Sender,
  requestOf: (body: JsonObject, signal: AbortSignal | undefined) => CallRequest,
): RoutedLanguageModel {
  const asked = (options: ModelCall, stream: boolean) => requestOf(bodyOf(alias, options, stream), options.abortSignal);
  return {
    specificationVersion: 'v3',
    provider: 'nestjs-blue-green',
    modelId: alias,
    supportedUrls: {},
    async doGenerate(options) {
      const { answer, call } = await sender.json(asked(options, false));
      const json = call.outgoing ? parseJson(call.outgoing.body(answer).toString()) : answer.json;
      return answerOf(json as ModelAnswer, call);
    },
    async doStream(options) {
      return { stream: partsOf(await sender.stream(asked(options, true))) };
    },
  };
}

/** Facts for the SDK next to the answer. */
function reportOf(call: Call) {
  const { environment, version, requestId, fallback } = call.report();
  return { blueGreen: { environment, version, requestId, fallback } };
}

function answerOf({ response, ...answer }: ModelAnswer, call: Call): ModelAnswer {
  const { timestamp, ...facts } = response ?? {};
  return {
    ...answer,
    response: { ...facts, ...(timestamp !== undefined && { timestamp: new Date(timestamp) }) },
    providerMetadata: { ...answer.providerMetadata, ...reportOf(call) },
    warnings: answer.warnings?.length > 0 ? answer.warnings : warningsOf(call),
  };
}

/** Parts of the request that the environment that answers did without, in the words of the SDK. */
function warningsOf({ warnings }: Call): ModelAnswer['warnings'] {
  return warnings.map(({ field, message }) => ({ type: 'unsupported', feature: field, details: message }));
}

function partsOf(stream: RoutedStream): ReadableStream<ModelChunk> {
  const { outgoing } = stream.call;
  const batches = stream[Symbol.asyncIterator]();
  let isBegun = false;
  return new ReadableStream<ModelChunk>({
    async pull(controller) {
      try {
        const next = await batches.next();
        if (next.done) return controller.close();
        for (const event of next.value) {
          const json = parseJson((outgoing?.event(event) ?? event).data);
          if (!isObject(json)) continue;
          const chunk = json as unknown as ModelChunk;
          if (!isBegun && chunk.type !== 'stream-start') {
            controller.enqueue({ type: 'stream-start', warnings: warningsOf(stream.call) });
          }
          isBegun = true;
          controller.enqueue(withReport(chunk, stream.call));
        }
      } catch (error) {
        controller.enqueue({ type: 'error', error });
        controller.close();
      }
    },
    cancel: () => stream.cancel(),
  });
}

function withReport(chunk: ModelChunk, call: Call): ModelChunk {
  if (chunk.type === 'finish') return { ...chunk, providerMetadata: { ...chunk.providerMetadata, ...reportOf(call) } };
  if (chunk.type !== 'response-metadata' || chunk.timestamp === undefined) return chunk;
  return { ...chunk, timestamp: new Date(chunk.timestamp) };
}

/** The call as JSON. Bytes become base64, and addresses text. */
function bodyOf(alias: string, options: ModelCall, stream: boolean): JsonObject {
  const { abortSignal: _, headers: __, includeRawChunks: ___, prompt, ...settings } = options;
  return { model: alias, stream, ...settings, prompt: prompt.map(fromFourthVersion) };
}
