import { z } from 'zod';
import type { GateResult } from '../../domain/events.js';
import type { ArmFigures } from '../../domain/figures.js';
import type { Gate } from '../../domain/plan.js';
import { duration } from '../../validation/duration.js';
import type { RolloutEvidence } from '../figures.js';
import { quantile, type GateKind, type WrittenWith } from './gate-kind.js';
import { unrescuedOver } from './rescues.js';
import { limitInWords, limitOutlook, type Reading } from './threshold-words.js';

/**
 * A plain limit on one figure of the canary, read over the rolling window of the rollout. Looked at again and again it
 * raises a false alarm now and then: nothing is promised about how often. Figures are fractions for rates, milliseconds
 * for times, US dollars per request for cost.
 */
export interface ThresholdGate extends Gate {
  readonly test: 'threshold';
  readonly kind: 'errorRate' | 'latency' | 'timeToFirstToken' | 'cost';
  /** Which quantile of the times, in (0, 1), e.g. 0.99. Left out: their mean. For times only. */
  readonly quantile?: number | undefined;
  /** `absolute`: the figure itself. `baseline`: how far it is above the same figure of the live environment. */
  readonly compare: 'absolute' | 'baseline';
  /** Greatest figure (or difference) that still passes. */
  readonly max: number;
}

const fields = {
  errorRate: {
    /** Greatest rate (or difference) that passes, as a fraction: 0.05 is 5%. This or `tolerance`. */
    max: z.number().min(0).max(1).optional(),
  },
  times: {
    quantile,
    /** Longest time (or difference) that passes. This or `tolerance`. */
    max: duration.optional(),
  },
  cost: {
    /** Highest mean (or difference), US dollars per request. This or `tolerance`. */
    max: z.number().min(0).max(1_000_000).optional(),
  },
};

interface Written extends WrittenWith<(typeof fields)['times'], 'max'> {
  readonly kind: ThresholdGate['kind'];
}

export const threshold = {
  test: 'threshold',
  writtenAs: ['errorRate', 'latency', 'timeToFirstToken', 'cost'],
  limit: 'max',
  fields,
  parse: ({ kind, quantile: of, compare = 'absolute', max }) => ({
    test: 'threshold',
    kind,
    quantile: of,
    compare,
    max,
  }),
  figures: ({ kind, quantile: of }) => ({ quantile: of, mean: kind === 'cost' ? 'cost' : undefined }),
  inMilliseconds: ({ kind }) => kind === 'latency' || kind === 'timeToFirstToken',
  /**
   * Reads the rolling window or, while that holds too few requests, all since the rollout began: both environments over
   * the same stretch, or an outage of both would be remembered of one of them alone. With too few even then it says so;
   * that is never a pass.
   */
  read(gate, evidence: ThresholdEvidence): GateResult {
    const { seen, other } = figuresOf(gate, evidence);
    const { names = UNNAMED } = evidence;
    const compared = gate.compare === 'baseline' ? other : undefined;
    const sample = { canary: seen.count, baseline: other.count };
    const base = { gate: gate.name, limit: gate.max, sample };

    const smallest = Math.min(seen.count, compared?.count ?? Infinity);
    if (smallest < gate.minSampleSize || seen.value === null || compared?.value === null) {
      const message = `${gate.name}: ${smallest} of the ${gate.minSampleSize} requests it needs`;
      return { ...base, verdict: 'insufficient', observed: null, message };
    }
    const observed = seen.value - (compared?.value ?? 0);
    const verdict = observed <= gate.max ? 'pass' : 'fail';
    const message = `${gate.name}: ${limitInWords(gate, seen, other, names)}`;
    const result = { ...base, verdict, observed, message, outlook: limitOutlook(gate, seen, names) } as const;
    // Money is not lost in an outage.
    if (verdict === 'pass' || compared || gate.kind === 'cost') return result;
    if (isOver(gate, other)) {
      return { ...result, shared: true, message: `${message}, which is over it as well` };
    }
    const unrescued = gate.kind === 'errorRate' ? unrescuedOver(gate.max, evidence.rescues) : undefined;
    return unrescued ? { ...result, shared: true, message: `${message}, ${unrescued}` } : result;
  },
} satisfies GateKind<ThresholdGate, Written> & { fields: typeof fields };

function isOver({ max, minSampleSize }: ThresholdGate, { count, value }: Reading): boolean {
  return value !== null && count >= minSampleSize && value > max;
}

/** The evidence that a plain limit needs. */
type ThresholdEvidence = Pick<RolloutEvidence, 'canary' | 'baseline'> &
  Partial<Pick<RolloutEvidence, 'means' | 'rescues' | 'names'>>;

const UNNAMED: RolloutEvidence['names'] = { canary: 'the canary', baseline: 'the live environment' };

function figuresOf(gate: ThresholdGate, evidence: ThresholdEvidence): { seen: Reading; other: Reading } {
  if (gate.kind === 'cost') return { seen: costOf(evidence, 'canary'), other: costOf(evidence, 'baseline') };
  const { canary, baseline } = evidence;
  const over = (stretch: 'window' | 'sinceStart') => ({
    seen: figureIn(gate, canary[stretch]),
    other: figureIn(gate, baseline[stretch]),
  });
  const recent = over('window');
  const needed = gate.compare === 'baseline' ? [recent.seen, recent.other] : [recent.seen];
  return needed.every(({ count }) => count >= gate.minSampleSize) ? recent : over('sinceStart');
}

function costOf({ means }: ThresholdEvidence, which: 'canary' | 'baseline'): Reading {
  const samples = means?.['cost']?.[which];
  return samples && samples.count > 0 ? { count: samples.count, value: samples.mean } : { count: 0, value: null };
}

function figureIn({ kind, quantile: of }: ThresholdGate, figures: ArmFigures): Reading {
  if (kind === 'errorRate' || kind === 'cost') return { count: figures.judged, value: figures.errorRate };
  const times = figures[kind];
  return { count: times.count, value: of === undefined ? times.mean : times.quantile(of) };
}
