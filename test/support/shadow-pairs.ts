import type { Comparison, ShadowPair, ShadowSide } from '../../lib/telemetry/shadow-pair.js';

const side: ShadowSide = { environment: 'blue', version: 'v1', outcome: 'ok', latency: 100, cost: 0.01 };

const same: Comparison = {
  sameText: true,
  textSimilarity: 1,
  embeddingSimilarity: null,
  tokenDifference: 0,
  outsideTolerance: false,
  outsideTime: null,
  lengthRatio: 1,
  sameJson: null,
  sameToolCalls: null,
  sameFinishReason: true,
};

interface PairParts {
  readonly caller?: Partial<ShadowSide>;
  readonly shadow?: Partial<ShadowSide>;
  readonly comparison?: Partial<Comparison> | undefined;
}

/** A pair whose answers agree, but for what is said. */
export function pairOf({ caller, shadow, ...rest }: PairParts = {}): ShadowPair {
  const uncompared = 'comparison' in rest && rest.comparison === undefined;
  return {
    at: 0,
    route: 'chat',
    requestId: 'r1',
    stream: false,
    caller: { ...side, ...caller },
    shadow: { ...side, environment: 'green', version: 'v2', ...shadow },
    comparison: uncompared ? undefined : { ...same, ...rest.comparison },
  };
}
