import type { SegmentFailures } from '../failure-evidence.js';
import type { RolloutEvidence } from '../figures.js';
import { counted, percent } from './words.js';

/** An event of users in the past tense: "1 user was refused by green". */
export interface UnitPhrase {
  readonly one: string;
  readonly many: string;
  /** The preposition before the environment. */
  readonly where: string;
  /** Of the live environment, where that is another one: "longer than 200 ms". */
  readonly elsewhere?: string | undefined;
}

/**
 * Where the events came from, for people: "2 users failed on green and none on blue, though blue has 95% of the
 * traffic".
 *
 * @param surprising the canary has more of them than it should: "though".
 */
export function fromWhere(
  segments: readonly SegmentFailures[],
  { one, many, where, elsewhere }: UnitPhrase,
  { canary, baseline }: RolloutEvidence['names'],
  surprising: boolean,
): string {
  const compared = segments.filter(({ share }) => share > 0 && share < 1);
  const onCanary = compared.reduce((sum, segment) => sum + segment.canary, 0);
  const onBaseline = compared.reduce((sum, segment) => sum + segment.baseline, 0);
  const counts = `${counted(onCanary, 'user')} ${onCanary === 1 ? one : many} ${where} ${canary} and ${onBaseline === 0 ? 'none' : onBaseline} ${elsewhere === undefined ? '' : `${elsewhere} `}${where} ${baseline}`;
  if (compared.length === 0) return `${counts} while both had traffic`;
  const shares = [...new Set(compared.map(({ share }) => percent(1 - share)))];
  const verb = shares.length === 1 ? 'has' : 'had';
  const had = `${verb} ${shares.join(', then ')} of the traffic`;
  const isMost = compared.every(({ share }) => share < 0.5);
  return surprising && isMost ? `${counts}, though ${baseline} ${had}` : `${counts}, which ${had}`;
}

/** A part of the traffic, for people. */
const PARTS: Readonly<Record<string, string>> = {
  streamed: 'requests for a stream',
  tools: 'requests with tools',
  structured: 'requests for JSON',
  long: 'long prompts',
};

export function inWords(stratum: string): string {
  return Object.hasOwn(PARTS, stratum) ? PARTS[stratum]! : `requests of ${stratum} of 8`;
}
