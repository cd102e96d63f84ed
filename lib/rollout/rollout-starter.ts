import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Logger } from '@nestjs/common';
import { assertEnvironment, type Command } from '../domain/command.js';
import { inTurn, outcomeOf } from '../domain/in-turn.js';
import type { RolloutPlan } from '../domain/plan.js';
import type { PreflightReport } from '../domain/readiness.js';
import { startRollout, targetOf } from '../domain/rollout-commands.js';
import type { BlueGreenEvent } from '../domain/events.js';
import { runningRollout, type RouteState } from '../domain/state.js';
import type { Walk } from '../domain/walk-commands.js';
import type { Random } from '../kit/clock.js';
import { closed, overlay, parseRollout } from '../schedule/plan-schema.js';
import type { RolloutInput } from '../schedule/rollout-input.js';
import { ValidationError } from '../validation/validation-error.js';
import type { Foresight } from '../domain/step-sight.js';
import type { CommandBus, CommandInfo } from './command-bus.js';
import type { Foresights } from './foresights.js';
import { PreflightError, type PreflightService } from './preflight.service.js';
import type { RolloutDefaults } from './rollout-defaults.js';
import { scheduleOf, type TrafficShift } from './traffic-shift.js';
import type { StateStore } from './state-store.js';

/** Changes to the configured schedule for one rollout. */
export interface StartOptions extends CommandInfo {
  /** Parts of the schedule; those left out are as configured. */
  readonly schedule?: RolloutInput | undefined;
  /**
   * Goes into the hash of sticky units. Default: the route's where the environment has traffic already, else a new one.
   */
  readonly seed?: string | undefined;
  /**
   * Start although pre-flight has found the environment unfit, or although gates have reverted this very version and no
   * `actor` is named: code that starts at every boot would try it at every boot. Needs a `reason`; both are recorded.
   * Default `false`.
   */
  readonly force?: boolean | undefined;
}

/** Begins rollouts: parses the schedule, runs pre-flight, and records the first event. */
export class RolloutStarter {
  readonly #logger = new Logger(RolloutStarter.name);

  constructor(
    private readonly bus: CommandBus,
    private readonly store: StateStore,
    private readonly defaults: RolloutDefaults,
    private readonly preflights: PreflightService,
    private readonly random: Random,
    private readonly foresights: Foresights,
  ) {}

  async start(alias: string, options: StartOptions, before: Command): Promise<RouteState> {
    const { schedule = {}, seed, force = false, ...info } = options;
    if (force && !info.reason) {
      throw new ValidationError('The rollout cannot start by force', [
        { path: 'reason', value: 'nothing', message: 'is missing', remedy: 'Say why: it is recorded.' },
      ]);
    }
    const { to, plan, preflight } = overlay(this.defaults.of(alias), parseRollout(schedule));
    const request = {
      rolloutId: randomUUID(),
      refuseReverted: info.actor === undefined && !force,
      seed: seed ?? String(this.random()),
      keepSeed: seed === undefined,
      to,
      plan: closed(plan),
    };
    // A start that is refused anyway is refused before the provider is asked.
    const isThere = (): boolean => {
      const present = this.store.route(alias);
      return outcomeOf(before, present) === present && isUnderWay(present, request, seed);
    };
    if (isThere()) {
      // Whether it still is, the journal knows.
      await this.bus.append(() => []);
      if (isThere()) return this.store.route(alias);
    }
    const route = outcomeOf(before, this.store.route(alias));
    const started = startIn(startRollout(request)(route))!;
    const seen = { ...request, sight: this.#announce(route, started) };
    if (!preflight.enabled) {
      return this.bus.execute(alias, inTurn(before, startRollout(seen)), { reason: 'start', ...info });
    }
    const { version } = route.environments[started.to]!;
    const report = await this.preflights.check(alias, version, preflight.timeout);
    if (!report.canDeploy && !force) throw new PreflightError(alias, started.to, report);
    for (const { status, message } of report.checks) {
      if (status === 'warn') this.#logger.warn(`Route "${alias}": pre-flight of "${started.to}": ${message}`);
    }
    const record = report.canDeploy ? report : { ...report, forced: true as const };
    const command = startRollout({ ...seen, to: started.to, preflight: record });
    return this.bus.execute(alias, inTurn(before, command), { reason: 'start', ...info });
  }

  /** The faults that its steps can find. Logs them, with other facts to know before it starts. */
  #announce(route: RouteState, started: Started): Foresight {
    const { alias } = route;
    const { to, plan, earlier } = started;
    const sight = this.foresights.of(route, started);
    for (const warning of sight.warnings) this.#logger.warn(`Route "${alias}": ${warning}`);
    if (sight.warnings.length === 0 && sight.steps.length > 0) {
      this.#logger.log(`Route "${alias}": ${sight.steps.map(({ message }) => message).join(' ')}`);
    }
    if (earlier) {
      const when = new Date(earlier.at).toISOString();
      this.#logger.warn(`Route "${alias}" tries a version on "${to}" that was reverted at ${when}: ${earlier.reason}`);
    }
    if (plan.gates.length === 0) {
      this.#logger.warn(`Route "${alias}" tries "${to}" without gates: only the fast trip can take it back`);
    }
    return sight;
  }

  /**
   * Checks a shift by increments, with the environment that it would try. Changes nothing.
   *
   * @param command of a walk; its part of the schedule is known only there.
   * @returns the command to run then. Throws what that would throw, and what `start()` throws.
   */
  async prepareShift(alias: string, shift: TrafficShift, command: (walk: Walk) => Command): Promise<Command> {
    const defaults = this.defaults.of(alias);
    const walk: Walk = {
      rolloutId: randomUUID(),
      seed: String(this.random()),
      increment: shift.increment,
      plan: (weights) => closed(overlay(defaults, parseRollout(scheduleOf(shift, weights))).plan),
    };
    const route = this.store.route(alias);
    const started = startIn(command(walk)(route));
    if (!started) return command(walk);
    const after = outcomeOf(command(walk), route);
    const seen = { ...walk, sight: this.#announce(after, started) };
    const { enabled, timeout } = defaults.preflight;
    if (!enabled) return command(seen);
    const report = await this.preflights.check(alias, after.environments[started.to]!.version, timeout);
    if (!report.canDeploy) throw new PreflightError(alias, started.to, report);
    return command({ ...seen, preflight: report });
  }

  preflight(alias: string, environment?: string): Promise<PreflightReport> {
    const { to, preflight } = this.defaults.of(alias);
    const route = this.store.route(alias);
    const name = environment ?? to ?? targetOf(route);
    assertEnvironment(route, name);
    return this.preflights.check(alias, route.environments[name]!.version, preflight.timeout);
  }
}

type Started = Extract<BlueGreenEvent, { type: 'RolloutStarted' }>;

function startIn(events: readonly BlueGreenEvent[]): Started | undefined {
  return events.find((event) => event.type === 'RolloutStarted');
}

/**
 * Whether this very rollout runs already: of the same environment, by the same plan. Then there is nothing to start.
 */
function isUnderWay(
  route: RouteState,
  { to, plan }: { readonly to?: string | undefined; readonly plan: RolloutPlan },
  seed: string | undefined,
): boolean {
  const rollout = runningRollout(route);
  if (!rollout || rollout.phase.name === 'Aborting') return false;
  const isSame = (to === undefined || to === rollout.to) && (seed === undefined || seed === route.seed);
  return isSame && isDeepStrictEqual(plain(plan), plain(rollout.plan));
}

/** As the journal has it: without fields that are undefined. */
function plain(plan: RolloutPlan): unknown {
  return JSON.parse(JSON.stringify(plan));
}
