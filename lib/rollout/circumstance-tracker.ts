import type { Circumstances } from '../analysis/circumstances.js';
import type { ShadowFigures } from '../domain/figures.js';
import type { Rollout, RouteState } from '../domain/state.js';
import type { Openings } from '../telemetry/openings.js';
import type { Telemetry } from '../telemetry/telemetry.js';

interface Unreadable {
  readonly rolloutId: string;
  readonly since: number;
}

/** Keeps the facts that decisions need beside the evidence of the gates. */
export class CircumstanceTracker {
  /** Route → since when some gate of its rollout could not be read. Bounded by the configuration. */
  readonly #unreadable = new Map<string, Unreadable>();

  /**
   * @param interval milliseconds between two checks.
   * @param shadowOf the fleet's figures of the rollout's shadow stage.
   */
  constructor(
    private readonly telemetry: Telemetry,
    private readonly interval: number,
    private readonly shadowOf: (alias: string) => ShadowFigures | undefined,
    private readonly openings: Pick<Openings, 'lastAt'> = { lastAt: () => undefined },
  ) {}

  of({ alias, environments }: RouteState, { id, to, phase }: Rollout, now: number): Circumstances {
    const stage = phase.name === 'Paused' ? phase.resumeTo : phase;
    const { tag } = environments[to]!.version;
    return {
      lastVerdictAt: this.telemetry.pulse(alias, to, tag)?.at,
      openAt: this.openings.lastAt(alias, to, tag),
      unreadable: this.#unreadableFor(alias, id, now),
      ...(stage.name === 'Shadowing' && { shadow: this.shadowOf(alias) }),
    };
  }

  /**
   * Notes a check of the gates. Time counts, in intervals, not the number of checks: a check made twice counts once.
   */
  checked(alias: string, rolloutId: string, couldRead: boolean, now: number): void {
    if (couldRead) this.#unreadable.delete(alias);
    else if (this.#unreadable.get(alias)?.rolloutId !== rolloutId) {
      this.#unreadable.set(alias, { rolloutId, since: now });
    }
  }

  #unreadableFor(alias: string, rolloutId: string, now: number): number {
    const known = this.#unreadable.get(alias);
    return known?.rolloutId === rolloutId ? Math.floor((now - known.since) / this.interval) + 1 : 0;
  }
}
