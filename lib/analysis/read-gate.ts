import type { GateResult } from '../domain/events.js';
import type { Gate } from '../domain/plan.js';
import { readCeiling } from './ceiling-gate.js';
import { readExceedance, readFailureRatio } from './failure-gate.js';
import type { RolloutEvidence } from './figures.js';
import { readMean, readScore } from './mean-gate.js';
import { readThreshold } from './threshold-gate.js';

/** What a gate makes of the evidence. */
export function readGate(gate: Gate, evidence: RolloutEvidence): GateResult {
  const { initialDelay = 0 } = gate;
  if (evidence.age < initialDelay) return tooEarly(gate, initialDelay - evidence.age);
  switch (gate.test) {
    case 'failureRatio':
      return readFailureRatio(gate, evidence);
    case 'ceiling':
      return readCeiling(gate, evidence);
    case 'exceedance':
      return readExceedance(gate, evidence);
    case 'mean':
      return readMean(gate, evidence);
    case 'score':
      return readScore(gate, evidence);
    default:
      return readThreshold(gate, evidence);
  }
}

function tooEarly(gate: Gate, left: number): GateResult {
  return {
    gate: gate.name,
    verdict: 'insufficient',
    observed: null,
    limit: limitOf(gate),
    sample: { canary: 0, baseline: 0 },
    message: `${gate.name}: is read in ${Math.ceil(left / 1000)} s`,
  };
}

function limitOf(gate: Gate): number {
  if ('max' in gate) return gate.max;
  return 'min' in gate ? gate.min : gate.tolerance;
}
