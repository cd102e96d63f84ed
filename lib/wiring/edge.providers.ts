import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Clock, Random } from '../kit/clock.js';
import { BlueGreenHealthIndicator } from '../health/blue-green.health.js';
import { HealthMonitor } from '../health/health-monitor.js';
import { Shutdown } from '../health/shutdown.js';
import { Gateway } from '../http/gateway.js';
import { AccessKeys } from '../http/keys/access-keys.js';
import { SharedEndedSessions, type EndedSessions } from '../http/keys/ended-sessions.js';
import { KeyGate } from '../http/keys/key-gate.js';
import { KeyRates } from '../http/keys/key-rates.js';
import { Sessions } from '../http/keys/sessions.js';
import type { BlueGreenConfig } from '../options/config.js';
import { homeOf, type Primary } from '../primary/primary.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { Sender } from '../router/sender.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { RequestAssigner } from '../routing/request-assigner.js';
import { Telemetry } from '../telemetry/telemetry.js';
import type { KeysNeeded } from '../blue-green.module-definition.js';
import { CLOCK, CONFIG, KEYS_NEEDED, PRIMARY, RANDOM, REDIS, SESSION_SECRET } from '../tokens.js';
import { Upstreams } from '../upstream/upstreams.js';
import { OptionsError } from '../validation/validation-error.js';
import { built } from './built.js';
import { ownEndedSessions } from './own-homes.js';

/** The parts that others see: keys of callers, and health. */
export const EDGES: Provider[] = [
  { provide: AccessKeys, inject: [CONFIG, KEYS_NEEDED, CLOCK], useFactory: accessKeys },
  built(KeyRates, CLOCK),
  built(KeyGate, AccessKeys, KeyRates),
  built(Gateway, Sender, RequestAssigner, CLOCK),
  {
    provide: Sessions,
    inject: [CLOCK, SESSION_SECRET, CONFIG, REDIS, PRIMARY],
    useFactory: (
      clock: Clock,
      secret: Buffer | undefined,
      { journal }: BlueGreenConfig,
      redis?: RedisConnection,
      primary?: Primary,
    ) => {
      const ended =
        journal && redis
          ? new SharedEndedSessions(redis, journal.prefix, clock)
          : homeOf(primary)?.part<EndedSessions>('sessions', ['add', 'has']);
      return new Sessions(clock, secret, ended ?? ownEndedSessions(journal?.file, clock));
    },
  },
  {
    provide: HealthMonitor,
    inject: [LiveRouteTable, Telemetry, Upstreams, CONFIG, CLOCK, RANDOM],
    useFactory: (
      table: LiveRouteTable,
      telemetry: Telemetry,
      upstreams: Upstreams,
      { health }: BlueGreenConfig,
      clock: Clock,
      random: Random,
    ) => new HealthMonitor(table, telemetry, upstreams, health, clock, random),
  },
  {
    provide: Shutdown,
    inject: [CONFIG, Upstreams, HttpAdapterHost, CLOCK],
    useFactory: ({ shutdown }: BlueGreenConfig, upstreams: Upstreams, host: HttpAdapterHost, clock: Clock) =>
      new Shutdown(shutdown, upstreams, host, clock),
  },
  BlueGreenHealthIndicator,
];

/** @throws {OptionsError} when something that needs keys is on, and there are none. */
function accessKeys({ keys, keyLookup }: BlueGreenConfig, needed: KeysNeeded | undefined, clock: Clock): AccessKeys {
  const known = new AccessKeys(keys, keyLookup, clock);
  if (needed && known.isEmpty) {
    const scopes = needed.scopes.map((scope) => `'${scope}'`).join(', ');
    throw new OptionsError([
      {
        path: 'keys',
        value: 'nothing',
        message: `is missing, but the ${needed.by} needs it`,
        remedy: `Add one: keys: [{ name: 'ada', key: process.env.ADA_KEY, scopes: [${scopes}] }].`,
      },
    ]);
  }
  return known;
}
