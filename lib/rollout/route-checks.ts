import { Logger } from '@nestjs/common';
import type { Decision } from '../analysis/decide.js';
import { RevisionConflictError } from '../domain/errors.js';
import { abortRollout, restartEvidence } from '../domain/rollout-commands.js';
import { advanceRollout } from '../domain/stage-commands.js';
import { endPause, pauseRollout } from '../domain/pause-commands.js';
import { runningRollout, type Rollout, type RouteState } from '../domain/state.js';
import { Breather } from '../kit/breather.js';
import type { Clock } from '../kit/clock.js';
import { MAX_CONFLICTS, type CommandBus, type CommandInfo } from './command-bus.js';
import type { Leadership } from './leadership.js';
import type { DueRollback, LocalProtection } from './local-protection.js';
import type { Rollbacks } from './rollbacks.js';
import type { Examined, RouteAnalysis } from './route-analysis.js';
import type { SplitCheck } from './split-check.js';
import type { StateStore } from './state-store.js';
import type { WarmUpRunner } from './warm-up-runner.js';

/** Milliseconds after which a check waits for a journal or a fleet that may be away. */
const STUCK = 250;

/**
 * Checks routes one at a time: reads the gates and does what they say. Each command carries the revision it was decided
 * on.
 */
export class RouteChecks {
  readonly #logger = new Logger(RouteChecks.name);
  /** Checks run one after the other: side by side they would only take the revision from each other. */
  #last: Promise<void> = Promise.resolve();
  /** Routes whose check waits for its turn: however long one takes, no more than one each. */
  readonly #waiting = new Map<string, Promise<void>>();
  #breather = new Breather();
  /** When the check under way began. */
  #begunAt = Infinity;

  constructor(
    private readonly store: StateStore,
    private readonly bus: CommandBus,
    private readonly rollbacks: Rollbacks,
    private readonly analysis: RouteAnalysis,
    private readonly leadership: Leadership,
    private readonly warmUps: WarmUpRunner,
    private readonly splits: SplitCheck,
    private readonly protection: LocalProtection,
    private readonly clock: Clock,
  ) {}

  /** Never rejects: what goes wrong is logged. A check that has not begun yet is shared by all who ask for it. */
  run(alias: string): Promise<void> {
    if (this.protection.isBlind || this.clock.elapsed() - this.#begunAt > STUCK) this.#protect(alias);
    const waiting = this.#waiting.get(alias);
    if (waiting) return waiting;
    if (this.#waiting.size === 0) this.#breather = new Breather();
    this.#last = this.#last.then(async () => {
      if (this.#breather.isDue) await this.#breather.pause();
      this.#waiting.delete(alias);
      await this.#check(alias);
    });
    this.#waiting.set(alias, this.#last);
    return this.#last;
  }

  stop(): void {
    this.warmUps.stop();
  }

  /** While no journal can be written, nobody leads: every replica looks after its own callers. */
  protect(alias: string): void {
    if (this.protection.isBlind) this.#protect(alias);
  }

  /** Takes a canary out of this process, if the figures that it has call for that. Waits for nothing. */
  #protect(alias: string): void {
    if (this.protection.owes(alias)) return;
    const route = this.store.find(alias);
    if (!route) return;
    const due = runningRollout(route) ? this.#due(route) : this.splits.due(route);
    if (due) this.protection.takeOut(due);
  }

  #due(route: RouteState): DueRollback | undefined {
    const examined = this.analysis.decision(route.alias);
    return examined?.finding.action === 'rollback' ? dueOf(route, examined) : undefined;
  }

  async #check(alias: string): Promise<void> {
    this.#begunAt = this.clock.elapsed();
    await this.#tried(alias);
    this.#begunAt = Infinity;
  }

  async #tried(alias: string): Promise<void> {
    for (let conflicts = 0; ; conflicts++) {
      try {
        await this.#act(alias);
        return;
      } catch (error) {
        if (!(error instanceof RevisionConflictError) || conflicts >= MAX_CONFLICTS) {
          const stack = error instanceof Error ? error.stack : undefined;
          this.#logger.error(`The check of route "${alias}" failed: ${String(error)}`, stack);
          return;
        }
        // The journal has moved on: look again at the state as it is now.
        await this.store.reached(error.actualRevision);
      }
    }
  }

  async #act(alias: string): Promise<void> {
    if (this.protection.owes(alias)) return;
    const expectedRevision = this.store.state.revision;
    const route = this.store.find(alias);
    const rollout = route && runningRollout(route);
    if (!rollout) {
      await this.splits.run(alias, expectedRevision);
      return;
    }
    if (rollout.phase.name === 'Aborting') {
      // A rollback whose end was never recorded.
      await this.rollbacks.run(alias, abortRollout, { actor: 'system', reason: rollout.phase.reason });
      return;
    }
    const era = this.analysis.lost(rollout);
    if (era !== undefined) {
      // The figures that are left may be of one environment alone: nothing is decided on them.
      const reason = 'the figures of this rollout are lost, by a restart or in Redis: its evidence starts again';
      await this.bus.execute(alias, restartEvidence(rollout.id, era), { actor: 'system', reason, expectedRevision });
      return;
    }
    const examined = await this.analysis.check(alias);
    if (!examined) return;
    const { finding: decision, basis } = examined;
    if (decision.action === 'rollback') {
      const due = dueOf(route, examined);
      await this.protection.rollBack({ ...due, info: { ...due.info, expectedRevision } });
      return;
    }
    this.protection.release(alias);
    if (decision.action === 'hold') {
      if (rollout.phase.name === 'Warming' && this.leadership.leads) this.warmUps.begin(route, rollout);
      return;
    }
    const { reason, gates: evidence } = decision;
    await this.#carryOut(decision, route, rollout, {
      actor: 'system',
      reason,
      evidence,
      basis: basis(),
      expectedRevision,
    });
  }

  async #carryOut(
    { action, cause, reason }: Decision,
    { alias }: RouteState,
    { from, to }: Rollout,
    info: CommandInfo,
  ): Promise<void> {
    const subject = `Route "${alias}", "${from}" → "${to}"`;
    switch (action) {
      case 'advance': {
        const { weights, rollout: after } = await this.bus.execute(alias, advanceRollout, info);
        this.#logger.log(`${subject}: ${after?.phase.name}, ${weights[to]}%. ${reason}`);
        break;
      }
      case 'awaitApproval':
        await this.bus.execute(alias, pauseRollout('AwaitingApproval'), info);
        break;
      case 'pause':
        await this.bus.execute(alias, pauseRollout(cause!), info);
        break;
      case 'resume':
        await this.bus.execute(alias, endPause(cause!), info);
        this.#logger.log(`${subject}: resumed, ${reason}`);
    }
  }
}

function dueOf(route: RouteState, { finding, basis }: Examined<Decision>): DueRollback {
  const info = { actor: 'system', reason: finding.reason, evidence: finding.gates, basis: basis() };
  return { route, environment: runningRollout(route)!.to, command: abortRollout, info };
}
