import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { Decision } from '../analysis/decide.js';
import { advanceRollout, endPause, pauseRollout } from '../domain/rollout-commands.js';
import { RevisionConflictError } from '../domain/errors.js';
import { countsAgainstArm } from '../domain/outcome.js';
import { runningRollout } from '../domain/state.js';
import { FleetFigures } from '../telemetry/fleet-figures.js';
import type { Verdict } from '../telemetry/observation.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { RolloutCircumstances } from './circumstances.js';
import { Leadership } from './leadership.js';
import { CommandBus, MAX_CONFLICTS } from './command-bus.js';
import { RolloutService } from './rollout.service.js';
import { RouteAnalysis, type Examined } from './route-analysis.js';
import { ImportedTwiceError, NoSchedulerError } from './scheduler-errors.js';
import { SchedulerOptions } from './scheduler-options.js';
import { SplitCheck } from './split-check.js';
import { StateStore } from './state-store.js';
import { WarmUpRunner } from './warm-up-runner.js';
import type { Clock } from '../domain/clock.js';
import { CLOCK } from '../tokens.js';

/** Name of the job in the app's `SchedulerRegistry`. */
export const CANARY_JOB = 'blue-green:canary';

/**
 * The scheduled job. At every interval, and at once when the environment on trial fails, it reads the gates and
 * does what they say. Ticking twice, late, or on two replicas has the outcome of one tick: each command carries the
 * revision it was decided on.
 */
@Injectable()
export class CanaryScheduler implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger(CanaryScheduler.name);
  /** Routes with a check queued for the end of this turn of the event loop. */
  readonly #queued = new Set<string>();
  /** Checks run one after the other: side by side they would only take the revision from each other. */
  #last: Promise<void> = Promise.resolve();
  /** Routes whose check waits for its turn: however long one takes, no more than one each. */
  readonly #waiting = new Map<string, Promise<void>>();
  #unsubscribe: () => void = () => {};

  constructor(
    private readonly moduleRef: ModuleRef,
    private readonly rollouts: RolloutService,
    private readonly analysis: RouteAnalysis,
    private readonly bus: CommandBus,
    private readonly store: StateStore,
    private readonly telemetry: Telemetry,
    private readonly leadership: Leadership,
    @Inject(SchedulerOptions) private readonly options: SchedulerOptions,
    private readonly warmUps: WarmUpRunner,
    private readonly circumstances: RolloutCircumstances,
    private readonly splits: SplitCheck,
    @Inject(CLOCK) private readonly clock: Clock,
    @Optional() @Inject(FleetFigures) private readonly fleet?: FleetFigures,
  ) {}

  /** @throws {NoSchedulerError} {@link ImportedTwiceError} */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.options.enabled) return;
    const registry = this.#registry();
    if (registry.doesExist('interval', CANARY_JOB)) throw new ImportedTwiceError();
    registry.addInterval(
      CANARY_JOB,
      setInterval(() => void this.tick(), this.options.monitorInterval),
    );
    const lookAt = ({ route, environment, outcome }: Verdict): void => {
      if (countsAgainstArm(outcome)) this.#onEvidence(route, environment);
    };
    const stops = [
      this.telemetry.onVerdict(lookAt),
      // By then it is known who could answer in its place.
      this.telemetry.onObservation(lookAt),
      this.telemetry.onOutgrown(({ route, environment }) => this.#onEvidence(route, environment)),
    ];
    const ages = this.rollouts.events$.subscribe(({ route }) => {
      if (route === undefined) return;
      this.analysis.limitAges(route);
      // A warm-up need not wait for the next interval: nobody's traffic depends on it.
      if (this.leadership.leads && this.#isWarming(route)) void this.tickRoute(route);
    });
    for (const alias of this.rollouts.routes) this.analysis.limitAges(alias);
    this.#unsubscribe = () => {
      ages.unsubscribe();
      for (const stop of stops) stop();
    };
    await this.leadership.start(() => void this.tick());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#unsubscribe();
    this.warmUps.stop();
    await this.leadership.stop();
  }

  /**
   * Reads the gates of every running rollout and acts on them, when this replica is the one that does. Never rejects:
   * what goes wrong is logged.
   */
  async tick(): Promise<void> {
    for (const alias of this.rollouts.routes) this.analysis.limitAges(alias);
    if (!this.leadership.leads) return;
    await Promise.all(this.rollouts.routes.map((alias) => this.tickRoute(alias)));
  }

  /** The same for one route, on whatever replica. A check that has not begun yet is everybody's. */
  tickRoute(alias: string): Promise<void> {
    const waiting = this.#waiting.get(alias);
    if (waiting) return waiting;
    this.#last = this.#last.then(() => {
      this.#waiting.delete(alias);
      return this.#check(alias);
    });
    this.#waiting.set(alias, this.#last);
    return this.#last;
  }

  async #check(alias: string): Promise<void> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        await this.#act(alias);
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflictError) || conflicts >= MAX_CONFLICTS) {
          this.#logger.error(`The check of route "${alias}" failed: ${String(error)}`, stackOf(error));
          return;
        }
        // Somebody else was quicker: look again at what is there now.
        await this.store.reached(error.actualRevision);
      }
    }
  }

  async #act(alias: string): Promise<void> {
    const expectedRevision = this.rollouts.revision;
    const route = this.store.find(alias);
    const rollout = route && runningRollout(route);
    if (!rollout) {
      await this.splits.run(alias, expectedRevision);
      return;
    }
    if (rollout.phase.name === 'Aborting') {
      // A rollback whose end was never recorded.
      await this.rollouts.rollback(alias, { actor: 'system', reason: rollout.phase.reason });
      return;
    }
    const examined = await this.#examine(alias);
    if (!examined) return;
    const { finding: decision, basis } = examined;
    const couldRead = decision.gates.every(({ verdict }) => verdict !== 'error');
    this.circumstances.checked(alias, rollout.id, couldRead, this.clock.now());
    if (decision.action === 'hold') {
      if (rollout.phase.name === 'Warming' && this.leadership.leads) this.warmUps.begin(route, rollout);
      return;
    }

    const { reason, gates: evidence } = decision;
    const info = { actor: 'system', reason, evidence, basis: basis(), expectedRevision };
    const subject = `Route "${alias}", "${rollout.from}" → "${rollout.to}"`;
    switch (decision.action) {
      case 'rollback':
        await this.rollouts.rollback(alias, info);
        break;
      case 'advance': {
        const { weights, rollout: after } = await this.bus.execute(alias, advanceRollout, info);
        this.#logger.log(`${subject}: ${after?.phase.name}, ${weights[rollout.to]} %. ${decision.reason}`);
        break;
      }
      case 'awaitApproval':
        await this.bus.execute(alias, pauseRollout('AwaitingApproval'), info);
        break;
      case 'pause':
        await this.bus.execute(alias, pauseRollout(decision.cause!), info);
        break;
      case 'resume':
        await this.bus.execute(alias, endPause(decision.cause!), info);
        this.#logger.log(`${subject}: goes on, ${decision.reason}`);
    }
  }

  /**
   * Whom another replica has counted too is no second piece of evidence: the fleet is asked before anything is done.
   */
  async #examine(alias: string): Promise<Examined<Decision> | undefined> {
    const examined = this.analysis.decision(alias);
    if (!examined || examined.finding.action === 'hold' || !this.fleet?.hasClaims) return examined;
    await this.fleet.exchange();
    return this.analysis.decision(alias);
  }

  /** On the request path: notes that a check is due and leaves. A storm of them is one check per turn. */
  #onEvidence(alias: string, environment: string): void {
    const route = this.store.find(alias);
    if (!route || !this.analysis.isWatched(route, environment) || this.#queued.has(alias)) return;
    this.#queued.add(alias);
    setImmediate(() => {
      this.#queued.delete(alias);
      void this.tickRoute(alias);
    });
  }

  #isWarming(alias: string): boolean {
    return this.store.find(alias)?.rollout?.phase.name === 'Warming';
  }

  #registry(): SchedulerRegistry {
    try {
      return this.moduleRef.get(SchedulerRegistry, { strict: false });
    } catch {
      throw new NoSchedulerError();
    }
  }
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
