import { z } from 'zod';
import type { RolloutEvidence } from '../figures.js';
import { quantile, toleranceProblem, type AnytimeGate, type GateKind, type WrittenWith } from './gate-kind.js';
import { readRatio } from './ratio-reading.js';
import { percent } from './words.js';
import type { ArmFigures } from '../../domain/figures.js';

/**
 * Fails when requests of the canary outgrow the live environment's quantile, and a tolerance, more often than the live
 * ones outgrow that quantile. So a canary within its tolerance is not reverted, however thin the tail.
 */
export interface ExceedanceGate extends AnytimeGate {
  readonly test: 'exceedance';
  readonly kind: 'latency' | 'timeToFirstToken';
  readonly compare: 'baseline';
  /** Of the live environment's times, in (0, 1). */
  readonly quantile: number;
  /** How much longer a request may take: 0.2 is a fifth longer than that quantile. */
  readonly tolerance: number;
}

const fields = {
  quantile,
  /**
   * How much longer than that quantile of the live environment a request may take before it is counted: 0.2 is a fifth.
   * Counts requests that are still under way. Valid at every look.
   */
  tolerance: z.number().min(0).max(1_000).optional(),
};

const DEFAULT_QUANTILE = 0.95;

interface Written extends WrittenWith<typeof fields, 'tolerance'> {
  readonly kind: ExceedanceGate['kind'];
}

export const exceedance = {
  test: 'exceedance',
  writtenAs: ['latency', 'timeToFirstToken'],
  limit: 'tolerance',
  hasAlpha: true,
  fields,
  problem: (written) => toleranceProblem(written, 'max'),
  parse: ({ kind, quantile: of = DEFAULT_QUANTILE, tolerance }) => ({
    test: 'exceedance',
    kind,
    compare: 'baseline',
    quantile: of,
    tolerance,
  }),
  figures: ({ kind, quantile: of, tolerance, minSampleSize }) => ({
    counts: { event: 'age', of: kind, quantile: of, tolerance, minSampleSize },
    quantile: of,
  }),
  read(gate, evidence: RolloutEvidence) {
    const { names, ages, canary, baseline } = evidence;
    const { limits, claims } = ages[gate.name] ?? { limits: undefined, claims: [] };
    const sample = { canary: canary.sinceStart[gate.kind].count, baseline: baseline.sinceStart[gate.kind].count };
    if ([canary, baseline].every(({ sinceStart }) => isRare(gate, sinceStart))) {
      const message = `${gate.name}: hardly any request is a stream, so nothing is compared`;
      return { gate: gate.name, verdict: 'pass', observed: null, limit: 1, sample, message };
    }
    if (limits === undefined && claims.length === 0) {
      const message = `${gate.name}: waits until ${names.baseline} has shown how long requests usually take`;
      return { gate: gate.name, verdict: 'insufficient', observed: null, limit: 1, sample, message };
    }
    const waited = `waited ${longer(limits?.canary)}`;
    const event = { one: waited, many: waited, where: 'on', elsewhere: longer(limits?.live) };
    const p = `p${Number((gate.quantile * 100).toFixed(2))}`;
    const usual = limits ? ` of ${Math.round(limits.live)} ms` : '';
    const tolerated = `${percent(gate.tolerance)} more than the ${p}${usual} is tolerated`;
    const processes = [{ compared: { all: claims, strata: {} }, event }] as const;
    return readRatio(gate, { evidence: { ...evidence, strata: [] }, processes, limit: 1, sample, tolerated });
  },
} satisfies GateKind<ExceedanceGate, Written> & { fields: typeof fields };

/** Share of streams from which a route is one that streams. */
const STREAMS = 0.05;

/** Whether so few of the requests are streams that waiting for them would keep a rollout for ever. */
function isRare({ kind, minSampleSize }: ExceedanceGate, { judged, timeToFirstToken }: ArmFigures): boolean {
  if (kind !== 'timeToFirstToken' || judged < minSampleSize) return false;
  return timeToFirstToken.count < minSampleSize && timeToFirstToken.count < STREAMS * judged;
}

function longer(limit: number | undefined): string {
  return limit === undefined ? 'longer than the limit' : `longer than ${Math.round(limit)} ms`;
}
