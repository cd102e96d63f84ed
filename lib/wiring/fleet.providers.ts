import type { Provider } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import type { BlueGreenConfig } from '../options/config.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { RedisFigures } from '../telemetry/redis-figures.js';
import { Figures } from '../telemetry/figures.js';
import { FleetFigures } from '../telemetry/fleet-figures.js';
import { Openings } from '../telemetry/openings.js';
import { SharedWaits } from '../telemetry/shared-waits.js';
import { UnitClaims } from '../telemetry/unit-claims.js';
import { CLOCK, CONFIG, REDIS } from '../tokens.js';
import { built } from './built.js';

/** Figures that replicas share. */
export const FLEET: Provider[] = [
  {
    provide: Figures,
    inject: [CONFIG, REDIS],
    useFactory: ({ upstreams }: BlueGreenConfig, redis: RedisConnection | undefined) =>
      new Figures(redis && new UnitClaims(), upstreams.length),
  },
  {
    provide: SharedWaits,
    inject: [CLOCK, CONFIG],
    useFactory: (clock: Clock, { upstreams }: BlueGreenConfig) => new SharedWaits(clock, upstreams.length),
  },
  built(Openings, Figures, CLOCK),
  {
    // Without Redis this process is the whole fleet: there is nothing to exchange.
    provide: FleetFigures,
    inject: [CONFIG, Figures, SharedWaits, CLOCK, REDIS],
    useFactory: (
      { telemetry, journal }: BlueGreenConfig,
      figures: Figures,
      waits: SharedWaits,
      clock: Clock,
      redis: RedisConnection | undefined,
    ) => {
      if (!redis) return undefined;
      const store = new RedisFigures(redis, { window: telemetry.window, prefix: journal?.prefix });
      return new FleetFigures({ figures, waits, store, clock });
    },
  },
];
