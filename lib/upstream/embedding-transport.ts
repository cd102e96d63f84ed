import { parseJson, type JsonObject } from '../kit/json.js';
import { embeddingAnswer, embeddingCall, type Embedded, type EmbeddingModelObject } from '../translate/embeddings.js';
import { Untranslatable } from '../translate/fields.js';
import { vendorOf } from './model-call.js';
import { failureOfModel, responseToError } from './model-errors.js';
import { noSuchPath, orGivenUp } from './model-transport.js';
import type { OpenResponse, SentHeaders, Transport, UpstreamResponse } from './transport.js';
import { UpstreamFailure } from './upstream-failure.js';
import type { Watchdog } from './watchdog.js';
import type { WholeResponse } from './whole-answer.js';

/** Calls to one model at once, where it says that it takes several. */
const AT_ONCE = 8;

/** An embedding model of the AI SDK as an upstream that speaks OpenAI's format. */
export class EmbeddingTransport implements Transport {
  constructor(private readonly model: EmbeddingModelObject) {}

  request(): Promise<UpstreamResponse> {
    return noSuchPath();
  }

  open(): Promise<OpenResponse> {
    return Promise.reject(new UpstreamFailure('unsupported', 'embeddings do not stream', { asked: false }));
  }

  async requestWhole(
    _path: string,
    sent: SentHeaders,
    text: string,
    watchdog: Watchdog,
    limit: number,
  ): Promise<WholeResponse> {
    const body = parseJson(text) as JsonObject;
    const { 'content-type': _, ...headers } = sent;
    try {
      const embedded = await orGivenUp(watchdog, this.#embed(body, headers, watchdog.signal));
      const bytes = Buffer.from(JSON.stringify(embeddingAnswer(embedded, this.model.modelId, body)));
      if (bytes.length > limit) throw new UpstreamFailure('malformed', `the answer is longer than ${limit} bytes`);
      return { status: 200, headers: { 'content-type': 'application/json' }, body: bytes };
    } catch (error) {
      const response = responseToError(error);
      if (!response) throw failureOfModel(error);
      return response;
    }
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }

  /** Texts in as many calls as the model needs. */
  async #embed(body: JsonObject, headers: Record<string, string>, abortSignal: AbortSignal): Promise<Embedded> {
    const { values, ...call } = checkedCall(body, this.model);
    const most = Math.max(1, (await this.model.maxEmbeddingsPerCall) ?? Infinity);
    const batches: string[][] = [];
    for (let at = 0; at < values.length; at += most) batches.push(values.slice(at, at + most));
    const width = (await this.model.supportsParallelCalls) ? AT_ONCE : 1;
    const answers: Embedded[] = [];
    for (let at = 0; at < batches.length; at += width) {
      const asked = batches.slice(at, at + width).map(async (batch) => {
        const answer = await this.model.doEmbed({ ...call, values: batch, headers, abortSignal });
        return checked(answer, batch.length, body['dimensions']);
      });
      answers.push(...(await Promise.all(asked)));
    }
    const isCounted = answers.every(({ usage }) => usage !== undefined && !Number.isNaN(usage.tokens));
    const tokens = answers.reduce((sum, { usage }) => sum + (usage?.tokens ?? 0), 0);
    return { embeddings: answers.flatMap(({ embeddings }) => embeddings), ...(isCounted && { usage: { tokens } }) };
  }
}

/** The call for the model. @throws {UpstreamFailure} `unsupported`. */
export function checkedCall(body: JsonObject, model: EmbeddingModelObject): ReturnType<typeof embeddingCall> {
  try {
    return embeddingCall(body, model, vendorOf(model.provider));
  } catch (error) {
    if (!(error instanceof Untranslatable)) throw error;
    const message = `"${error.field}" cannot be carried over to this model; nothing was sent`;
    throw new UpstreamFailure('unsupported', message, { asked: false, cause: error });
  }
}

/** A package may leave out a setting that its vendor lacks: vectors of another length fit into no index. */
function checked(answer: Embedded, count: number, dimensions: unknown): Embedded {
  const { embeddings } = answer;
  if (embeddings.length !== count) throw new UpstreamFailure('malformed', 'the model gave another number of vectors');
  const isOther = typeof dimensions === 'number' && embeddings.some(({ length }) => length !== dimensions);
  if (isOther) throw new UpstreamFailure('unsupported', '"dimensions" is a setting that this model does not have');
  return answer;
}
