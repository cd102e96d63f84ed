/**
 * The pivot of all translation: the prompt and the parts of the AI SDK's `LanguageModelV3`, as structural types. A
 * model object of `@ai-sdk/provider` fits them, and apps without that package still compile. Objects of
 * `LanguageModelV4` are asked through `parts/fourth-version.ts`.
 *
 * @see https://github.com/vercel/ai/tree/main/packages/provider/src/language-model
 */
import type { ModelAnswer, ModelChunk } from './answer-model.js';
import type { ModelCall } from './prompt-model.js';

export type * from './answer-model.js';
export type * from './prompt-model.js';

/** A model object of the AI SDK, of any version that we can ask: `anthropic('claude-sonnet-4-5')`. */
export interface LanguageModelObject {
  /** `v3` or `v4`. */
  readonly specificationVersion: string;
  /** Names the vendor and its API: `anthropic.messages`. */
  readonly provider: string;
  readonly modelId: string;
  /** Addresses that the vendor fetches files from, by media type. */
  readonly supportedUrls?: unknown;
  doGenerate(options: never): PromiseLike<object>;
  doStream(options: never): PromiseLike<{ stream: ReadableStream<unknown> }>;
}

/** One that takes the pivot as it is. */
export interface PivotModel extends LanguageModelObject {
  doGenerate(options: ModelCall): PromiseLike<ModelAnswer>;
  doStream(options: ModelCall): PromiseLike<{
    stream: ReadableStream<object>;
    /** A piece of the stream, in the pivot's words. */
    chunkOf: (piece: object) => ModelChunk;
    response?: { headers?: Record<string, string> };
  }>;
}
