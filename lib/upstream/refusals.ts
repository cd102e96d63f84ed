import type { Addition } from './errors/refused-addition.js';
import { providerOf } from './providers.js';
import type { UpstreamClient } from './upstream-client.js';

/** Our additions that upstreams have refused. The configuration bounds the number of upstreams. */
const refused = new WeakMap<UpstreamClient, Set<Addition>>();

/** Whether this upstream is known to refuse a part of a request that its caller did not send. */
export function refuses(client: UpstreamClient, addition: Addition): boolean {
  const known = providerOf(client.config.provider).refuses;
  return known?.includes(addition) === true || refused.get(client)?.has(addition) === true;
}

/** Headers of ours, without those that the upstream refuses. */
export function withoutRefused(
  client: UpstreamClient,
  headers: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  if (!refused.has(client) && !providerOf(client.config.provider).refuses) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !refuses(client, name as Addition)));
}

export function remember(client: UpstreamClient, addition: Addition): void {
  refused.set(client, (refused.get(client) ?? new Set()).add(addition));
}

export function forget(client: UpstreamClient, addition: Addition): void {
  refused.get(client)?.delete(addition);
}
