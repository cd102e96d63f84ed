import type { GateResult } from '../domain/events.js';
import type { ShadowStage } from '../domain/plan.js';
import type { ShadowFigures } from '../domain/figures.js';
import { figure, percent } from './gates/words.js';

const NOTHING: ShadowFigures = { pairs: 0, compared: 0, failedAlone: 0, meanSimilarity: null, belowThreshold: null };

/** Reads the gates of a shadow stage. All of them revert: the canary has not answered any user yet. */
export function readShadow(stage: ShadowStage, figures: ShadowFigures = NOTHING): GateResult[] {
  const { minPairs, maxFailureRate, minSimilarity, maxBelowThreshold } = stage;
  const { pairs, compared, failedAlone, meanSimilarity, belowThreshold } = figures;
  const rate = pairs === 0 ? null : failedAlone / pairs;
  return [
    limited({ gate: 'shadow-failures', count: pairs, minPairs, observed: rate, limit: maxFailureRate, show: percent }),
    ...(minSimilarity === undefined
      ? []
      : [
          limited({
            gate: 'shadow-similarity',
            count: compared,
            minPairs,
            observed: meanSimilarity,
            limit: minSimilarity,
            isFloor: true,
            show: figure,
          }),
        ]),
    ...(maxBelowThreshold === undefined
      ? []
      : [
          limited({
            gate: 'shadow-unlike',
            count: compared,
            minPairs,
            observed: belowThreshold,
            limit: maxBelowThreshold,
            show: percent,
          }),
        ]),
    enough(compared, minPairs),
  ];
}

interface Limited {
  readonly gate: string;
  readonly count: number;
  readonly minPairs: number;
  readonly observed: number | null;
  readonly limit: number;
  readonly isFloor?: boolean;
  readonly show: (value: number) => string;
}

function limited({ gate, count, minPairs, observed, limit, isFloor = false, show }: Limited): GateResult {
  const base = { gate, limit, sample: { canary: count, baseline: count } };
  if (count < minPairs || observed === null) {
    return {
      ...base,
      verdict: 'insufficient',
      observed: null,
      message: `${gate}: ${count} of the ${minPairs} pairs it needs`,
    };
  }
  const verdict = (isFloor ? observed >= limit : observed <= limit) ? 'pass' : 'fail';
  const relation = verdict === 'pass' ? 'within' : isFloor ? 'below' : 'over';
  return {
    ...base,
    verdict,
    observed,
    message: `${gate}: ${show(observed)} is ${relation} the limit of ${show(limit)}`,
  };
}

/** Asks for answers that could be compared: a stage whose callers all failed has shown nothing. */
function enough(compared: number, minPairs: number): GateResult {
  const verdict = compared < Math.max(1, minPairs) ? 'insufficient' : 'pass';
  const message = `shadow-pairs: ${compared} pairs could be compared, and ${minPairs} are needed`;
  const sample = { canary: compared, baseline: compared };
  return { gate: 'shadow-pairs', verdict, observed: compared, limit: minPairs, sample, message };
}
