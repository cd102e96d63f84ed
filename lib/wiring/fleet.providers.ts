import { randomUUID } from 'node:crypto';
import type { Provider } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import type { BlueGreenConfig } from '../options/config.js';
import { homeOf, type Primary } from '../primary/primary.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import type { FigureStore } from '../telemetry/figure-store.js';
import { RedisFigures } from '../telemetry/redis-figures.js';
import { Figures } from '../telemetry/figures.js';
import { FleetFigures } from '../telemetry/fleet-figures.js';
import { Openings } from '../telemetry/openings.js';
import { SharedWaits } from '../telemetry/shared-waits.js';
import { UnitClaims } from '../telemetry/unit-claims.js';
import { CLOCK, CONFIG, PRIMARY, REDIS } from '../tokens.js';
import { built } from './built.js';

/** Figures that replicas share. */
export const FLEET: Provider[] = [
  {
    provide: Figures,
    inject: [CONFIG, REDIS, PRIMARY],
    useFactory: ({ journal, upstreams }: BlueGreenConfig, redis?: RedisConnection, primary?: Primary) => {
      const isShared = redis !== undefined || homeOf(primary) !== undefined;
      const figures = new Figures(isShared ? new UnitClaims() : undefined, upstreams.length);
      // A rollout in a file outlives the figures of the process.
      if (journal?.file !== undefined) figures.era = randomUUID();
      return figures;
    },
  },
  {
    provide: SharedWaits,
    inject: [CLOCK, CONFIG],
    useFactory: (clock: Clock, { upstreams }: BlueGreenConfig) => new SharedWaits(clock, upstreams.length),
  },
  built(Openings, Figures, CLOCK),
  {
    // A process by itself is the whole fleet: there is nothing to exchange.
    provide: FleetFigures,
    inject: [CONFIG, Figures, SharedWaits, CLOCK, REDIS, PRIMARY],
    useFactory: (
      { telemetry, journal }: BlueGreenConfig,
      figures: Figures,
      waits: SharedWaits,
      clock: Clock,
      redis?: RedisConnection,
      primary?: Primary,
    ) => {
      const store = redis
        ? new RedisFigures(redis, { window: telemetry.window, prefix: journal?.prefix })
        : homeOf(primary)?.part<FigureStore>('figures', ['exchange']);
      return store && new FleetFigures({ figures, waits, store, clock });
    },
  },
];
