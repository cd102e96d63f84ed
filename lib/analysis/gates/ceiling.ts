import { z } from 'zod';
import type { GateResult } from '../../domain/events.js';
import type { ArmEvidence } from '../../domain/figures.js';
import { logCeilingEvidence } from '../ceiling.js';
import type { RolloutEvidence } from '../figures.js';
import type { AnytimeGate, GateKind, WrittenProblem, WrittenWith } from './gate-kind.js';
import { unrescuedOver } from './rescues.js';
import { percent } from './words.js';

/** Fails when the error rate under the current weights is surely above `max`, whatever the live environment does. */
export interface CeilingGate extends AnytimeGate {
  readonly test: 'ceiling';
  readonly kind: 'errorRate';
  readonly compare: 'absolute';
  /** Greatest rate, a fraction in (0, 1). */
  readonly max: number;
}

const fields = {
  /**
   * With `max`: a test under the current weights that is valid at every look, instead of a plain limit. Default
   * `false`.
   */
  sequential: z.boolean().default(false),
};

type Written = WrittenWith<typeof fields & { max: z.ZodNumber }, 'max'>;

export const ceiling = {
  test: 'ceiling',
  writtenAs: ['errorRate'],
  limit: 'max',
  flag: 'sequential',
  alpha: 'stage',
  fields,
  problem({ compare, max }): WrittenProblem | undefined {
    if (compare !== 'baseline' && max > 0 && max < 1) return undefined;
    return {
      field: 'sequential',
      message: 'goes with a "max" above 0 and below 1 that is not compared; a tolerance always is',
      remedy: 'Leave sequential out.',
    };
  },
  parse: ({ max }) => ({ test: 'ceiling', kind: 'errorRate', compare: 'absolute', max }),
  figures: () => ({ counts: { event: 'fault' } }),
  /**
   * A unit's failures count once, as everywhere: one user whose every request fails says no more than one of them. When
   * the live environment is over the ceiling as well, under the same weights or on the same requests, that is an outage
   * of both, and says so; it holds until the rolling window is below the ceiling.
   */
  read(gate, evidence: RolloutEvidence): GateResult {
    const { name, alpha, max, minSampleSize } = gate;
    const { canary, baseline, faults } = evidence;
    const { judgedInSegment: judged, failedInSegment: failed } = canary;
    const units = Math.min(failed, faults.at(-1)?.canary ?? 0);
    const value = logCeilingEvidence(units, judged - failed + units, max);
    const base = {
      gate: name,
      observed: rateOf(canary),
      limit: max,
      sample: { canary: judged, baseline: baseline.judgedInSegment },
      evidence: { value, limit: Math.log(1 / alpha), alpha },
    };
    const rate = `${name}: error rate ${percent(failed / judged)}`;
    if (value >= base.evidence.limit) {
      const over = `${rate} is over ${percent(max)}`;
      const other = alsoFails(evidence, max);
      if (other === undefined) return { ...base, verdict: 'fail', message: over };
      const { window } = canary;
      const isOver = window.judged >= minSampleSize && window.errorRate !== null && window.errorRate <= max;
      return isOver
        ? { ...base, verdict: 'pass', message: `${over}, ${other}: an outage of both, now over` }
        : { ...base, verdict: 'fail', shared: true, message: `${over}, ${other}` };
    }
    if (judged < minSampleSize) {
      const message = `${name}: ${judged} of the ${minSampleSize} requests it needs`;
      return { ...base, verdict: 'insufficient', message };
    }
    const message = `${rate}: not enough evidence that it is really above ${percent(max)}`;
    return { ...base, verdict: 'pass', message };
  },
} satisfies GateKind<CeilingGate, Written> & { fields: typeof fields };

function alsoFails({ baseline, rescues }: RolloutEvidence, max: number): string | undefined {
  const rate = rateOf(baseline);
  if (rate !== null && rate > max) return `and so is the live environment's at ${percent(rate)}`;
  return unrescuedOver(max, rescues);
}

function rateOf({ judgedInSegment, failedInSegment }: ArmEvidence): number | null {
  return judgedInSegment === 0 ? null : failedInSegment / judgedInSegment;
}
