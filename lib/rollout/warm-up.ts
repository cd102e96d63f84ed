import type { WarmUpPlan } from '../domain/plan.js';
import type { WarmUpReport } from '../domain/readiness.js';
import type { Version } from '../domain/version.js';
import { askBriefly, type AskDeps } from '../upstream/ask-briefly.js';
import { failureFrom } from '../upstream/upstream-failure.js';

const MAX_TOKENS = 16;

/** A warm-up that has ended, and why it is not good enough, if it is not. */
export interface WarmUpResult {
  readonly report: WarmUpReport;
  readonly problem: string | undefined;
}

/**
 * Sends the requests of a warm-up, one after the other. They count nowhere: not as traffic, not as evidence, not in
 * budgets.
 *
 * @param isWanted asked before each request.
 * @returns `undefined` when it was not wanted any more.
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
    try {
      await askBriefly({ version, prompt, maxTokens: MAX_TOKENS, headers, signal }, deps);
      times.push(deps.clock.elapsed() - begun);
    } catch (error) {
      failures.push(failureFrom(error).failure);
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
    return `the warm-up took ${Math.round(latency.median)} ms in the median, ${maxLatency} ms are allowed`;
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
