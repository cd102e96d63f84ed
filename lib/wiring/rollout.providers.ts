import type { Provider } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import { configureRoute } from '../domain/route-commands.js';
import type { Journal } from '../journal/journal.js';
import type { BlueGreenConfig } from '../options/config.js';
import { CanaryScheduler } from '../rollout/canary-scheduler.js';
import { RolloutCircumstances } from '../rollout/circumstances.js';
import { CommandBus } from '../rollout/command-bus.js';
import { PreflightService } from '../rollout/preflight.service.js';
import { RolloutDefaults } from '../rollout/rollout-defaults.js';
import { RolloutService } from '../rollout/rollout.service.js';
import { RouteAnalysis } from '../rollout/route-analysis.js';
import { SchedulerOptions } from '../rollout/scheduler-options.js';
import { SplitCheck } from '../rollout/split-check.js';
import { WarmUpRunner } from '../rollout/warm-up-runner.js';
import { VersionService } from '../rollout/version.service.js';
import { StateStore } from '../rollout/state-store.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { ShadowService } from '../shadow/shadow.service.js';
import { priceOf } from '../money/price-table.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { CLOCK, CONFIG, JOURNAL } from '../tokens.js';
import { Upstreams } from '../upstream/upstreams.js';

/** How the weights change. */
export const ROLLOUT: Provider[] = [
  {
    provide: StateStore,
    inject: [JOURNAL, LiveRouteTable, CONFIG, Upstreams],
    useFactory: async (journal: Journal, table: LiveRouteTable, { routes }: BlueGreenConfig, upstreams: Upstreams) => {
      const served = { route: (alias: string) => routes.has(alias), upstream: (id: string) => upstreams.has(id) };
      const store = new StateStore(journal, table, served);
      try {
        await store.start();
      } catch (error) {
        // No hook closes what has never begun: a connection would be tried again for ever.
        await journal.close();
        throw error;
      }
      return store;
    },
  },
  {
    // Brings the journal in line with the configuration before anybody can be given the bus.
    provide: CommandBus,
    inject: [JOURNAL, StateStore, CLOCK, CONFIG],
    useFactory: async (journal: Journal, store: StateStore, clock: Clock, { routes }: BlueGreenConfig) => {
      const bus = new CommandBus(journal, store, clock);
      const definitions = [...routes.values()].map(({ definition }) => definition);
      await bus.append(
        (state) => definitions.flatMap((definition) => configureRoute(definition, state.routes.get(definition.alias))),
        { actor: 'system', reason: 'configuration' },
      );
      return bus;
    },
  },
  {
    provide: RolloutDefaults,
    inject: [CONFIG, CLOCK],
    useFactory: ({ routes, splitCheck }: BlueGreenConfig, clock: Clock) => {
      const schedules = new Map([...routes].map(([alias, { rollout }]) => [alias, rollout]));
      return new RolloutDefaults(schedules, clock.now(), splitCheck);
    },
  },
  { provide: SchedulerOptions, inject: [CONFIG], useFactory: ({ scheduler }: BlueGreenConfig) => scheduler },
  {
    provide: PreflightService,
    inject: [Upstreams, CLOCK, CONFIG],
    useFactory: (upstreams: Upstreams, clock: Clock, { prices }: BlueGreenConfig) =>
      new PreflightService({ upstreams, clock, priceOf: priceOf(prices) }),
  },
  {
    provide: RolloutCircumstances,
    inject: [Telemetry, ShadowService, CONFIG],
    useFactory: (telemetry: Telemetry, shadow: ShadowService, { scheduler }: BlueGreenConfig) =>
      new RolloutCircumstances(telemetry, scheduler.monitorInterval, (alias) => shadow.stageFigures(alias)),
  },
  {
    provide: WarmUpRunner,
    inject: [Upstreams, CLOCK, CONFIG, CommandBus, StateStore, RolloutService],
    useFactory: (
      upstreams: Upstreams,
      clock: Clock,
      { prices }: BlueGreenConfig,
      bus: CommandBus,
      store: StateStore,
      rollouts: RolloutService,
    ) => new WarmUpRunner({ upstreams, clock, priceOf: priceOf(prices) }, bus, store, rollouts),
  },
  RouteAnalysis,
  RolloutService,
  VersionService,
  SplitCheck,
  CanaryScheduler,
];
