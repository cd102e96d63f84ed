import { Readable } from 'node:stream';
import type { JsonObject } from '../kit/json.js';
import type { LanguageModelObject, ModelCall, ModelChunk, PivotModel } from '../translate/model.js';
import { asPivot } from '../translate/parts/fourth-version.js';
import type { Lacking } from '../translate/translation.js';
import { modelCall, vendorOf } from './model-call.js';
import { lackingIn } from './model-limits.js';
import { failureOfModel, responseToError } from './model-errors.js';
import { inBase64, PartStream } from './part-stream.js';
import type { OpenResponse, SentHeaders, Transport, UpstreamResponse } from './transport.js';
import { UpstreamFailure } from './upstream-failure.js';
import type { Watchdog } from './watchdog.js';
import type { WholeResponse } from './whole-answer.js';

/**
 * A model object of the AI SDK as an upstream: prompt and parts travel as JSON, as they would over the wire. So limits
 * on time, aborts, classes of failures and all that follows calls work as for any other upstream.
 */
export class ModelTransport implements Transport {
  readonly #lacking: Lacking;
  readonly #model: PivotModel;

  constructor(model: LanguageModelObject) {
    this.#lacking = lackingIn(model);
    this.#model = asPivot(model, vendorOf(model.provider));
  }

  /** A model object lists no models and counts no tokens. */
  request(): Promise<UpstreamResponse> {
    return noSuchPath();
  }

  async requestWhole(
    _path: string,
    headers: SentHeaders,
    body: string,
    watchdog: Watchdog,
    limit: number,
  ): Promise<WholeResponse> {
    try {
      const answer = await orGivenUp(watchdog, this.#model.doGenerate(this.#call(body, headers, watchdog)));
      const { content, finishReason, usage, providerMetadata, response, warnings } = answer;
      const { id, timestamp, modelId } = response ?? {};
      const told = { content, finishReason, usage, providerMetadata, response: { id, timestamp, modelId }, warnings };
      const bytes = Buffer.from(JSON.stringify(told, inBase64));
      if (bytes.length > limit) throw new UpstreamFailure('malformed', `the answer is longer than ${limit} bytes`);
      return { status: 200, headers: response?.headers ?? {}, body: bytes };
    } catch (error) {
      const response = responseToError(error);
      if (!response) throw failureOfModel(error);
      return response;
    }
  }

  async open(_path: string, headers: SentHeaders, body: string, watchdog: Watchdog): Promise<OpenResponse> {
    try {
      const call = this.#call(body, headers, watchdog);
      const { stream, chunkOf, response } = await orGivenUp(watchdog, this.#model.doStream(call));
      return { status: 200, headers: response?.headers ?? {}, body: new PartStream(stream, chunkOf) };
    } catch (error) {
      const response = responseToError(error);
      if (!response) throw failureOfModel(error);
      return { ...response, body: new PartStream(new Blob([new Uint8Array(response.body)]).stream(), noChunk) };
    }
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }

  #call(body: string, headers: SentHeaders, watchdog: Watchdog): ModelCall {
    const { 'content-type': _, ...own } = headers;
    return {
      ...modelCall(JSON.parse(body) as JsonObject, this.#model.provider, this.#lacking),
      headers: own,
      abortSignal: watchdog.signal,
    };
  }
}

/** An error is bytes. */
function noChunk(): ModelChunk {
  return { type: 'raw', rawValue: undefined };
}

/** A model object has no other paths. */
export function noSuchPath(): Promise<UpstreamResponse> {
  return Promise.resolve({ status: 404, headers: {}, body: Readable.from([]) });
}

/** A model that does not heed the signal must not hold the call. */
export function orGivenUp<T>(watchdog: Watchdog, answer: PromiseLike<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    watchdog.listen(reject);
    answer.then(resolve, reject);
  });
}
