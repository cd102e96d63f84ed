import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';

const RESOLUTION = 10;
const INTERVAL = 1_000;

/** How far the event loop lags: the mean delay of its timers over the last second. Starts measuring on first use. */
export class EventLoopLoad {
  #histogram: IntervalHistogram | undefined;
  #timer: NodeJS.Timeout | undefined;
  #delay = 0;

  /** Milliseconds. */
  get delay(): number {
    if (!this.#histogram) this.#start();
    return this.#delay;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#histogram?.disable();
  }

  #start(): void {
    const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
    histogram.enable();
    this.#histogram = histogram;
    this.#timer = setInterval(() => {
      // The histogram records the whole interval, including the resolution.
      this.#delay = histogram.count === 0 ? 0 : Math.max(0, histogram.mean / 1e6 - RESOLUTION);
      histogram.reset();
    }, INTERVAL);
    this.#timer.unref();
  }
}
