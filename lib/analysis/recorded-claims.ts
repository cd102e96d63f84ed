import type { ClaimCounts } from './evidence/starts.js';
import type { AgeEvidence, Compared } from './figures.js';

/** Claims in short for the journal: previous start, start, share, canary, baseline. There may be hundreds. */
type Row = readonly [previous: number, start: number, share: number, canary: number, baseline: number];

interface RecordedCompared {
  readonly all: readonly Row[];
  readonly strata: Readonly<Record<string, readonly Row[]>>;
}

export interface RecordedClaims {
  readonly failures: RecordedCompared;
  readonly refusals: RecordedCompared;
  readonly wrongAnswers: RecordedCompared;
  readonly ages: Readonly<Record<string, Pick<AgeEvidence, 'limits'> & { readonly claims: readonly Row[] }>>;
}

export const NOTHING: Compared = { all: [], strata: {} };

export function packed({ all, strata }: Compared): RecordedCompared {
  const parts = Object.entries(strata).map(([name, claims]) => [name, rows(claims)] as const);
  return { all: rows(all), strata: Object.fromEntries(parts) };
}

export function unpacked({ all, strata }: RecordedCompared): Compared {
  const parts = Object.entries(strata).map(([name, recorded]) => [name, claimsIn(recorded)] as const);
  return { all: claimsIn(all), strata: Object.fromEntries(parts) };
}

export function rows(claims: readonly ClaimCounts[]): Row[] {
  return claims.map(({ previous, start, share, canary, baseline }) => [previous, start, share, canary, baseline]);
}

export function claimsIn(recorded: readonly Row[]): ClaimCounts[] {
  return recorded.map(([previous, start, share, canary, baseline]) => ({ previous, start, share, canary, baseline }));
}
