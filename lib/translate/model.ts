/**
 * The pivot of all translation: the prompt and the parts of the AI SDK's `LanguageModelV3`, as structural types. A
 * model object of `@ai-sdk/provider` fits them, and apps without that package still compile.
 *
 * @see https://github.com/vercel/ai/tree/main/packages/provider/src/language-model/v3
 */
import type { ModelAnswer, ModelChunk } from './answer-model.js';
import type { ModelCall } from './prompt-model.js';

export type * from './answer-model.js';
export type * from './prompt-model.js';

/** A model object of the AI SDK: `anthropic('claude-sonnet-4-5')`. */
export interface LanguageModelObject {
  /** `v3` or `v4`. */
  readonly specificationVersion: string;
  /** Names the vendor and its API: `anthropic.messages`. */
  readonly provider: string;
  readonly modelId: string;
  /** Addresses that the vendor fetches files from, by media type. */
  readonly supportedUrls?: unknown;
  doGenerate(options: ModelCall): PromiseLike<ModelAnswer>;
  doStream(options: ModelCall): PromiseLike<{
    stream: ReadableStream<ModelChunk>;
    response?: { headers?: Record<string, string> };
  }>;
}
