import type { GateResult } from '../domain/events.js';
import type { CeilingGate } from '../domain/plan.js';
import { logCeilingEvidence } from './ceiling.js';
import type { RolloutEvidence } from './figures.js';
import { percent } from './gate-words.js';

/**
 * Reads whether the error rate under the current weights is above a ceiling. When the live environment is over it as well,
 * over the rolling window, that is an outage of both, and says so.
 */
export function readCeiling(gate: CeilingGate, { canary, baseline }: RolloutEvidence): GateResult {
  const { name, alpha, max, minSampleSize } = gate;
  const { judgedInSegment: judged, failedInSegment: failed } = canary;
  const value = logCeilingEvidence(failed, judged, max);
  const observed = judged === 0 ? null : failed / judged;
  const base = {
    gate: name,
    observed,
    limit: max,
    sample: { canary: judged, baseline: baseline.judgedInSegment },
    evidence: { value, limit: Math.log(1 / alpha), alpha },
  };
  if (value >= base.evidence.limit) {
    const { errorRate } = baseline.window;
    const rates = `error rate ${percent(failed / judged)} is over ${percent(max)}`;
    if (errorRate === null || errorRate <= max) return { ...base, verdict: 'fail', message: `${name}: ${rates}` };
    const message = `${name}: ${rates}, and so is the live environment's with ${percent(errorRate)}`;
    return { ...base, verdict: 'fail', shared: true, message };
  }
  if (judged < minSampleSize) {
    const message = `${name}: ${judged} of ${minSampleSize} requests that are needed`;
    return { ...base, verdict: 'insufficient', message };
  }
  return {
    ...base,
    verdict: 'pass',
    message: `${name}: error rate ${percent(failed / judged)}, nothing says it is over ${percent(max)}`,
  };
}
