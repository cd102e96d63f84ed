import { Observable } from 'rxjs';
import type { Assignment } from '../routing/assignment.js';
import { currentContext, requestIdFrom } from '../routing/request-context.js';
import type { FeedbackReceipt, Scored } from '../telemetry/answered.js';
import type { TrafficSplitter } from '../routing/traffic-splitter.js';
import { aiSdk } from '../upstream/dialects/ai-sdk.js';
import { openAiChat } from '../upstream/dialects/openai-chat.js';
import { openAiEmbeddings } from '../upstream/dialects/openai-embeddings.js';
import type { JsonObject } from '../kit/json.js';
import type { KnownDialect } from '../upstream/dialects/dialects.js';
import type { CallRequest } from './call-request.js';
import { ChatStream } from './chat-stream.js';
import type { CallOptions, ChatChunk, ChatCompletion, ChatRequest } from './chat.js';
import { completionOf } from './completion-of.js';
import { routedEmbeddings, type RoutedEmbeddingModel } from './routed-embeddings.js';
import { routedModel, type RoutedLanguageModel } from './routed-model.js';
import { fetchThrough } from './router-fetch.js';
import type { Sender } from './sender.js';

/** Takes scores of answers from outside. */
interface FeedbackSink {
  score(scored: Scored, score: number, evaluator: string): Promise<FeedbackReceipt>;
}

/**
 * Sends calls to a model through a route. Inside a request that {@link TrafficSplitGuard} has seen, the guard's
 * decision holds. Elsewhere the call is assigned by its own key, or at random.
 *
 * @example
 * ```ts
 * const { content, environment, cost } = await router.complete('support-chat', {
 *   messages: [{ role: 'user', content: 'Where is my parcel?' }],
 * });
 * ```
 */
export class LlmRouterService {
  constructor(
    private readonly sender: Sender,
    private readonly splitter: TrafficSplitter,
    private readonly opinions: FeedbackSink,
  ) {}

  /**
   * A whole answer.
   *
   * @param alias of the route, or the own name of a model that one route alone has.
   * @throws {UpstreamError} when no environment gave one.
   * @throws {UnknownRouteError} {@link UnknownEnvironmentError}
   */
  async complete(alias: string, request: ChatRequest, options: CallOptions = {}): Promise<ChatCompletion> {
    const { answer, call } = await this.sender.json(this.#request(alias, bodyOf(alias, request, false), options));
    return completionOf(answer, call);
  }

  /** A streamed answer to iterate. It stays with the environment that begins it. */
  stream(alias: string, request: ChatRequest, options: CallOptions = {}): ChatStream {
    // Assigned now, inside the caller's request; sent when it is iterated.
    const call = this.#request(alias, bodyOf(alias, request, true), options);
    return new ChatStream(() => this.sender.stream(call));
  }

  /** The same as an rxjs `Observable`. Each subscription is a call of its own; unsubscribing aborts it. */
  stream$(alias: string, request: ChatRequest, options: CallOptions = {}): Observable<ChatChunk> {
    return new Observable((subscriber) => {
      const unsubscribed = new AbortController();
      const { signal } = options;
      const signals = signal ? [signal, unsubscribed.signal] : [unsubscribed.signal];
      const stream = this.stream(alias, request, { ...options, signal: AbortSignal.any(signals) });
      void (async () => {
        try {
          for await (const chunk of stream) subscriber.next(chunk);
          subscriber.complete();
        } catch (error) {
          subscriber.error(error);
        }
      })();
      return () => unsubscribed.abort();
    });
  }

  /**
   * A `fetch` for SDKs that accept one: calls go through the route, without a network hop inside the app. The host
   * of the URL is ignored. Its path says which format the SDK speaks: OpenAI's chat completions, responses and
   * embeddings, or Anthropic's messages.
   *
   * @example
   * ```ts
   * import OpenAI from 'openai';
   *
   * const openai = new OpenAI({ baseURL: 'http://router/v1', apiKey: 'unused', fetch: router.fetch('support-chat') });
   * ```
   */
  fetch(alias: string, options: Omit<CallOptions, 'signal'> = {}): typeof globalThis.fetch {
    return fetchThrough(this.sender, ({ dialect, body, written, callerHeaders, signal }) => ({
      ...this.#request(alias, body, options, dialect),
      written,
      callerHeaders,
      signal,
    }));
  }

  /**
   * The route as a language model of the AI SDK 6 or 7: for `generateText`, `streamText`, structured output, tools and
   * agents. Each call has its own assignment, retries, fallback and evidence. `providerMetadata.blueGreen` says who
   * answered.
   *
   * @example
   * ```ts
   * import { generateText } from 'ai';
   *
   * const { text } = await generateText({ model: router.languageModel('support-chat'), prompt: 'Where is my parcel?'
   * });
   * ```
   */
  languageModel(alias: string, options: Omit<CallOptions, 'signal'> = {}): RoutedLanguageModel {
    return routedModel(alias, this.sender, (body, signal) => this.#request(alias, body, { ...options, signal }, aiSdk));
  }

  /** The route as an embedding model of the AI SDK, for `embed` and `embedMany`. */
  embeddingModel(alias: string, options: Omit<CallOptions, 'signal'> = {}): RoutedEmbeddingModel {
    return routedEmbeddings(alias, this.sender, (body, signal) =>
      this.#request(alias, body, { ...options, signal }, openAiEmbeddings),
    );
  }

  /**
   * Books a score from outside: of a person, or of a check of a whole run. It counts for `quality` gates on this
   * evaluator, in the rollout that compared the answer, up to 24 hours later.
   *
   * @param of the `requestId` of an answer, or an agent's run: `{ episode }`.
   * @param score from 0 to 1. The first one of each evaluator stands.
   * @param evaluator one of the configured `evaluators` that have no function. Default `feedback`.
   * @returns whether it counted, and why not.
   * @throws {UnknownAnswerError} {@link UnknownEvaluatorError} {@link ValidationError}
   */
  feedback(of: string | Scored, score: number, evaluator = 'feedback'): Promise<FeedbackReceipt> {
    return this.opinions.score(typeof of === 'string' ? { requestId: of } : of, score, evaluator);
  }

  #request(alias: string, body: JsonObject, options: CallOptions, dialect: KnownDialect = openAiChat): CallRequest {
    return {
      assignment: this.#assignment(alias, options),
      dialect,
      body,
      requestId: requestIdFrom(options.requestId ?? currentContext()?.requestId),
      traceparent: currentContext()?.traceparent,
      tracestate: currentContext()?.tracestate,
      signal: options.signal,
    };
  }

  #assignment(name: string, { environment, key, conversation, episode, group }: CallOptions): Assignment {
    const context = currentContext();
    const alias = this.splitter.aliasOf(name);
    const decided = context?.assignments.get(alias);
    const saysNothing = [environment, key, conversation, episode, group].every((hint) => hint === undefined);
    if (decided && saysNothing) return decided;
    const sticky = key ?? context?.stickyKey ?? episode;
    const assignment = this.splitter.assign(alias, { environment, key: sticky, conversation, episode, group });
    if (saysNothing) context?.assignments.set(alias, assignment);
    return assignment;
  }
}

/** The body that the gateway would get: `model` is the alias. */
function bodyOf(alias: string, request: ChatRequest, stream: boolean): JsonObject {
  const body: Record<string, unknown> = { model: alias, stream, ...request };
  body['model'] = alias;
  body['stream'] = stream;
  return body;
}
