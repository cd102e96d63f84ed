import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Optional } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { Decision } from '../analysis/decide.js';
import type { Clock, Random } from '../domain/clock.js';
import { assertEnvironment, type Command } from '../domain/command.js';
import { inTurn, outcomeOf } from '../domain/in-turn.js';
import * as commands from '../domain/rollout-commands.js';
import { RolloutStateError } from '../domain/errors.js';
import type { JournalEntry } from '../domain/events.js';
import { changeSettings, restoreRoute, setTrafficWeights, shiftTraffic } from '../domain/route-commands.js';
import { revertSplit } from '../domain/split-commands.js';
import type { HealthCheck, RouteSettings, RouteState } from '../domain/state.js';
import type { Weights } from '../domain/weights.js';
import type { PreflightReport } from '../domain/readiness.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { slotOf } from '../routing/route-table.js';
import { FleetFigures } from '../telemetry/fleet-figures.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { CommandBus, type CommandInfo } from './command-bus.js';
import { closed, overlay, parseRollout } from './plan-schema.js';
import { PreflightError, PreflightService } from './preflight.service.js';
import { RolloutDefaults } from './rollout-defaults.js';
import type { RolloutInput } from './rollout-input.js';
import { RouteAnalysis } from './route-analysis.js';
import { statusOf, type RouteStatus } from './route-status.js';
import { StateStore } from './state-store.js';
import { CLOCK, RANDOM } from '../tokens.js';
import { ValidationError } from '../validation/validation-error.js';

/** What may be different from the configured schedule for one rollout. */
export interface StartOptions extends CommandInfo {
  /** Parts of the schedule; those left out are as configured. */
  readonly schedule?: RolloutInput | undefined;
  /**
   * Goes into the hash of sticky units. Default: the route's where the environment has traffic already, else a new one.
   */
  readonly seed?: string | undefined;
  /**
   * Start although pre-flight has found the environment unfit. Needs a `reason`; both are recorded. Default `false`.
   */
  readonly force?: boolean | undefined;
}

/** What a rollback may be told beside who wants it, and why. */
export interface RollbackOptions extends CommandInfo {
  /**
   * Where a split goes that no rollout walks: to the live environment, the default, or who was live before people moved
   * it all.
   */
  readonly to?: string | undefined;
}

/**
 * Everything that can be asked of a route. Every change is an entry in the journal with its actor, its reason and
 * its figures; it is live in this process when the returned promise resolves.
 *
 * @example
 * ```ts
 * await rollouts.start('support-chat', { actor: 'ada', reason: 'new prompt' });
 * rollouts.events$.subscribe(({ type, reason }) => logger.log(`${type}: ${reason}`));
 * ```
 */
@Injectable()
export class RolloutService {
  constructor(
    private readonly bus: CommandBus,
    private readonly store: StateStore,
    private readonly table: LiveRouteTable,
    private readonly telemetry: Telemetry,
    private readonly defaults: RolloutDefaults,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(RANDOM) private readonly random: Random,
    private readonly preflights: PreflightService,
    private readonly analysis: RouteAnalysis,
    @Optional() @Inject(FleetFigures) private readonly fleet?: FleetFigures,
  ) {}

  /** Every journal entry from now on, as it becomes live. Completes when the app shuts down. */
  get events$(): Observable<JournalEntry> {
    return this.store.entries$;
  }

  /** Revision of the state that is live here: what a command may be tied to. */
  get revision(): number {
    return this.store.state.revision;
  }

  /** Aliases of all routes that this process is configured for. */
  get routes(): string[] {
    return this.store.routes.map(({ alias }) => alias);
  }

  /**
   * Looks at the environment that is to be tried and, when it is fit, begins a rollout: with its warm-up, its shadow
   * stage or its first step.
   *
   * @param before what is to become of the route first: both happen, or neither.
   * @throws {UnknownRouteError} {@link UnknownEnvironmentError}
   * @throws {RolloutStateError} when one is running already or there is nothing to try.
   * @throws {ValidationError} when the schedule is wrong, or force has no reason; it lists every problem.
   * @throws {PreflightError} when the environment is not fit; it has the report.
   */
  async start(alias: string, options: StartOptions = {}, before: Command = () => []): Promise<RouteState> {
    const { schedule = {}, seed, force = false, ...info } = options;
    if (force && !info.reason) {
      throw new ValidationError('The rollout cannot start by force', [
        { path: 'reason', value: 'nothing', message: 'is missing', remedy: 'Say why: it is recorded.' },
      ]);
    }
    const { to, plan, preflight } = overlay(this.defaults.of(alias), parseRollout(schedule));
    const request = {
      rolloutId: randomUUID(),
      seed: seed ?? String(this.random()),
      keepSeed: seed === undefined,
      to,
      plan: closed(plan),
    };
    // What is refused anyway should be refused before anybody is asked.
    const route = outcomeOf(before, this.store.route(alias));
    const [started] = commands.startRollout(request)(route);
    if (!preflight.enabled || started?.type !== 'RolloutStarted') {
      return this.bus.execute(alias, inTurn(before, commands.startRollout(request)), { reason: 'start', ...info });
    }
    const { version } = route.environments[started.to]!;
    const report = await this.preflights.check(version, preflight.timeout);
    if (!report.canDeploy && !force) throw new PreflightError(alias, started.to, report);
    const record = report.canDeploy ? report : { ...report, forced: true as const };
    const command = commands.startRollout({ ...request, to: started.to, preflight: record });
    return this.bus.execute(alias, inTurn(before, command), { reason: 'start', ...info });
  }

  /**
   * Whether an environment is fit to be tried: can be reached, takes the key, has the model. Asks it, and changes
   * nothing.
   *
   * @param environment default: the one that `start()` would try.
   * @throws {UnknownRouteError} {@link UnknownEnvironmentError} {@link RolloutStateError}
   */
  preflight(alias: string, environment?: string): Promise<PreflightReport> {
    const { to, preflight } = this.defaults.of(alias);
    const route = this.store.route(alias);
    const name = environment ?? to ?? commands.targetOf(route);
    assertEnvironment(route, name);
    return this.preflights.check(route.environments[name]!.version, preflight.timeout);
  }

  /** Stops the schedule where it is; traffic goes on at the current weights, and a failing gate still reverts. */
  pause(alias: string, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, commands.pauseRollout('Manual'), { reason: 'pause', ...info });
  }

  /** Goes on with the schedule. Time spent paused does not count towards the step. */
  resume(alias: string, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, commands.resumeRollout, { reason: 'resume', ...info });
  }

  /** Lets a step that waits for approval go on; given early, it holds for the current step. */
  approve(alias: string, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, commands.approveStep, { reason: 'approve', ...info });
  }

  /**
   * Ends the rollout with success now, whatever its schedule says. Where none is running, the environment that was
   * given a share by hand takes what the live one has, and is live.
   *
   * @throws {RolloutStateError} when nothing is on trial.
   */
  promote(alias: string, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, commands.promoteRollout, { reason: 'promote', ...info });
  }

  /**
   * Takes all traffic back, now. Works in every state and may be called twice; after a success it returns to the
   * environment that stands by. A split that was set by hand goes back to the live environment, or where `to` says.
   * Requests and streams under way finish where they are.
   *
   * @throws {RolloutStateError} when there is nothing to take back and never was a rollout; when `to` is given while
   * one is running; when the weight could not be read back as zero.
   */
  async rollback(alias: string, { to, ...info }: RollbackOptions = {}): Promise<RouteState> {
    const withReason = { reason: 'rollback', ...info };
    const command = to === undefined ? commands.rollbackRollout : revertSplit(to);
    const { rollout } = await this.bus.execute(alias, command, withReason);
    // What another replica has ended meanwhile may have new weights already, and they are nobody's failure.
    const isOpen = rollout?.phase.name === 'Aborting';
    const left = isOpen ? slotOf(this.table.current.get(alias), rollout.to).weight : 0;
    if (left > 0) {
      throw new RolloutStateError(
        `"${rollout!.to}" of route "${alias}" still has ${left} % of the traffic after its rollback.`,
        'Set the weights by hand, and report this.',
      );
    }
    const confirmed = { ...withReason, basis: undefined, expectedRevision: undefined };
    return this.bus.execute(alias, commands.confirmRollback, confirmed);
  }

  /** Moves `increment` percentage points (default 10) to `target`. Not while a rollout is running. */
  shiftTraffic(alias: string, target: string, increment = 10, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, shiftTraffic(target, increment), { reason: 'shift', ...info });
  }

  /**
   * Sets all weights; environments left out get 0. Not while a rollout is running.
   *
   * @throws {InvalidWeightsError} when they do not sum to 100 (±0.01); the error names the sum.
   */
  setTrafficWeights(alias: string, weights: Weights, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, setTrafficWeights(weights), { reason: 'weights', ...info });
  }

  /**
   * Returns the route to the configuration that it had: versions, weights and settings. A running rollout ends first.
   *
   * @param revision of the journal; the route is as it was behind that entry.
   * @throws {RolloutStateError} when the journal does not know it any more, or the route had other environments then.
   */
  async restore(alias: string, revision: number, info?: CommandInfo): Promise<RouteState> {
    const past = await this.bus.past(alias, revision);
    return this.bus.execute(alias, restoreRoute(past, revision), { reason: `as at revision ${revision}`, ...info });
  }

  /** Changes what the options say of a route, as far as it is given. */
  changeSettings(alias: string, settings: RouteSettings, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, changeSettings(settings), { reason: 'settings', ...info });
  }

  /** The route as the journal has it. @throws {UnknownRouteError} */
  route(alias: string): RouteState {
    return this.store.route(alias);
  }

  /** What watches the route's split while no rollout walks it: its own health check, else the one of the options. */
  healthCheckOf(alias: string): HealthCheck | undefined {
    return this.defaults.healthCheckOf(this.store.route(alias));
  }

  /** Where the route stands: weights, totals, shares, and what a running rollout waits for. */
  status(alias: string): RouteStatus {
    return statusOf({
      route: this.store.route(alias),
      revision: this.revision,
      decision: this.evaluate(alias),
      telemetry: this.telemetry,
      startedAt: this.defaults.startedAt,
      figuresAge: this.fleet?.age,
      now: this.clock.now(),
    });
  }

  /** What the gates say of the running rollout right now; `undefined` when none is running. Changes nothing. */
  evaluate(alias: string): Decision | undefined {
    return this.analysis.decision(alias)?.finding;
  }
}
