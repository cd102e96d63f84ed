import { createHmac, randomBytes } from 'node:crypto';
import type { BlueGreenConfig } from '../options/config.js';
import { Conversations } from '../router/state/conversations.js';
import { Stamps } from '../router/state/stamp.js';
import type { LiveRouteTable } from '../routing/live-route-table.js';

/** Stamps what only its maker can read. `undefined` where that is off, or where there is but one maker. */
export function conversationsOf(config: BlueGreenConfig, table: LiveRouteTable): Conversations | undefined {
  const { conversationState, upstreams } = config;
  if (conversationState === 'pass' || upstreams.length < 2) return undefined;
  const secret = conversationState?.secret ?? derivedSecret(config);
  return new Conversations(new Stamps(typeof secret === 'string' ? [secret] : secret), table);
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
