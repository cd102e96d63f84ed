import { z } from 'zod';
import type { RolloutEvidence } from '../figures.js';
import { toleranceProblem, type AnytimeGate, type GateKind, type WrittenWith } from './gate-kind.js';
import { readRatio } from './ratio-reading.js';

/**
 * Fails when failures come from the canary more often than its share of the traffic explains. Failures of the
 * environment's own and refusals are compared each by itself, with half of the weight: what is frequent does not use up
 * what is rare. Callers' mistakes hit both environments in proportion, and so say nothing.
 */
export interface FailureRatioGate extends AnytimeGate {
  readonly test: 'failureRatio';
  readonly kind: 'errorRate';
  readonly compare: 'baseline';
  /** How much more often it may fail: 0.25 is a quarter more than the live environment. */
  readonly tolerance: number;
}

const FAILED = { one: 'failed', many: 'failed', where: 'on' };
const REFUSED = { one: 'was refused', many: 'were refused', where: 'by' };

const fields = {
  /** How much more often than the live environment it may fail: 0.25 is a quarter more. Valid at every look. */
  tolerance: z.number().min(0).max(1_000).optional(),
};

export const failureRatio = {
  test: 'failureRatio',
  writtenAs: ['errorRate'],
  limit: 'tolerance',
  hasAlpha: true,
  hasHalf: true,
  fields,
  problem: (written) => toleranceProblem(written, 'max'),
  parse: ({ tolerance }) => ({ test: 'failureRatio', kind: 'errorRate', compare: 'baseline', tolerance }),
  figures: () => ({ counts: { event: 'failure' } }),
  read(gate, evidence: RolloutEvidence) {
    const { failures, refusals, canary, baseline } = evidence;
    const sample = { canary: canary.sinceStart.judged, baseline: baseline.sinceStart.judged };
    const processes = [
      { compared: failures, event: FAILED },
      { compared: refusals, event: REFUSED },
    ] as const;
    return readRatio(gate, { evidence, processes, limit: 1 + gate.tolerance, sample });
  },
} satisfies GateKind<FailureRatioGate, WrittenWith<typeof fields, 'tolerance'>> & { fields: typeof fields };
