import type { GateResult } from '../domain/events.js';
import type { ThresholdGate } from '../domain/plan.js';
import type { Figures, RolloutEvidence, Times } from './figures.js';
import { figure, percent } from './gate-words.js';
import { meanOf } from './mean-gate.js';
import { unrescuedOver } from './rescues.js';

/**
 * Reads a plain limit over the rolling window or, while that holds too few requests, over all since the rollout
 * began: both environments over the same stretch, lest an outage of both is still remembered of one of them alone. With
 * too few even then it says so; that is never a pass.
 */
export function readThreshold(gate: ThresholdGate, evidence: ThresholdEvidence): GateResult {
  const { seen, other } = figuresOf(gate, evidence);
  const compared = gate.compare === 'baseline' ? other : undefined;
  const sample = { canary: seen.count, baseline: other.count };
  const base = { gate: gate.name, limit: gate.max, sample };

  const smallest = Math.min(seen.count, compared?.count ?? Infinity);
  if (smallest < gate.minSampleSize || seen.value === null || compared?.value === null) {
    const message = `${gate.name}: ${smallest} of ${gate.minSampleSize} requests that are needed`;
    return { ...base, verdict: 'insufficient', observed: null, message };
  }
  const observed = seen.value - (compared?.value ?? 0);
  const verdict = observed <= gate.max ? 'pass' : 'fail';
  const what = compared ? 'difference to the live environment' : describe(gate);
  const relation = verdict === 'pass' ? 'within' : 'over';
  const message = `${gate.name}: ${what} ${show(gate, observed)} is ${relation} ${show(gate, gate.max)}`;
  const result = { ...base, verdict, observed, message } as const;
  // Money is not lost in an outage.
  if (verdict === 'pass' || compared || gate.kind === 'cost') return result;
  if (isOver(gate, other)) return { ...result, shared: true, message: `${message}, and so is the live environment's` };
  const unrescued = gate.kind === 'errorRate' ? unrescuedOver(gate.max, evidence.rescues) : undefined;
  return unrescued ? { ...result, shared: true, message: `${message}, ${unrescued}` } : result;
}

function isOver({ max, minSampleSize }: ThresholdGate, { count, value }: Figure): boolean {
  return value !== null && count >= minSampleSize && value > max;
}

/** What a plain limit is read from. */
type ThresholdEvidence = Pick<RolloutEvidence, 'canary' | 'baseline'> &
  Partial<Pick<RolloutEvidence, 'means' | 'rescues'>>;

interface Figure {
  readonly count: number;
  readonly value: number | null;
}

function figuresOf(gate: ThresholdGate, evidence: ThresholdEvidence): { seen: Figure; other: Figure } {
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

function costOf({ means }: ThresholdEvidence, which: 'canary' | 'baseline'): Figure {
  const samples = means?.['cost']?.[which];
  return samples?.count ? { count: samples.count, value: meanOf(samples) } : { count: 0, value: null };
}

function figureIn(gate: ThresholdGate, figures: Figures): Figure {
  if (gate.kind === 'errorRate') return { count: figures.judged, value: figures.errorRate };
  const times: Times = gate.kind === 'latency' ? figures.latency : figures.timeToFirstToken;
  const value = gate.quantile === undefined ? times.mean : times.quantile(gate.quantile);
  return { count: times.count, value };
}

function describe({ kind, quantile }: ThresholdGate): string {
  if (kind === 'errorRate') return 'error rate';
  if (kind === 'cost') return 'mean cost';
  const what = kind === 'latency' ? 'latency' : 'time to first token';
  return quantile === undefined ? `mean ${what}` : `p${Number((quantile * 100).toFixed(2))} ${what}`;
}

function show({ kind }: ThresholdGate, value: number): string {
  if (kind === 'errorRate') return percent(value);
  return kind === 'cost' ? `${figure(value)} USD` : `${Math.round(value)} ms`;
}
