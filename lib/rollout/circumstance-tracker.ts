import type { Circumstances } from '../analysis/circumstances.js';
import type { ShadowFigures } from '../domain/figures.js';
import type { Rollout, RouteState } from '../domain/state.js';
import type { Clock } from '../kit/clock.js';
import type { Openings } from '../telemetry/openings.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { StageTimer } from './stage-timer.js';

/** Where the facts come from. */
export interface CircumstanceSources {
  readonly telemetry: Telemetry;
  /** Milliseconds between two checks. */
  readonly interval: number;
  /** The fleet's figures of the rollout's shadow stage. */
  readonly shadowOf: (alias: string) => ShadowFigures | undefined;
  readonly openings: Pick<Openings, 'lastAt'>;
  readonly timer: Pick<StageTimer, 'of'>;
  readonly clock: Clock;
}

interface Unreadable {
  readonly rolloutId: string;
  /** By {@link Clock.elapsed}. */
  readonly since: number;
}

/** A wall time, and when it was first seen by {@link Clock.elapsed}. */
interface Seen {
  readonly at: number;
  readonly seenAt: number;
}

/**
 * Keeps the facts that decisions need beside the evidence of the gates. Times in them are as long ago as a clock says
 * that never jumps.
 */
export class CircumstanceTracker {
  /** Route → since when some gate of its rollout could not be read. Bounded by the configuration, as the others. */
  readonly #unreadable = new Map<string, Unreadable>();
  readonly #verdicts = new Map<string, Seen>();
  readonly #openings = new Map<string, Seen>();

  constructor(private readonly sources: CircumstanceSources) {}

  /** @param now wall time of the decision. */
  of(route: RouteState, rollout: Rollout, now: number): Circumstances {
    const { telemetry, openings, shadowOf, timer } = this.sources;
    const { alias, environments } = route;
    const { id, to, phase } = rollout;
    const stage = phase.name === 'Paused' ? phase.resumeTo : phase;
    const { tag } = environments[to]!.version;
    const { elapsed, sinceEntered } = timer.of(route, rollout);
    const verdict = this.#ago(this.#verdicts, alias, telemetry.pulse(alias, to, tag)?.at);
    const open = this.#ago(this.#openings, alias, openings.lastAt(alias, to, tag));
    return {
      elapsed,
      lastVerdictAt: now - Math.min(verdict ?? Infinity, sinceEntered),
      ...(open !== undefined && open <= sinceEntered && { openAt: now - open }),
      unreadable: this.#unreadableFor(alias, id),
      ...(stage.name === 'Shadowing' && { shadow: shadowOf(alias) }),
    };
  }

  /**
   * Notes a check of the gates. Time counts, in intervals, not the number of checks: a check made twice counts once.
   */
  checked(alias: string, rolloutId: string, couldRead: boolean): void {
    if (couldRead) this.#unreadable.delete(alias);
    else if (this.#unreadable.get(alias)?.rolloutId !== rolloutId) {
      this.#unreadable.set(alias, { rolloutId, since: this.sources.clock.elapsed() });
    }
  }

  #unreadableFor(alias: string, rolloutId: string): number {
    const { clock, interval } = this.sources;
    const known = this.#unreadable.get(alias);
    return known?.rolloutId === rolloutId ? Math.floor((clock.elapsed() - known.since) / interval) + 1 : 0;
  }

  /** Milliseconds since this wall time was first seen here; `undefined` without one. */
  #ago(seen: Map<string, Seen>, alias: string, at: number | undefined): number | undefined {
    if (at === undefined) return undefined;
    const now = this.sources.clock.elapsed();
    const known = seen.get(alias);
    if (known?.at === at) return now - known.seenAt;
    seen.set(alias, { at, seenAt: now });
    return 0;
  }
}
