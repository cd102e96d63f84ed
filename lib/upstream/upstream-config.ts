import type { Timeouts } from './limits.js';

/** A provider endpoint as the options declare it. Holds a secret: never goes into the journal or a log. */
export interface UpstreamConfig {
  /** `<route>/<environment>`. */
  readonly id: string;
  /** With the provider's version segment, without a trailing slash: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** `false` when the upstream takes none. */
  readonly apiKey: string | false;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeouts: Timeouts;
}
