import type { Evidence, PauseReason, Phase, RolloutPlan } from 'nestjs-blue-green';
import type { ShadowFigures } from '../../lib/domain/figures.js';
import { decide, type Decision } from '../../lib/analysis/decide.js';
import type { Command } from '../../lib/domain/command.js';
import { RolloutStateError } from '../../lib/domain/errors.js';
import * as pauses from '../../lib/domain/pause-commands.js';
import * as commands from '../../lib/domain/rollout-commands.js';
import * as stages from '../../lib/domain/stage-commands.js';
import { isAutomatic, runningRollout } from '../../lib/domain/state.js';
import { assignVersions } from '../../lib/domain/version-commands.js';
import { evidenceOf, rolloutEvidenceOf, runOf } from './evidence.js';
import { History, routeWith } from './history.js';

interface Counts {
  ok: number;
  errors: number;
  inSegment: number;
  inARow: number;
  /** Failures of the other one meanwhile. */
  beside: number;
}

/** By counts: adding up requests is what a walk would take its time for. */
const summaries = new Map<string, Evidence>();

const nothing = (): Counts => ({ ok: 0, errors: 0, inSegment: 0, inARow: 0, beside: 0 });

/** One tick: what was decided on what, and what it led to. */
export interface Ticked {
  readonly at: number;
  readonly before: Phase;
  readonly decision: Decision;
  readonly events: readonly string[];
  readonly canaryInSegment: number;
  readonly compared: number;
}

/** A rollout of a route, its traffic and its time, without anything around: the model that walks are checked on. */
export class RolloutWorld {
  now = 0;
  canary = nothing();
  baseline = nothing();
  shadow = { pairs: 0, compared: 0, failedAlone: 0 };
  unreadable = 0;
  readonly history: History;
  #lastVerdictAt: number | undefined;
  #segment = 0;
  #epoch = 0;
  #tag = 1;

  constructor(plan: RolloutPlan) {
    this.history = new History(routeWith({ blue: 100, green: 0 }));
    this.history.run(commands.startRollout({ rolloutId: 'r1', plan, seed: 's' }), this.now);
    this.#follow();
  }

  get phase(): Phase {
    return this.history.route.rollout!.phase;
  }

  get share(): number {
    return this.history.route.weights['green'] ?? 0;
  }

  traffic(on: 'canary' | 'baseline', ok: number, errors: number): void {
    // Nobody is sent to an environment without a share.
    const weight = this.history.route.weights[on === 'canary' ? 'green' : 'blue'] ?? 0;
    if (weight === 0 || ok + errors === 0) return;
    const counts = this[on];
    counts.ok += ok;
    counts.errors += errors;
    counts.inSegment += ok + errors;
    counts.inARow = errors > 0 ? (ok > 0 ? errors : counts.inARow + errors) : 0;
    if (on === 'canary') this.#lastVerdictAt = this.now;
    if (this.canary.inARow === 0) this.canary.beside = 0;
    else if (on === 'baseline') this.canary.beside += errors;
  }

  mirrors(well: number, failed: number): void {
    const { phase } = this;
    const stage = phase.name === 'Paused' ? phase.resumeTo : phase;
    if (stage.name !== 'Shadowing') return;
    this.shadow.pairs += well + failed;
    this.shadow.compared += well;
    this.shadow.failedAlone += failed;
  }

  /** What people ask for; refused where the state does not allow it, and then nothing has changed. */
  command(command: Command): void {
    try {
      this.history.run(command, this.now);
    } catch (error) {
      if (!(error instanceof RolloutStateError)) throw error;
    }
    this.#follow();
  }

  changeVersion(): void {
    const version = { tag: `green-${++this.#tag}`, model: 'model-green' };
    this.command(assignVersions({ green: version }));
  }

  endWarmUp(well: boolean): void {
    const { rollout } = this.history.route;
    const report = { requests: 10, failed: well ? 0 : 10, latency: { first: 1, median: 1, max: 1 } };
    this.command(well ? stages.passWarmUp(rollout!, report) : commands.failWarmUp(rollout!));
  }

  /** What the scheduled job does, without its transport. */
  tick(): Ticked | undefined {
    const { route } = this.history;
    const rollout = runningRollout(route);
    if (!rollout) return undefined;
    const before = rollout.phase;
    if (before.name === 'Aborting') {
      this.command(commands.confirmRollback);
      return undefined;
    }
    const decision = this.decision();
    const { canary, shadow } = this;
    const command = commandFor(decision);
    const canaryInSegment = canary.inSegment;
    const { compared } = shadow;
    const events = command ? this.history.run(command, this.now) : [];
    this.#follow();
    return { at: this.now, before, decision, events, canaryInSegment, compared };
  }

  decision(): Decision {
    const { route } = this.history;
    const shadow: ShadowFigures = { ...this.shadow, meanSimilarity: 1, belowThreshold: 0 };
    const about = { lastVerdictAt: this.#lastVerdictAt, unreadable: this.unreadable, shadow };
    const evidence = rolloutEvidenceOf(this.#arm(this.canary), this.#arm(this.baseline));
    return decide(route.rollout!, route.weights, evidence, this.now, about);
  }

  #arm({ ok, errors, inSegment, inARow, beside }: Counts) {
    const key = `${ok} ${errors}`;
    const known = summaries.get(key) ?? evidenceOf({ ok, errors });
    summaries.set(key, known);
    return { ...known, judgedInSegment: inSegment, run: runOf(inARow, beside > 0 ? { answered: {} } : {}) };
  }

  /** Evidence begins anew with an epoch, counts of a step with a segment. */
  #follow(): void {
    const { epoch, segment } = this.history.route;
    if (epoch !== this.#epoch) {
      [this.canary, this.baseline] = [nothing(), nothing()];
      this.shadow = { pairs: 0, compared: 0, failedAlone: 0 };
    }
    if (segment !== this.#segment) this.canary.inSegment = this.baseline.inSegment = 0;
    [this.#epoch, this.#segment] = [epoch, segment];
  }
}

function commandFor({ action, cause }: Decision): Command | undefined {
  switch (action) {
    case 'rollback':
      return commands.abortRollout;
    case 'advance':
      return stages.advanceRollout;
    case 'awaitApproval':
      return pauses.pauseRollout('AwaitingApproval');
    case 'pause':
      return pauses.pauseRollout(cause!);
    case 'resume':
      return pauses.endPause(cause!);
    case 'hold':
      return undefined;
  }
}

export function isByPerson(reason: PauseReason): boolean {
  return !isAutomatic(reason);
}
