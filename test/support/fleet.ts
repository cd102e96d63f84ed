import { Telemetry, type Observation } from 'nestjs-blue-green';
import type { FigureCursor, FigureNews, FigureReport, FigureStore } from '../../lib/telemetry/figure-store.js';
import { Figures } from '../../lib/telemetry/figures.js';
import { FleetFigures } from '../../lib/telemetry/fleet-figures.js';
import { SharedWaits } from '../../lib/telemetry/shared-waits.js';
import { UnitClaims } from '../../lib/telemetry/unit-claims.js';
import { FakeClock } from './fake-clock.js';
import { happened, observation } from './observations.js';

export const WINDOW = 300_000;

/** The way to a store, which can be cut. */
class Way implements FigureStore {
  state: 'open' | 'cut' | 'losesAnswers' = 'open';

  constructor(private readonly store: FigureStore) {}

  async exchange(report: FigureReport, cursor: FigureCursor): Promise<FigureNews> {
    if (this.state === 'cut') throw new Error('connect ECONNREFUSED');
    const news = await this.store.exchange(report, cursor);
    if (this.state === 'losesAnswers') throw new Error('read ECONNRESET');
    return news;
  }
}

/** One process as far as its figures go. */
export class Member {
  readonly figures = new Figures(new UnitClaims());
  readonly telemetry = new Telemetry(WINDOW, this.figures);
  readonly waits: SharedWaits;
  readonly way: Way;
  readonly fleet: FleetFigures;

  constructor(
    store: FigureStore,
    readonly clock = new FakeClock(),
  ) {
    this.waits = new SharedWaits(clock);
    this.way = new Way(store);
    this.fleet = new FleetFigures({ figures: this.figures, waits: this.waits, store: this.way, clock });
  }

  /** Requests that end now. */
  sees(count: number, different: Partial<Observation> = {}): void {
    const seen = observation({ at: this.clock.now(), ...different });
    for (let n = 0; n < count; n++) happened(this.telemetry, seen);
  }

  /**
   * Requests to `green@v2`: all, in the window, in the epoch and under the weights of now, as this process knows them.
   */
  get counts(): readonly number[] {
    const { telemetry, clock } = this;
    const evidence = telemetry.evidence('chat', 'green', 1, 1, clock.now());
    return [
      telemetry.total('chat', 'green', 'v2').requests,
      telemetry.recent('chat', 'green', 'v2', clock.now()).requests,
      evidence.sinceStart.requests,
      evidence.window.requests,
      evidence.judgedInSegment,
    ];
  }
}

/** Everybody hands in, then everybody hears of it. */
export async function exchanged(...members: readonly Member[]): Promise<void> {
  for (const { fleet } of members) await fleet.exchange();
  for (const { fleet } of members) await fleet.exchange();
}
