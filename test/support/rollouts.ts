import type { CostCheck } from '../../lib/upstream/prepared-call.js';
import { Logger } from '@nestjs/common';
import type { ModuleRef } from '@nestjs/core';
import {
  MemoryJournal,
  RolloutService,
  Telemetry,
  type Journal,
  type JournalEntry,
  type Observation,
} from 'nestjs-blue-green';
import { configureRoute } from '../../lib/domain/route-commands.js';
import { CanaryScheduler } from '../../lib/rollout/canary-scheduler.js';
import { Leadership } from '../../lib/rollout/leadership.js';
import { soleLease } from '../../lib/rollout/lease.js';
import { CircumstanceTracker } from '../../lib/rollout/circumstance-tracker.js';
import { CommandBus } from '../../lib/rollout/command-bus.js';
import { DEFAULT_ROLLOUT, overlay, parseRollout } from '../../lib/schedule/plan-schema.js';
import { PreflightService } from '../../lib/rollout/preflight.service.js';
import type { RolloutInput } from '../../lib/schedule/rollout-input.js';
import { Foresights } from '../../lib/rollout/foresights.js';
import { LocalProtection } from '../../lib/rollout/local-protection.js';
import { Rollbacks } from '../../lib/rollout/rollbacks.js';
import { RolloutStarter } from '../../lib/rollout/rollout-starter.js';
import { RouteChecks } from '../../lib/rollout/route-checks.js';
import { RouteReader } from '../../lib/rollout/route-reader.js';
import { RouteAnalysis } from '../../lib/rollout/route-analysis.js';
import { RolloutDefaults } from '../../lib/rollout/rollout-defaults.js';
import { SplitCheck } from '../../lib/rollout/split-check.js';
import { StageTimer } from '../../lib/rollout/stage-timer.js';
import { StateStore } from '../../lib/rollout/state-store.js';
import { WarmUpRunner } from '../../lib/rollout/warm-up-runner.js';
import type { PreflightReport } from '../../lib/domain/readiness.js';
import type { FleetFigures } from '../../lib/telemetry/fleet-figures.js';
import { VersionHistory } from '../../lib/telemetry/version-history.js';
import { Upstreams } from '../../lib/upstream/upstreams.js';
import { LiveRouteTable } from '../../lib/routing/live-route-table.js';
import { FakeClock } from './fake-clock.js';
import { happened, observation } from './observations.js';
import { seededRandom } from './seeded-random.js';

Logger.overrideLogger(false);

export const MINUTE = 60_000;

export const SCHEDULE = {
  steps: [5, 25, 50, 100].map((setWeight) => ({ setWeight, duration: 10 * MINUTE })),
  gates: [{ name: 'errors', kind: 'errorRate', max: 0.05, minSampleSize: 20 }],
  finalBakeTime: 10 * MINUTE,
} satisfies RolloutInput;

export interface ReplicaOptions {
  readonly journal?: Journal;
  readonly clock?: FakeClock;
  readonly schedule?: RolloutInput;
  readonly routes?: readonly string[];
  readonly telemetry?: Telemetry;
  /** Default: this process is the fleet. */
  readonly fleet?: FleetFigures;
}

/** One process as far as rollouts go: store, service and job over a journal, with traffic made by hand. */
export class Replica {
  readonly entries: JournalEntry[] = [];

  private constructor(
    readonly clock: FakeClock,
    readonly store: StateStore,
    readonly rollouts: RolloutService,
    readonly scheduler: CanaryScheduler,
    readonly telemetry: Telemetry,
    readonly table: LiveRouteTable,
    readonly splits: SplitCheck,
    readonly protection: LocalProtection,
  ) {
    this.rollouts.events$.subscribe((entry) => this.entries.push(entry));
  }

  static async start({
    journal = new MemoryJournal(),
    clock = new FakeClock(),
    schedule = SCHEDULE,
    routes = ['chat'],
    telemetry = new Telemetry(5 * MINUTE),
    fleet,
  }: ReplicaOptions = {}): Promise<Replica> {
    const table = new LiveRouteTable();
    const store = new StateStore(journal, table);
    await store.start();
    const bus = new CommandBus(journal, store, clock);
    await bus.append((state) => routes.flatMap((alias) => configureRoute(definition(alias), state.routes.get(alias))));
    const configured = overlay(DEFAULT_ROLLOUT, parseRollout(schedule));
    const defaults = new RolloutDefaults(new Map(routes.map((alias) => [alias, configured])), clock.now());
    const timer = new StageTimer(store, clock);
    const openings = { lastAt: () => undefined };
    const sources = { telemetry, interval: 30_000, shadowOf: () => undefined, openings, timer, clock };
    const circumstances = new CircumstanceTracker(sources);
    const analysis = new RouteAnalysis(store, telemetry, defaults, circumstances, timer, clock, fleet);
    const deps = {
      upstreams: new Upstreams([]),
      clock,
      checkCost: ((_version, _dialect, body) => body) satisfies CostCheck,
    };
    const preflights = new FitForAll(deps, { refusedBy: () => undefined });
    const random = seededRandom(1);
    const history = new VersionHistory();
    telemetry.onObservation((seen) => history.see(seen));
    const foresights = new Foresights(history, clock);
    const rollbacks = new Rollbacks(bus, store, table);
    const starter = new RolloutStarter(bus, store, defaults, preflights, random, foresights);
    const reader = new RouteReader(store, telemetry, defaults, analysis, clock, fleet);
    const rollouts = new RolloutService(bus, store, starter, rollbacks, reader, 'production');
    // The registry is the app's; a registry of nothing lets the job listen without a timer of its own.
    const registry = {
      doesExist: () => false,
      addInterval: (_name: string, job: NodeJS.Timeout) => clearInterval(job),
    };
    const moduleRef = { get: () => registry };
    const leadership = new Leadership(soleLease, undefined);
    const options = { enabled: true, monitorInterval: 30_000 };
    const protection = new LocalProtection(store, rollbacks, clock, journal.connection);
    const splits = new SplitCheck(store, protection, analysis, leadership, clock);
    const warmUps = new WarmUpRunner(deps, bus, store, rollbacks);
    const checks = new RouteChecks(store, bus, rollbacks, analysis, leadership, warmUps, splits, protection, clock);
    const ref = moduleRef as unknown as ModuleRef;
    const scheduler = new CanaryScheduler(ref, options, store, telemetry, analysis, leadership, checks);
    await scheduler.onApplicationBootstrap();
    return new Replica(clock, store, rollouts, scheduler, telemetry, table, splits, protection);
  }

  get phase(): string | undefined {
    return this.rollouts.status('chat').rollout?.phase.name;
  }

  /** Weight of green. */
  get weight(): number {
    return this.rollouts.status('chat').weights['green'] ?? 0;
  }

  /** Names of what has happened since the start. */
  get history(): readonly string[] {
    return this.entries.map(({ type }) => type);
  }

  /** Requests that end now, under the weights that are live. Blue answers those that green fails. */
  traffic(environment: 'blue' | 'green', count: number, different: Partial<Observation> = {}): void {
    const { epoch, segment, onTrial } = this.table.current.get(different.route ?? 'chat');
    const version = environment === 'green' ? 'v2' : 'v1';
    const answeredBy = { environment: 'blue', version: 'v1' };
    const rescued = environment === 'green' && different.outcome ? { answeredBy, attempts: 2 } : {};
    const placed = { environment, version, epoch, segment, onTrial };
    const seen = observation({ ...placed, at: this.clock.now(), ...rescued, ...different });
    for (let n = 0; n < count; n++) happened(this.telemetry, seen);
  }

  /** Ten healthy minutes: enough requests on both sides. */
  async healthyStep(): Promise<void> {
    this.traffic('green', 30);
    this.traffic('blue', 30);
    this.clock.advance(10 * MINUTE);
    await this.scheduler.tick();
  }

  stop(): void {
    void this.scheduler.beforeApplicationShutdown();
    this.store.stop();
  }
}

/** Nobody is asked: these environments are nowhere. */
class FitForAll extends PreflightService {
  override check(): Promise<PreflightReport> {
    return Promise.resolve({ status: 'healthy', canDeploy: true, checks: [] });
  }
}

/** Lets what was queued for this turn of the event loop happen. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function definition(alias: string) {
  const environment = (name: string, tag: string) => ({
    displayName: name,
    version: { tag, model: `${name}-model`, upstream: `${alias}/${name}` },
  });
  return {
    alias,
    environments: { blue: environment('blue', 'v1'), green: environment('green', 'v2') },
    weights: { blue: 100, green: 0 },
    active: 'blue',
    fallback: [],
  };
}
