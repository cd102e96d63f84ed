import { setTimeout as sleep } from 'node:timers/promises';
import type { Exchange } from './provider/exchange.js';
import type { Rig } from './rig.js';

/** Rules that hold for every row, whatever went wrong in it. */

/** The parts of an exchange that the rules read. */
export type Seen = Pick<Exchange, 'arrivedAt' | 'endedAt' | 'retryAfter'> & {
  readonly request: Pick<Exchange['request'], 'headers'>;
};

const MAX_ATTEMPTS = 3;
const BASE_DELAY = 250;
/** Node's timers may fire a millisecond early, and the two ends read the clock at different moments. */
const TOLERANCE = 2;
/** How long a socket may outlive the call that it was for. */
const GRACE = 500;

/** Attempts of one call: at most three per environment, and never closer than half of the backoff's bound. */
export function hammering({ primary, fallback }: Rig): string[] {
  return [...hammered('the primary', primary.exchanges), ...hammered('the fallback', fallback.exchanges)];
}

/** Exchanges that nobody waits for any more, and whose socket is open all the same. */
export async function leftOpen({ primary, fallback }: Rig): Promise<string[]> {
  const exchanges = [...primary.exchanges, ...fallback.exchanges];
  await Promise.race([
    Promise.all(exchanges.filter(({ endedAt }) => endedAt === undefined).map(({ closed }) => closed)),
    sleep(GRACE, undefined, { ref: false }),
  ]);
  const open = exchanges.filter(({ endedAt }) => endedAt === undefined).length;
  return open === 0 ? [] : [`${open} calls to a provider are still open ${GRACE} ms after the end`];
}

/** Milliseconds between the end of one exchange and the arrival of the next. */
export function gapsOf(exchanges: readonly Seen[]): number[] {
  return exchanges.slice(1).map(({ arrivedAt }, n) => {
    const before = exchanges[n]!;
    return arrivedAt - (before.endedAt ?? before.arrivedAt);
  });
}

/** Exchanges by the call that they were for, in order. */
export function byCall(exchanges: readonly Seen[]): Seen[][] {
  const calls = new Map<string, Seen[]>();
  for (const exchange of exchanges) {
    const id = exchange.request.headers['x-request-id'] ?? '';
    const call = calls.get(id);
    if (call) call.push(exchange);
    else calls.set(id, [exchange]);
  }
  return [...calls.values()];
}

/** Faults in the calls to one provider. */
export function hammered(who: string, exchanges: readonly Seen[]): string[] {
  return byCall(exchanges).flatMap((call) => [
    ...(call.length > MAX_ATTEMPTS ? [`${who} was asked ${call.length} times for one call`] : []),
    ...gapsOf(call).flatMap((gap, n) => {
      const least = call[n]!.retryAfter ?? (BASE_DELAY * 2 ** n) / 2;
      return gap < least - TOLERANCE
        ? [`${who} was asked again after ${Math.round(gap)} ms; ${least} ms were to pass`]
        : [];
    }),
  ]);
}
