import { z } from 'zod';
import type { GateResult } from '../../domain/events.js';
import type { FailedOf } from '../../domain/failure-run.js';
import type { ArmEvidence } from '../../domain/figures.js';
import { logShareEvidence } from '../evidence/absolute.js';
import { isOutageOver, readLiveCeiling } from '../evidence/live-ceiling.js';
import type { RolloutEvidence } from '../figures.js';
import type { AnytimeGate, GateKind, WrittenProblem, WrittenWith } from './gate-kind.js';
import { tooFewOf } from './too-few.js';
import { counted, percent } from './words.js';

/** Fails when the error rate is surely above `max`, and the live environment's surely is not. */
export interface CeilingGate extends AnytimeGate {
  readonly test: 'ceiling';
  readonly kind: 'errorRate';
  readonly compare: 'absolute';
  /** Greatest rate, a fraction in (0, 1). */
  readonly max: number;
}

const fields = {
  /**
   * With `max`: a test that is valid at every look, instead of a plain limit. Default
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
  hasAlpha: true,
  fields,
  problem({ compare, max }): WrittenProblem | undefined {
    if (compare !== 'baseline' && max > 0 && max < 1) return undefined;
    return {
      field: 'sequential',
      message: 'needs a "max" between 0 and 1, without "compare"; a gate with a tolerance is sequential anyway',
      remedy: 'Leave sequential out.',
    };
  },
  parse: ({ max }) => ({ test: 'ceiling', kind: 'errorRate', compare: 'absolute', max }),
  figures: () => ({ counts: { event: 'fault' } }),
  /**
   * A unit's failures count once since each starting point, as everywhere: one user whose every request fails says no
   * more than one of them. The canary is blamed only where the live environment is surely under the ceiling, and is not
   * over it in the stretches that speak against the canary, or on the same requests. Else that is an outage of both, or
   * too little is known: it holds until the latest requests say that the canary is below the ceiling again.
   */
  read(gate, evidence: RolloutEvidence): GateResult {
    const { name, alpha, max, minSampleSize } = gate;
    const { canary, baseline, faults, names, samples } = evidence;
    const quiet = canary.stretches.map(({ start, failed, total }) => ({ start, requests: total - failed }));
    const { log: value, loudest } = logShareEvidence(faults, quiet, max);
    const { judgedInSegment: judged, failedInSegment: failed } = canary;
    const base = {
      gate: name,
      observed: rateOf(canary),
      limit: max,
      sample: { canary: judged, baseline: baseline.judgedInSegment },
      evidence: { value, limit: Math.log(1 / alpha), alpha },
    };
    const verdict = readLiveCeiling({ max, alpha, canary: value, ...liveSideOf(evidence, loudest) });
    if (verdict === 'under') {
      const few = tooFewOf({ requests: judged, samples: samples.inSegment.canary }, minSampleSize);
      if (few !== undefined) return { ...base, verdict: 'insufficient', message: `${name}: ${few}` };
      const message = `${name}: error rate ${percent(failed / judged)}: not yet enough evidence that it is really above ${percent(max)}`;
      return { ...base, verdict: 'pass', message };
    }
    const there = sumOf(canary.stretches.filter(({ start }) => start >= loudest));
    const over = `${name}: ${names.canary} fails ${percent(there.failed / there.total)} of its requests, surely over the limit of ${percent(max)}`;
    if (verdict === 'canary')
      return { ...base, verdict: 'fail', message: `${over}; ${names.baseline} is surely under it` };
    const because = verdict === 'both' ? alsoFails(evidence, loudest, max) : unknown(evidence);
    return isOutageOver(canary.stretches, max)
      ? { ...base, verdict: 'pass', message: `${over}, ${because}, but not lately` }
      : { ...base, verdict: 'fail', shared: true, message: `${over}, ${because}` };
  },
} satisfies GateKind<CeilingGate, Written> & { fields: typeof fields };

/** The live environment's side of the comparison with the ceiling, since the starting point that speaks. */
function liveSideOf({ baseline, rescues }: RolloutEvidence, since: number) {
  const asked = rescues.filter(({ start }) => start >= since);
  return {
    live: baseline.charged,
    liveThere: sumOf(baseline.stretches.filter(({ start }) => start >= since)),
    liveLast: baseline.stretches.at(-1),
    rescues: sumOf(asked.map((each) => ({ failed: each.asked - each.answered, total: each.asked }))),
  };
}

function sumOf(stretches: readonly FailedOf[]): FailedOf {
  return stretches.reduce((sum, each) => ({ failed: sum.failed + each.failed, total: sum.total + each.total }), {
    failed: 0,
    total: 0,
  });
}

function alsoFails(evidence: RolloutEvidence, since: number, max: number): string {
  const { baseline } = evidence.names;
  const { liveThere, rescues } = liveSideOf(evidence, since);
  const [rate, unanswered] = [liveThere, rescues].map(({ failed, total }) => (total === 0 ? 0 : failed / total));
  if (rate! > max) return `and so does ${baseline}: ${percent(rate!)}`;
  if (unanswered! > max) return `and ${baseline} fails ${percent(unanswered!)} of the same requests`;
  return `and ${baseline} was over it as well`;
}

function unknown({ baseline, names }: RolloutEvidence): string {
  const { failed, total } = baseline.charged;
  return `but ${counted(total, 'request')} of ${names.baseline}, ${failed} of them failed, are too few to say that it is under it`;
}

function rateOf({ judgedInSegment, failedInSegment }: ArmEvidence): number | null {
  return judgedInSegment === 0 ? null : failedInSegment / judgedInSegment;
}
