import type { Timeouts } from './limits.js';
import type { ProviderName } from './providers.js';

/** A provider endpoint as the options declare it. Holds a secret: never goes into the journal or a log. */
export interface UpstreamConfig {
  /** `<route>/<environment>`. */
  readonly id: string;
  /** Whose paths and headers hold; absent: those of an OpenAI-like API. */
  readonly provider?: ProviderName | undefined;
  /** With the provider's version segment, without a trailing slash: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** `false` when the upstream takes none. */
  readonly apiKey: string | false;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
}
