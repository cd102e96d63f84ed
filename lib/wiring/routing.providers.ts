import { createHmac } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import type { Clock, Random } from '../kit/clock.js';
import { AccessKeys } from '../http/keys/access-keys.js';
import { routeConfig, type BlueGreenConfig } from '../options/config.js';
import { ConversationPins } from '../routing/conversation-pins.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { RequestAssigner } from '../routing/request-assigner.js';
import { RoutingOptions } from '../routing/routing.options.js';
import { TrafficSplitGuard } from '../routing/traffic-split.guard.js';
import { TrafficSplitter } from '../routing/traffic-splitter.js';
import { CLOCK, CONFIG, RANDOM } from '../tokens.js';
import { built } from './built.js';

/** Which environment a request goes to. */
export const ROUTING: Provider[] = [
  LiveRouteTable,
  {
    provide: TrafficSplitter,
    inject: [LiveRouteTable, RANDOM, CONFIG, CLOCK],
    useFactory: (table: LiveRouteTable, random: Random, config: BlueGreenConfig, clock: Clock) => {
      const pins = pinsByRoute(config, clock);
      return new TrafficSplitter(table, random, (alias) => pins.get(alias));
    },
  },
  {
    provide: RoutingOptions,
    inject: [CONFIG, AccessKeys],
    useFactory: routingOptions,
  },
  built(RequestAssigner, TrafficSplitter, LiveRouteTable, RoutingOptions),
  TrafficSplitGuard,
];

function routingOptions(config: BlueGreenConfig, keys: AccessKeys): RoutingOptions {
  const [first, ...others] = config.routes.keys();
  return {
    stickiness: (alias) => routeConfig(config, alias).stickiness,
    mayForce:
      config.mayForce ??
      (async (request, environment) => (await keys.callerOf(request))?.environments.includes(environment) ?? false),
    cookieSecret: secretOf(config),
    defaultRoute: others.length === 0 ? first : undefined,
    extras: (alias) => {
      const { shadow, conversationPins } = routeConfig(config, alias);
      return { shadowTo: shadow.to, conversationHeader: conversationPins?.header };
    },
  };
}

function pinsByRoute({ routes }: BlueGreenConfig, clock: Clock): ReadonlyMap<string, ConversationPins> {
  const pinning = [...routes].flatMap(([alias, { conversationPins: options }]) =>
    options ? [{ alias, options }] : [],
  );
  return new Map(pinning.map(({ alias, options }) => [alias, new ConversationPins(options, clock)]));
}

/** The same on every replica; only those who know the keys can make it. */
function secretOf({ keys }: BlueGreenConfig): string | undefined {
  if (keys.length === 0) return undefined;
  const hmac = createHmac('sha256', 'nestjs-blue-green sticky cookie');
  for (const { key, hash } of keys) hmac.update(`${key ?? ''} ${hash ?? ''} `);
  return hmac.digest('hex');
}
