import type { GateResult } from '../domain/events.js';
import type { CeilingGate } from '../domain/plan.js';
import { logCeilingEvidence } from './ceiling.js';
import type { ArmEvidence, RolloutEvidence } from './figures.js';
import { percent } from './gate-words.js';
import { unrescuedOver } from './rescues.js';

/**
 * Reads whether the error rate under the current weights is above a ceiling. A unit's failures count once, as
 * everywhere: one user whose every request fails says no more than one of them. When the live environment is over the
 * ceiling as well, under the same weights or on the same requests, that is an outage of both, and says so; it holds
 * until the rolling window is below the ceiling.
 */
export function readCeiling(gate: CeilingGate, evidence: RolloutEvidence): GateResult {
  const { name, alpha, max, minSampleSize } = gate;
  const { canary, baseline, failures } = evidence;
  const { judgedInSegment: judged, failedInSegment: failed } = canary;
  const units = Math.min(failed, failures.at(-1)?.canary ?? 0);
  const value = logCeilingEvidence(units, judged - failed + units, max);
  const observed = rateOf(canary);
  const base = {
    gate: name,
    observed,
    limit: max,
    sample: { canary: judged, baseline: baseline.judgedInSegment },
    evidence: { value, limit: Math.log(1 / alpha), alpha },
  };
  if (value >= base.evidence.limit) {
    const rates = `${name}: error rate ${percent(failed / judged)} is over ${percent(max)}`;
    const other = alsoFails(evidence, max);
    if (other === undefined) return { ...base, verdict: 'fail', message: rates };
    const { window } = canary;
    const isOver = window.judged >= minSampleSize && window.errorRate !== null && window.errorRate <= max;
    return isOver
      ? { ...base, verdict: 'pass', message: `${rates}, ${other}: an outage of both that is over` }
      : { ...base, verdict: 'fail', shared: true, message: `${rates}, ${other}` };
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

function alsoFails({ baseline, rescues }: RolloutEvidence, max: number): string | undefined {
  const rate = rateOf(baseline);
  if (rate !== null && rate > max) return `and so is the live environment's with ${percent(rate)}`;
  return unrescuedOver(max, rescues);
}

function rateOf({ judgedInSegment, failedInSegment }: ArmEvidence): number | null {
  return judgedInSegment === 0 ? null : failedInSegment / judgedInSegment;
}
