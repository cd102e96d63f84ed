import type { Outcome } from '../domain/outcome.js';
import type { Usage } from '../domain/usage.js';

/** One of the two answers to the same request. Times in milliseconds, money in US dollars. */
export interface ShadowSide {
  /** Absent without an answer. */
  readonly environment: string | undefined;
  readonly version: string | undefined;
  readonly outcome: Outcome;
  readonly latency: number;
  /** Streams only. */
  readonly timeToFirstToken?: number | undefined;
  readonly usage?: Usage | undefined;
  readonly cost?: number | undefined;
  readonly finishReason?: string | undefined;
}

/** The differences of two whole answers to the same request. `null`: not in both answers. */
export interface Comparison {
  /** Letter by letter, but for white space at the ends. */
  readonly sameText: boolean | null;
  /** 0–1. */
  readonly textSimilarity: number | null;
  /** Cosine. With an `embeddingRoute` only. */
  readonly embeddingSimilarity: number | null;
  /** As a fraction of the caller's tokens. */
  readonly tokenDifference: number | null;
  readonly outsideTolerance: boolean | null;
  /** The shadow took longer by more than `maxTemporalDriftMs`. `null` without that limit. */
  readonly outsideTime: boolean | null;
  /** Characters of the shadow's text over those of the caller's. */
  readonly lengthRatio: number | null;
  /** The same keys and types. `false` also when only one of the two is JSON. */
  readonly sameJson: boolean | null;
  /** The same tools, with the same argument keys. */
  readonly sameToolCalls: boolean | null;
  readonly sameFinishReason: boolean | null;
}

/** One mirrored request that has ended on both sides. Figures only. */
export interface ShadowPair {
  /** Wall time, milliseconds since the epoch. */
  readonly at: number;
  readonly route: string;
  readonly requestId: string;
  readonly stream: boolean;
  readonly caller: ShadowSide;
  readonly shadow: ShadowSide;
  /** Absent when one of the two gave no whole answer, or one that was too long to hold. */
  readonly comparison?: Comparison | undefined;
}

/** The measure of similarity. */
export type Measure = 'text' | 'embedding' | 'exact';

/** The similarity that a pair is judged by. Two measures are never mixed. */
export function similarityOf({ sameText, ...comparison }: Comparison, measure: Measure): number | null {
  if (measure === 'exact') return sameText === null ? null : Number(sameText);
  return measure === 'embedding' ? comparison.embeddingSimilarity : comparison.textSimilarity;
}
