import type { WarmUpPlan } from '../domain/plan.js';
import type { WarmUpReport } from '../domain/readiness.js';
import type { Version } from '../domain/version.js';
import { askBriefly, type AskDeps } from '../upstream/ask-briefly.js';
import { Watchdog } from '../upstream/watchdog.js';
import { failureFrom } from '../upstream/upstream-failure.js';

const MAX_TOKENS = 16;

/** Longest wait for an answer of so few tokens, milliseconds. The limit for callers suits answers of any length. */
const LONGEST = 30_000;

/** A warm-up that has ended, and the problem if it is not good enough. */
export interface WarmUpResult {
  readonly report: WarmUpReport;
  readonly problem: string | undefined;
}

/**
 * Sends the requests of a warm-up, one after the other. They do not count as traffic or evidence, nor in budgets.
 *
 * @param isWanted asked before each request.
 * @returns `undefined` when the warm-up was called off.
 */
export async function warmUp(
  version: Version,
  plan: WarmUpPlan,
  deps: AskDeps,
  signal: AbortSignal,
  isWanted: () => boolean,
): Promise<WarmUpResult | undefined> {
  const { requests, maxFailures, maxLatency, prompts } = plan;
  const times: number[] = [];
  const failures: string[] = [];
  const headers = { 'x-warm-up': 'true' };
  while (times.length + failures.length < requests && failures.length <= maxFailures) {
    if (!isWanted() || signal.aborted) return undefined;
    const prompt = prompts[(times.length + failures.length) % prompts.length]!;
    const begun = deps.clock.elapsed();
    const watchdog = new Watchdog(deps.clock, signal);
    watchdog.limit('answer', LONGEST);
    try {
      await askBriefly({ version, prompt, maxTokens: MAX_TOKENS, headers, signal: watchdog.signal }, deps);
      times.push(deps.clock.elapsed() - begun);
    } catch (error) {
      failures.push(failureFrom(watchdog.reasonOr(error)).failure);
    } finally {
      watchdog.release();
    }
  }
  if (!isWanted() || signal.aborted) return undefined;
  const report = reportOf(times, failures.length);
  return { report, problem: problemOf(report, failures, maxFailures, maxLatency) };
}

function problemOf(
  { requests, latency }: WarmUpReport,
  failures: readonly string[],
  maxFailures: number,
  maxLatency = Infinity,
): string | undefined {
  if (failures.length > maxFailures) {
    return `${failures.length} of ${requests} requests of the warm-up failed: ${[...new Set(failures)].join(', ')}`;
  }
  if (latency.median !== null && latency.median > maxLatency) {
    return `the median latency of the warm-up was ${Math.round(latency.median)} ms, and ${maxLatency} ms are allowed`;
  }
  return undefined;
}

function reportOf(times: readonly number[], failed: number): WarmUpReport {
  const ordered = times.toSorted((a, b) => a - b);
  const latency = {
    first: times[0] ?? null,
    median: ordered[Math.floor((ordered.length - 1) / 2)] ?? null,
    max: ordered.at(-1) ?? null,
  };
  return { requests: times.length + failed, failed, latency };
}
