import { Logger, type Provider } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import { routeConfig, type BlueGreenConfig } from '../options/config.js';
import { Breakers } from '../router/breakers.js';
import { TokenCounter } from '../router/count-tokens.js';
import { Conversations } from '../router/state/conversations.js';
import { StoredResponses } from '../router/stored-responses.js';
import { WarningBook } from '../router/warning-book.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { CLOCK, CONFIG, JOURNAL } from '../tokens.js';
import { RequestShapes } from '../upstream/request-shapes.js';
import { Upstreams } from '../upstream/upstreams.js';
import { conversationsOf } from './conversations.js';

/** Knowledge about requests beside their text: who can read their state, and which features callers use. */
export const CONVERSATIONS: Provider[] = [
  {
    provide: RequestShapes,
    inject: [Upstreams, CLOCK],
    useFactory: (upstreams: Upstreams, clock: Clock) => new RequestShapes(upstreams, clock),
  },
  {
    provide: WarningBook,
    useFactory: () => {
      const logger = new Logger(WarningBook.name);
      return new WarningBook((sentence) => logger.warn(sentence));
    },
  },
  {
    provide: Conversations,
    inject: [CONFIG, LiveRouteTable, JOURNAL, Breakers],
    useFactory: conversationsOf,
  },
  {
    provide: TokenCounter,
    inject: [Upstreams, CLOCK, Conversations],
    useFactory: (upstreams: Upstreams, clock: Clock, conversations: Conversations) =>
      new TokenCounter({ upstreams, clock, conversations }),
  },
  {
    provide: StoredResponses,
    inject: [Conversations, LiveRouteTable, Upstreams, CLOCK, CONFIG],
    useFactory: (
      conversations: Conversations,
      table: LiveRouteTable,
      upstreams: Upstreams,
      clock: Clock,
      config: BlueGreenConfig,
    ) => {
      const policyOf = (alias: string) => routeConfig(config, alias).sending;
      return new StoredResponses(conversations, table, { upstreams, clock, policyOf });
    },
  },
];
