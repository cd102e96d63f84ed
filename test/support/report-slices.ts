import type { Tally } from '../../lib/telemetry/tally.js';
import { observation } from './observations.js';

/** Requests of 100 ms each, some of which failed; the others cost something, in US dollars each. */
export function happenedIn(tally: Tally, { requests = 1, failed = 0, cost = 0 }): Tally {
  for (let n = 0; n < requests; n++) {
    const seen = observation({ outcome: n < failed ? 'server_error' : 'ok', ...(n >= failed && { cost }) });
    tally.addRequest(seen);
    if (seen.answeredBy) {
      tally.addAnswer({ ...seen, usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5 } });
    }
  }
  return tally;
}
