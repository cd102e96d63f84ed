import { countsAgainstArm, hasVerdict } from '../domain/outcome.js';
import type { Observation, Verdict } from './observation.js';
import { RollingWindow } from './rolling-window.js';
import { Tally, type Summary } from './tally.js';

/** What a rollout is judged by: the environment's figures since the evidence last began anew. */
export interface Evidence {
  /** Over the rolling window. */
  readonly window: Summary;
  /** Over all of the epoch. */
  readonly sinceStart: Summary;
  /** Requests with a verdict since the current weights were set. */
  readonly judgedInSegment: number;
  /** Failures in a row up to now. */
  readonly consecutiveFailures: number;
}

/** The evidence of one environment in one epoch. */
export class Arm {
  readonly #window: RollingWindow;
  readonly #total = new Tally();
  #segment = 0;
  #judgedInSegment = 0;
  #consecutiveFailures = 0;

  constructor(
    /** Revision at which this evidence began. */
    readonly epoch: number,
    windowLength: number,
  ) {
    this.#window = new RollingWindow(windowLength);
  }

  charge({ outcome, segment }: Verdict): void {
    if (!hasVerdict(outcome)) return;
    if (segment > this.#segment) {
      this.#segment = segment;
      this.#judgedInSegment = 0;
    }
    if (segment === this.#segment) this.#judgedInSegment++;
    this.#consecutiveFailures = countsAgainstArm(outcome) ? this.#consecutiveFailures + 1 : 0;
  }

  add(observation: Observation): void {
    this.#window.tallyAt(observation.at).addRequest(observation);
    this.#total.addRequest(observation);
  }

  read(segment: number, now: number): Evidence {
    return {
      window: this.#window.read(now).summary(),
      sinceStart: this.#total.summary(),
      judgedInSegment: this.#segment === segment ? this.#judgedInSegment : 0,
      consecutiveFailures: this.#consecutiveFailures,
    };
  }
}
