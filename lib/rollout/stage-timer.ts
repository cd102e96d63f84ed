import type { JournalEntry } from '../domain/events.js';
import { runningRollout, type Rollout, type RouteState } from '../domain/state.js';
import type { Clock } from '../kit/clock.js';
import type { StateStore } from './state-store.js';

/** How far a rollout is, milliseconds. By a clock that never jumps. */
export interface StageTime {
  /** Of its stage, without pauses. */
  readonly elapsed: number;
  /** Since the stage began, pauses included. */
  readonly sinceEntered: number;
  /** Since the rollout began. */
  readonly age: number;
}

interface Timed {
  readonly stage: string;
  /** By {@link Clock.elapsed}. */
  readonly startedAt: number;
  enteredAt: number;
  elapsed: number;
  /** When `elapsed` was last brought up to date. */
  at: number;
  runs: boolean;
}

const BEGINS_A_STAGE = new Set<JournalEntry['type']>([
  'RolloutStarted',
  'WarmUpStarted',
  'ShadowStarted',
  'StepEntered',
  'BakeStarted',
]);

/**
 * Times the stages of running rollouts by the monotonic clock, from the entries of the journal as they come: neither a
 * wall clock that jumps nor another replica's clock that is wrong ends a step early. A process that begins in the
 * middle of a stage has only the times in the journal, which are Redis' where replicas share figures.
 */
export class StageTimer {
  /** Route → its stage. Bounded by the configuration. */
  readonly #stages = new Map<string, Timed>();

  /** @param shared how far the clock that replicas share is ahead of this one's wall time. */
  constructor(
    store: Pick<StateStore, 'entries$' | 'find'>,
    private readonly clock: Clock,
    private readonly shared: { readonly clockOffset: number } = { clockOffset: 0 },
  ) {
    store.entries$.subscribe((entry) => {
      const route = entry.route === undefined ? undefined : store.find(entry.route);
      if (route) this.#hears(entry, route);
    });
  }

  /** The time of the route's running rollout. */
  of(route: RouteState, rollout: Rollout): StageTime {
    const timed = this.#timed(route, rollout);
    const now = this.#update(timed, timed.runs);
    return { elapsed: timed.elapsed, sinceEntered: now - timed.enteredAt, age: now - timed.startedAt };
  }

  #hears(entry: JournalEntry, route: RouteState): void {
    const rollout = runningRollout(route);
    if (!rollout) {
      this.#stages.delete(route.alias);
      return;
    }
    const now = this.clock.elapsed();
    if (BEGINS_A_STAGE.has(entry.type)) {
      const known = entry.type === 'RolloutStarted' ? now : this.#stages.get(route.alias)?.startedAt;
      const startedAt = known ?? now - this.#ageOf(rollout);
      const timed = { stage: nameOf(rollout), startedAt, enteredAt: now, elapsed: 0, at: now, runs: true };
      this.#stages.set(route.alias, timed);
      return;
    }
    const timed = this.#timed(route, rollout);
    this.#update(timed, rollout.phase.name !== 'Paused');
    if (entry.type === 'RolloutResumed' && entry.anew) Object.assign(timed, { elapsed: 0, enteredAt: now });
  }

  #timed({ alias }: RouteState, rollout: Rollout): Timed {
    const stage = nameOf(rollout);
    const known = this.#stages.get(alias);
    if (known?.stage === stage) return known;
    const { phase } = rollout;
    const [begun, until] = phase.name === 'Paused' ? [phase.resumeTo.since, phase.since] : [phase.since, this.#wall];
    const at = this.clock.elapsed();
    const elapsed = Math.max(0, until - begun);
    const age = Math.max(elapsed, this.#ageOf(rollout));
    const enteredAt = at - Math.max(elapsed, this.#wall - begun);
    const timed = { stage, startedAt: at - age, enteredAt, elapsed, at, runs: phase.name !== 'Paused' };
    this.#stages.set(alias, timed);
    return timed;
  }

  /** @returns the time now. */
  #update(timed: Timed, runs: boolean): number {
    const now = this.clock.elapsed();
    if (timed.runs) timed.elapsed += now - timed.at;
    timed.at = now;
    timed.runs = runs;
    return now;
  }

  #ageOf({ startedAt }: Rollout): number {
    return Math.max(0, this.#wall - startedAt);
  }

  /** Wall time as the journal has it. */
  get #wall(): number {
    return this.clock.now() + this.shared.clockOffset;
  }
}

function nameOf({ id, phase }: Rollout): string {
  const stage = phase.name === 'Paused' ? phase.resumeTo : phase;
  return `${id} ${stage.name} ${stage.name === 'Progressing' ? stage.step : ''}`;
}
