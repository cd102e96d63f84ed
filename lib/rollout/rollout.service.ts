import type { Observable } from 'rxjs';
import type { Decision } from '../analysis/decide.js';
import type { Command } from '../domain/command.js';
import type { JournalEntry } from '../domain/events.js';
import type { PreflightReport } from '../domain/readiness.js';
import { approveStep, pauseRollout, resumeRollout } from '../domain/pause-commands.js';
import { refusingBound, rollbackNamed, rollbackRoute, rollbackTo } from '../domain/rollback-commands.js';
import { promoteRollout } from '../domain/rollout-commands.js';
import { changeSettings, restoreRoute, setTrafficWeights, shiftTraffic } from '../domain/route-commands.js';
import type { HealthCheck, RouteSettings } from '../domain/route-settings.js';
import type { RouteState } from '../domain/state.js';
import type { Walk } from '../domain/walk-commands.js';
import type { Weights } from '../domain/weights.js';
import { ValidationError } from '../validation/validation-error.js';
import type { CommandBus, CommandInfo } from './command-bus.js';
import type { RolledBackRoute, Rollbacks } from './rollbacks.js';
import type { RolloutStarter, StartOptions } from './rollout-starter.js';
import type { RouteReader } from './route-reader.js';
import type { RouteStatus } from './route-status.js';
import type { StateStore } from './state-store.js';
import type { TrafficShift } from './traffic-shift.js';

/** A rollback's options beside its actor and reason. */
export interface RollbackOptions extends CommandInfo {
  /**
   * Takes out one environment, by its name or its display name: the live one gives its traffic to the environment that
   * stands by, any other to the live one. The name of the `deployment` means the whole route. Default: the whole route.
   */
  readonly environment?: string | undefined;
  /**
   * The environment that has to get the traffic: the live one, or the one that stands by. Not while a rollout is
   * running, and not with `environment`. Default: what the route's state says.
   */
  readonly to?: string | undefined;
  /**
   * `refuse`: conversations that only the environment left can continue (`previous_response_id`) end with an error.
   * Default: it continues them, beside its weight.
   */
  readonly bound?: 'refuse' | undefined;
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
export class RolloutService {
  constructor(
    private readonly bus: CommandBus,
    private readonly store: StateStore,
    private readonly starter: RolloutStarter,
    private readonly rollbacks: Rollbacks,
    private readonly reader: RouteReader,
    private readonly deployment: string,
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
   * Runs pre-flight on the environment to try and, when it is fit, begins a rollout with its warm-up, its shadow stage
   * or its first step.
   *
   * @param before changes the route first: both happen, or neither.
   * @throws {UnknownRouteError} {@link UnknownEnvironmentError}
   * @throws {RolloutStateError} when one is running already or there is nothing to try.
   * @throws {ValidationError} when the schedule is wrong, or force has no reason; it lists every problem.
   * @throws {PreflightError} when the environment is not fit; it has the report.
   */
  start(alias: string, options: StartOptions = {}, before: Command = () => []): Promise<RouteState> {
    return this.starter.start(alias, options, before);
  }

  /**
   * Checks a shift by increments, with the environment that it would try. Changes nothing; the command that it resolves
   * with does.
   */
  prepareShift(alias: string, shift: TrafficShift, command: (walk: Walk) => Command): Promise<Command> {
    return this.starter.prepareShift(alias, shift, command);
  }

  /**
   * Whether an environment is fit to be tried: can be reached, takes the key, has the model. Asks it, and changes
   * nothing.
   *
   * @param environment default: the one that `start()` would try.
   * @throws {UnknownRouteError} {@link UnknownEnvironmentError} {@link RolloutStateError}
   */
  preflight(alias: string, environment?: string): Promise<PreflightReport> {
    return this.starter.preflight(alias, environment);
  }

  /** Stops the schedule where it is. Traffic keeps its current weights, and a failing gate still reverts. */
  pause(alias: string, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, pauseRollout('Manual'), info);
  }

  /** Continues the schedule. Time spent paused does not count towards the step. */
  resume(alias: string, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, resumeRollout, info);
  }

  /** Approves a step that waits for it. An early approval is valid for the current step. */
  approve(alias: string, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, approveStep, info);
  }

  /**
   * Ends the rollout with success now, whatever its schedule says. Without a running rollout, the environment that was
   * given a share by hand takes over the live environment's traffic, and becomes the live one.
   *
   * @throws {RolloutStateError} when nothing is on trial.
   */
  promote(alias: string, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, promoteRollout, info);
  }

  /**
   * Takes all traffic back, now, whatever has moved it: a running rollout ends; else what other environments have goes
   * to the live one; else the environment that the live one has replaced is live again. A second one in a row changes
   * nothing. A fallback keeps the share that was configured for it. Requests and streams under way finish where they
   * are.
   *
   * @returns the route; its `changed` is `false` when there was nothing to roll back.
   * @throws {UnknownEnvironmentError} {@link ValidationError}
   * @throws {RolloutStateError} when `to` is given while a rollout is running; when the weights could not be read back.
   */
  async rollback(alias: string, { to, environment, bound, ...info }: RollbackOptions = {}): Promise<RolledBackRoute> {
    if (to !== undefined && environment !== undefined) {
      throw new ValidationError('The rollback is not valid', [
        { path: 'to', value: to, message: 'does not go with environment', remedy: 'Give one of the two.' },
      ]);
    }
    const named = environment === undefined ? rollbackRoute : rollbackNamed(environment, this.deployment);
    const command = to === undefined ? named : rollbackTo(to);
    return this.rollbacks.run(alias, bound === 'refuse' ? refusingBound(command, environment) : command, info);
  }

  /** Moves `increment` percentage points (default 10) to `target`. Not while a rollout is running. */
  shiftTraffic(alias: string, target: string, increment = 10, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, shiftTraffic(target, increment), info);
  }

  /**
   * Sets all weights; environments left out get 0. Not while a rollout is running.
   *
   * @throws {InvalidWeightsError} when they do not sum to 100 (±0.01); the error names the sum.
   */
  setTrafficWeights(alias: string, weights: Weights, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, setTrafficWeights(weights), info);
  }

  /**
   * Returns the route to the configuration that it had: versions, weights and settings. A running rollout ends first.
   *
   * @param revision of the journal; the route becomes what it was after that entry.
   * @throws {RolloutStateError} when the journal does not know it any more, or the route had other environments then.
   */
  async restore(alias: string, revision: number, info?: CommandInfo): Promise<RouteState> {
    const past = await this.bus.past(alias, revision);
    return this.bus.execute(alias, restoreRoute(past, revision), { reason: `as at revision ${revision}`, ...info });
  }

  /** Changes the given settings of a route, over those of the options. */
  changeSettings(alias: string, settings: RouteSettings, info?: CommandInfo): Promise<RouteState> {
    return this.bus.execute(alias, changeSettings(settings), info);
  }

  /** The route as the journal has it. @throws {UnknownRouteError} */
  route(alias: string): RouteState {
    return this.store.route(alias);
  }

  /** The health check that watches the route's split while no rollout runs: its own, else the one of the options. */
  healthCheckOf(alias: string): HealthCheck | undefined {
    return this.reader.healthCheckOf(alias);
  }

  /** The route's status: weights, totals, shares, and the state of a running rollout. */
  status(alias: string): RouteStatus {
    return this.reader.status(alias);
  }

  /** The decision of the gates on the running rollout right now; `undefined` when none is running. Changes nothing. */
  evaluate(alias: string): Decision | undefined {
    return this.reader.evaluate(alias);
  }
}
