import type { Clock } from '../kit/clock.js';
import type { Figures } from './figures.js';

const SECOND = 1_000;

/** When the breaker of a version was last open, on any replica, to the second. */
export class Openings {
  constructor(
    private readonly figures: Figures,
    private readonly clock: Clock,
  ) {}

  /** Its breaker opens, or refuses a call. */
  note(route: string, environment: string, version: string): void {
    const slice = Math.floor((this.clock.now() + this.figures.clockOffset) / SECOND);
    this.figures.own(seriesOf(route, environment, version), slice).addVerdict(true);
  }

  /** Wall time at which that second ended, milliseconds since the epoch; `undefined` if it never was. */
  lastAt(route: string, environment: string, version: string): number | undefined {
    const last = this.figures.slicesOf(seriesOf(route, environment, version)).at(-1);
    return last && (last.slice + 1) * SECOND - this.figures.clockOffset;
  }
}

function seriesOf(route: string, environment: string, version: string): string {
  return `openings:${route}/${environment}@${version}`;
}
