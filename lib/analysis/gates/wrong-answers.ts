import { z } from 'zod';
import type { RolloutEvidence } from '../figures.js';
import { toleranceProblem, type AnytimeGate, type GateKind, type WrittenWith } from './gate-kind.js';
import { readRatio } from './ratio-reading.js';

/**
 * Fails when answers of no use come from the canary more often than its share of the traffic explains: empty, cut off
 * at the token limit, stopped by a filter, no JSON where JSON was asked for, or with a broken tool call.
 */
export interface WrongAnswersGate extends AnytimeGate {
  readonly test: 'wrongAnswers';
  readonly kind: 'wrongAnswers';
  readonly compare: 'baseline';
  /** How much more often it may happen: 0.25 is a quarter more than on the live environment. */
  readonly tolerance: number;
}

const WRONG = { one: 'got a useless answer', many: 'got useless answers', where: 'from' };

const fields = {
  /** How much more often than on the live environment it may happen: 0.25 is a quarter more. Valid at every look. */
  tolerance: z.number().min(0).max(1_000).optional(),
};

export const wrongAnswers = {
  test: 'wrongAnswers',
  writtenAs: ['wrongAnswers'],
  limit: 'tolerance',
  hasAlpha: true,
  fields,
  problem: (written) => toleranceProblem(written, 'max'),
  parse: ({ tolerance }) => ({ test: 'wrongAnswers', kind: 'wrongAnswers', compare: 'baseline', tolerance }),
  figures: () => ({ counts: { event: 'wrongAnswer' } }),
  read(gate, evidence: RolloutEvidence) {
    const { wrongAnswers: compared, canary, baseline } = evidence;
    const sample = { canary: canary.sinceStart.judged, baseline: baseline.sinceStart.judged };
    const processes = [{ compared, event: WRONG }] as const;
    return readRatio(gate, { evidence, processes, limit: 1 + gate.tolerance, sample });
  },
} satisfies GateKind<WrongAnswersGate, WrittenWith<typeof fields, 'tolerance'>> & { fields: typeof fields };
