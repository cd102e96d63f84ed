import type { FailedOf } from '../domain/failure-run.js';
import type { ArmEvidence } from '../domain/figures.js';
import { isFault } from '../domain/arbitration.js';
import { startOf } from '../domain/timetable.js';
import type { Figures } from './figures.js';
import type { Observation, Verdict } from './observation.js';
import { RollingWindow } from './rolling-window.js';
import type { Summary } from './summary.js';
import type { Tally } from './tally.js';

/** The evidence of one environment, with all of its figures. */
export type Evidence = ArmEvidence<Summary>;

/** The part of it that this environment's own calls make up. */
export type ArmCounts = Omit<Evidence, 'run'>;

/** The evidence of one environment in one epoch. */
export class Arm {
  readonly #window: RollingWindow;
  readonly #total: string;
  /** One slice per segment. */
  readonly #segments: string;
  /** One slice from each starting point of a rollout's evidence to the next. */
  readonly #stretches: string;
  #isPinned = false;

  constructor(
    private readonly figures: Figures,
    /** `route/environment`. */
    place: string,
    /** Revision at which this evidence began. */
    readonly epoch: number,
    windowLength: number,
  ) {
    this.#total = `arm:${place}:${epoch}`;
    this.#segments = `armsegments:${place}:${epoch}`;
    this.#stretches = `armstretches:${place}:${epoch}`;
    this.#window = new RollingWindow(figures, `armwindow:${place}:${epoch}`, windowLength);
  }

  /** Counts an outcome that says something about the environment. */
  charge(verdict: Verdict): void {
    const isFailure = isFault(verdict);
    this.figures.own(this.#segments, verdict.segment).addVerdict(isFailure);
    const { onTrial, at } = verdict;
    this.#pin(onTrial !== undefined);
    if (onTrial) this.figures.own(this.#stretches, startOf(onTrial, this.figures.timeAt(at))).addVerdict(isFailure);
  }

  /** The evidence of a running rollout is kept, however little room there is. */
  #pin(isOnTrial: boolean): void {
    if (isOnTrial === this.#isPinned) return;
    this.#isPinned = isOnTrial;
    for (const series of this.#all) this.figures.pin(series, isOnTrial);
  }

  add(observation: Observation): void {
    this.#window.tallyAt(observation.at).addRequest(observation);
    this.figures.own(this.#total).addRequest(observation);
  }

  read(segment: number, now: number): ArmCounts {
    const { verdicts, failures } = this.figures.readSlice(this.#segments, segment);
    return {
      window: this.#window.read(now).summary(),
      sinceStart: this.figures.read(this.#total).summary(),
      judgedInSegment: verdicts,
      failedInSegment: failures,
      charged: failedOf(this.figures.read(this.#segments)),
      stretches: this.figures
        .slicesOf(this.#stretches)
        .map(({ slice, tally }) => ({ start: slice, ...failedOf(tally) })),
    };
  }

  get #all(): readonly string[] {
    return [this.#total, this.#segments, this.#stretches, this.#window.series];
  }

  /** Frees its sums. */
  forget(): void {
    for (const series of this.#all) this.figures.forget(series);
  }
}

function failedOf({ verdicts, failures }: Tally): FailedOf {
  return { failed: failures, total: verdicts };
}
