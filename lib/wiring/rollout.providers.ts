import type { Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Clock } from '../kit/clock.js';
import type { Journal } from '../journal/journal.js';
import type { BlueGreenConfig } from '../options/config.js';
import { Boot } from '../rollout/boot.js';
import { CanaryScheduler } from '../rollout/canary-scheduler.js';
import { CircumstanceTracker } from '../rollout/circumstance-tracker.js';
import { CommandBus } from '../rollout/command-bus.js';
import { Foresights } from '../rollout/foresights.js';
import { Leadership } from '../rollout/leadership.js';
import { LocalProtection } from '../rollout/local-protection.js';
import { PreflightService } from '../rollout/preflight.service.js';
import { Rollbacks } from '../rollout/rollbacks.js';
import { RolloutDefaults } from '../rollout/rollout-defaults.js';
import { RolloutService } from '../rollout/rollout.service.js';
import { RolloutStarter } from '../rollout/rollout-starter.js';
import { RouteAnalysis } from '../rollout/route-analysis.js';
import { RouteChecks } from '../rollout/route-checks.js';
import { RouteReader } from '../rollout/route-reader.js';
import { SplitCheck } from '../rollout/split-check.js';
import { UpstreamPrints } from '../rollout/upstream-prints.js';
import { WarmUpRunner } from '../rollout/warm-up-runner.js';
import { VersionService } from '../rollout/version.service.js';
import { StageTimer } from '../rollout/stage-timer.js';
import { StateStore } from '../rollout/state-store.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { ShadowService } from '../shadow/shadow.service.js';
import { costSense } from '../money/cost-fit.js';
import { costCheck } from '../money/cost-limit.js';
import { priceAt } from '../money/price-table.js';
import { Figures } from '../telemetry/figures.js';
import { FleetFigures } from '../telemetry/fleet-figures.js';
import { Openings } from '../telemetry/openings.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { VersionHistory } from '../telemetry/version-history.js';
import { CLOCK, CONFIG, JOURNAL, RANDOM } from '../tokens.js';
import { RequestShapes } from '../upstream/request-shapes.js';
import { Upstreams } from '../upstream/upstreams.js';
import { built } from './built.js';
import { START_REPORT } from './start-report.js';

/** Absent where replicas share no figures. */
const FLEET = { token: FleetFigures, optional: true };

/** How the weights change. */
export const ROLLOUT: Provider[] = [
  {
    provide: UpstreamPrints,
    inject: [JOURNAL, CONFIG],
    useFactory: (journal: Journal, { upstreams }: BlueGreenConfig) =>
      closedOnFailure(journal, () => UpstreamPrints.of(journal, upstreams)),
  },
  {
    provide: StateStore,
    inject: [JOURNAL, LiveRouteTable, CONFIG, Upstreams, UpstreamPrints],
    useFactory: async (
      journal: Journal,
      table: LiveRouteTable,
      { routes }: BlueGreenConfig,
      upstreams: Upstreams,
      prints: UpstreamPrints,
    ) => {
      const store = new StateStore(journal, table, {
        route: (alias) => routes.has(alias),
        upstream: (id) => upstreams.has(id),
        address: (id) => prints.of(id),
      });
      await closedOnFailure(journal, () => store.start());
      return store;
    },
  },
  built(Boot),
  {
    // Brings the journal in line with the configuration before anybody can be given the bus.
    provide: CommandBus,
    inject: [JOURNAL, StateStore, CLOCK, CONFIG, Figures, UpstreamPrints, Boot],
    useFactory: async (
      journal: Journal,
      store: StateStore,
      clock: Clock,
      { routes }: BlueGreenConfig,
      figures: Figures,
      prints: UpstreamPrints,
      boot: Boot,
    ) => {
      const bus = new CommandBus(journal, store, clock, figures);
      const definitions = [...routes.values()].map(({ definition }) => prints.named(definition));
      await boot.configure(bus, store, definitions);
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
  {
    provide: PreflightService,
    inject: [Upstreams, CLOCK, CONFIG, RequestShapes],
    useFactory: (upstreams: Upstreams, clock: Clock, config: BlueGreenConfig, shapes: RequestShapes) => {
      const checkCost = costCheck(priceAt(config.prices, config.upstreams));
      return new PreflightService({ upstreams, clock, checkCost }, shapes);
    },
  },
  {
    provide: CircumstanceTracker,
    inject: [Telemetry, ShadowService, Openings, StageTimer, CLOCK, CONFIG],
    useFactory: (
      telemetry: Telemetry,
      shadow: ShadowService,
      openings: Openings,
      timer: StageTimer,
      clock: Clock,
      { scheduler: { monitorInterval: interval } }: BlueGreenConfig,
    ) => {
      const shadowOf = (alias: string) => shadow.stageFigures(alias);
      return new CircumstanceTracker({ telemetry, interval, shadowOf, openings, timer, clock });
    },
  },
  built(StageTimer, StateStore, CLOCK, Figures),
  built(RouteAnalysis, StateStore, Telemetry, RolloutDefaults, CircumstanceTracker, StageTimer, CLOCK, FLEET),
  built(Rollbacks, CommandBus, StateStore, LiveRouteTable),
  built(RouteReader, StateStore, Telemetry, RolloutDefaults, RouteAnalysis, CLOCK, FLEET),
  {
    provide: RolloutService,
    inject: [CommandBus, StateStore, RolloutStarter, Rollbacks, RouteReader, CONFIG],
    useFactory: (
      bus: CommandBus,
      store: StateStore,
      starter: RolloutStarter,
      rollbacks: Rollbacks,
      reader: RouteReader,
      { deployment }: BlueGreenConfig,
    ) => new RolloutService(bus, store, starter, rollbacks, reader, deployment),
  },
  built(RolloutStarter, CommandBus, StateStore, RolloutDefaults, PreflightService, RANDOM, Foresights),
  START_REPORT,
  built(Foresights, VersionHistory, CLOCK),
  {
    provide: VersionService,
    inject: [CommandBus, StateStore, Upstreams, CONFIG],
    useFactory: (
      bus: CommandBus,
      store: StateStore,
      upstreams: Upstreams,
      { prices, upstreams: configured }: BlueGreenConfig,
    ) => new VersionService(bus, store, upstreams, costSense(priceAt(prices, configured))),
  },
  {
    provide: LocalProtection,
    inject: [StateStore, Rollbacks, CLOCK, JOURNAL],
    useFactory: (store: StateStore, rollbacks: Rollbacks, clock: Clock, { connection }: Journal) =>
      new LocalProtection(store, rollbacks, clock, connection),
  },
  built(SplitCheck, StateStore, LocalProtection, RouteAnalysis, Leadership, CLOCK),
  {
    provide: WarmUpRunner,
    inject: [Upstreams, CLOCK, CONFIG, CommandBus, StateStore, Rollbacks],
    useFactory: (
      upstreams: Upstreams,
      clock: Clock,
      config: BlueGreenConfig,
      bus: CommandBus,
      store: StateStore,
      rollbacks: Rollbacks,
    ) =>
      new WarmUpRunner(
        { upstreams, clock, checkCost: costCheck(priceAt(config.prices, config.upstreams)) },
        bus,
        store,
        rollbacks,
      ),
  },
  built(
    RouteChecks,
    StateStore,
    CommandBus,
    Rollbacks,
    RouteAnalysis,
    Leadership,
    WarmUpRunner,
    SplitCheck,
    LocalProtection,
    CLOCK,
  ),
  {
    provide: CanaryScheduler,
    inject: [ModuleRef, CONFIG, StateStore, Telemetry, RouteAnalysis, Leadership, RouteChecks],
    useFactory: (
      moduleRef: ModuleRef,
      { scheduler }: BlueGreenConfig,
      store: StateStore,
      telemetry: Telemetry,
      analysis: RouteAnalysis,
      leadership: Leadership,
      checks: RouteChecks,
    ) => new CanaryScheduler(moduleRef, scheduler, store, telemetry, analysis, leadership, checks),
  },
];

/** No hook closes what has never begun: a connection would be tried again for ever. */
async function closedOnFailure<T>(journal: Journal, begin: () => Promise<T>): Promise<T> {
  try {
    return await begin();
  } catch (error) {
    await journal.close();
    throw error;
  }
}
