import { createHmac, randomBytes } from 'node:crypto';
import type { Journal } from '../journal/journal.js';
import type { BlueGreenConfig } from '../options/config.js';
import type { Breakers } from '../router/breakers.js';
import { Conversations } from '../router/state/conversations.js';
import { Stamps } from '../router/state/stamp.js';
import type { Target } from '../routing/route-table.js';
import type { UpstreamConfig } from '../upstream/upstream-config.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';

/** Stamps what only its maker can read, unless that is off, or there is but one maker. */
export async function conversationsOf(
  config: BlueGreenConfig,
  table: LiveRouteTable,
  journal: Journal,
  breakers: Breakers,
): Promise<Conversations> {
  const { conversationState, upstreams } = config;
  const isOff = conversationState === 'pass';
  const secret = (isOff ? undefined : conversationState?.secret) ?? (await ownSecret(config, journal));
  const stamps = new Stamps(typeof secret === 'string' ? [secret] : secret);
  const isFailing: Breakers['isFailing'] = (route, target) => breakers.isFailing(route, target);
  const accounts = new Map(upstreams.map((upstream) => [upstream.id, accountIn(upstream)]));
  const accountOf = ({ version }: Target) => accounts.get(version.upstream);
  return new Conversations(stamps, table, !isOff && upstreams.length > 1, { isFailing, accountOf });
}

/** A model object brings its own key: it is an account of its own. */
function accountIn({ id, model, baseUrl, apiKey, headers }: UpstreamConfig): string {
  return model ? id : JSON.stringify([baseUrl, apiKey, headers]);
}

/** One that all replicas have, and that outlives keys of providers where that is possible. */
async function ownSecret(config: BlueGreenConfig, journal: Journal): Promise<string> {
  const cookies = [...config.routes.values()].flatMap(({ stickiness: { cookie } }) => (cookie ? [cookie.secret] : []));
  if (cookies.length > 0) return derived([...new Set(cookies)].toSorted());
  const kept = await journal.secret?.();
  return kept === undefined ? derivedFromKeys(config) : derived([kept]);
}

/** The same on every replica and after a restart; only those who know all the keys can make it. */
function derivedFromKeys({ keys, upstreams }: BlueGreenConfig): string {
  const secrets = [
    ...keys.map(({ key, hash }) => key ?? hash ?? ''),
    ...upstreams.map(({ apiKey }) => apiKey || ''),
  ].filter((secret) => secret !== '');
  return secrets.length === 0 ? randomBytes(32).toString('hex') : derived(secrets);
}

function derived(secrets: readonly string[]): string {
  const hmac = createHmac('sha256', 'nestjs-blue-green conversation state');
  for (const secret of secrets) hmac.update(`${secret.length} ${secret} `);
  return hmac.digest('hex');
}
