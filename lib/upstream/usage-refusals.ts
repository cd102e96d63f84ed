import type { UpstreamClient } from './upstream-client.js';
import { providerOf } from './providers.js';
import { UpstreamFailure } from './upstream-failure.js';

/** Upstreams that refused to be asked for the usage of a stream. The configuration bounds their number. */
const refused = new WeakSet<UpstreamClient>();

/** Whether a stream of this upstream may be asked for its usage, which its caller did not ask for. */
export function mayAskUsage(client: UpstreamClient): boolean {
  return providerOf(client.config.provider).refusesUsageEvent !== true && !refused.has(client);
}

/** Learns from a failure. @returns whether the same request may pass without that question. */
export function learnRefusal(client: UpstreamClient, error: unknown): boolean {
  const isRefusal = error instanceof UpstreamFailure && error.refusedAddition === 'stream_options';
  if (!isRefusal || !mayAskUsage(client)) return false;
  refused.add(client);
  return true;
}
