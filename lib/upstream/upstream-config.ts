import type { EmbeddingModelObject } from '../translate/embeddings.js';
import type { LanguageModelObject } from '../translate/model.js';
import type { DialectName } from './dialects/dialects.js';
import type { Network } from './network.js';
import type { ProviderName } from './providers.js';

/** How long an upstream may take. All in milliseconds. */
interface Timeouts {
  /** To a TCP and TLS connection. Default 5 s. */
  readonly connect: number;
  /** To the first sign of life of a stream: any byte of its body. Default 30 s. */
  readonly firstToken: number;
  /** Between two signs of life of a stream. Default 5 min. */
  readonly idle: number;
  /** To a whole JSON answer. Default 10 min. */
  readonly total: number;
  /**
   * To the end of a stream, not counting the time that it waits for the caller. That may be as long again. Default 30
   * min.
   */
  readonly streamTotal: number;
}

/** Whether objects of the AI SDK are asked: they list no models. */
export function asksObject({ model, embedding }: UpstreamConfig): boolean {
  return model !== undefined || embedding !== undefined;
}

/** A provider's endpoint as the options declare it. Holds a secret, so it never goes into the journal or a log. */
export interface UpstreamConfig {
  /** `<route>/<environment>`. */
  readonly id: string;
  /** The provider whose paths and headers to use. Absent: those of an OpenAI-like API. */
  readonly provider?: ProviderName | undefined;
  /** Asked instead of an address. */
  readonly model?: LanguageModelObject | undefined;
  /** Asked for vectors, instead of an address. */
  readonly embedding?: EmbeddingModelObject | undefined;
  /** The only model that an object can be asked for, as the environment calls it. */
  readonly asks?: string;
  /** The package of the AI SDK that the model comes from, which is loaded at start. */
  readonly packaged?: {
    readonly name: string;
    readonly model: string;
    /** Of the provider in the options. */
    readonly path: string;
  };
  /** Ends the connections of the model object. */
  readonly close?: () => Promise<void>;
  /** The formats that are spoken at the base URL. Absent: those of the provider. */
  readonly formats?: readonly DialectName[] | undefined;
  /**
   * With the provider's version segment, without a trailing slash: `https://api.openai.com/v1`. Empty for a model
   * object.
   */
  readonly baseUrl: string;
  /** `false` when the upstream takes none. */
  readonly apiKey: string | false;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
  readonly network: Network;
  /** How much it may send. Absent: any amount. */
  readonly limits?: {
    /** Bytes of one stream. */
    readonly streamBytes: number;
  };
}
