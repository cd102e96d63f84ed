import { createHmac, randomBytes } from 'node:crypto';
import type { BlueGreenConfig } from '../options/config.js';
import { Conversations } from '../router/state/conversations.js';
import { Stamps } from '../router/state/stamp.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';

/** Stamps what only its maker can read, unless that is off, or there is but one maker. */
export function conversationsOf(config: BlueGreenConfig, table: LiveRouteTable): Conversations {
  const { conversationState, upstreams } = config;
  const isOff = conversationState === 'pass';
  const secret = (isOff ? undefined : conversationState?.secret) ?? derivedSecret(config);
  const stamps = new Stamps(typeof secret === 'string' ? [secret] : secret);
  return new Conversations(stamps, table, !isOff && upstreams.length > 1);
}

/** The same on every replica and after a restart; only those who know all the keys can make it. */
function derivedSecret({ keys, upstreams }: BlueGreenConfig): string {
  const secrets = [
    ...keys.map(({ key, hash }) => key ?? hash ?? ''),
    ...upstreams.map(({ apiKey }) => apiKey || ''),
  ].filter((secret) => secret !== '');
  if (secrets.length === 0) return randomBytes(32).toString('hex');
  const hmac = createHmac('sha256', 'nestjs-blue-green conversation state');
  for (const secret of secrets) hmac.update(`${secret.length} ${secret} `);
  return hmac.digest('hex');
}
