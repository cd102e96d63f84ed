import type { GateResult } from '../domain/events.js';
import type { ThresholdGate } from '../domain/plan.js';
import type { ArmEvidence, Figures, RolloutEvidence, Times } from './figures.js';

/**
 * Reads a plain limit over the rolling window or, while that holds too few requests, over all since the rollout
 * began. With too few even then it says so; that is never a pass.
 */
export function readThreshold(gate: ThresholdGate, { canary, baseline }: RolloutEvidence): GateResult {
  const seen = figureOf(gate, canary);
  const other = figureOf(gate, baseline);
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
  return { ...base, verdict, observed, message };
}

interface Figure {
  readonly count: number;
  readonly value: number | null;
}

function figureOf(gate: ThresholdGate, arm: ArmEvidence): Figure {
  const recent = figureIn(gate, arm.window);
  return recent.count >= gate.minSampleSize ? recent : figureIn(gate, arm.sinceStart);
}

function figureIn(gate: ThresholdGate, figures: Figures): Figure {
  if (gate.kind === 'errorRate') return { count: figures.judged, value: figures.errorRate };
  const times: Times = gate.kind === 'latency' ? figures.latency : figures.timeToFirstToken;
  const value = gate.quantile === undefined ? times.mean : times.quantile(gate.quantile);
  return { count: times.count, value };
}

function describe({ kind, quantile }: ThresholdGate): string {
  if (kind === 'errorRate') return 'error rate';
  const what = kind === 'latency' ? 'latency' : 'time to first token';
  return quantile === undefined ? `mean ${what}` : `p${Number((quantile * 100).toFixed(2))} ${what}`;
}

function show({ kind }: ThresholdGate, value: number): string {
  return kind === 'errorRate' ? `${Number((value * 100).toFixed(2))} %` : `${Math.round(value)} ms`;
}
