import type { JsonObject } from '../kit/json.js';
import type { Measure } from '../telemetry/shadow-pair.js';

/** The text of a mirrored request and of its two answers. Nothing else of a mirror contains text. */
export interface ShadowContent {
  readonly request: JsonObject;
  readonly answer: string;
  readonly shadowAnswer: string;
}

/** Parsed `shadow` options of a route. Times in milliseconds. */
export interface ShadowPolicy {
  /** Share of the callers' requests that is mirrored, in percent. Default 0. */
  readonly percentage: number;
  /** Where mirrors go. Default: the idle environment. */
  readonly to?: string | undefined;
  /** Most pairs that may be open at a time; further ones are shed. Default 8. */
  readonly concurrency: number;
  /** US dollars a calendar month (UTC), per process. Default: no limit. */
  readonly perMonthUsd?: number | undefined;
  /** Largest difference in tokens that counts as the same, as a fraction of the caller's. Default 0.05. */
  readonly tokenTolerance: number;
  /** `exact`: only the same text counts as the same answer. Default `semantic`. */
  readonly comparisonMode: 'semantic' | 'exact';
  /** Lowest similarity that counts as the same answer, 0–1. Default 0.85. */
  readonly similarityThreshold: number;
  /** Longest that the shadow may take beyond the caller's answer, milliseconds. Default: any time. */
  readonly maxTemporalDriftMs?: number | undefined;
  /** Path of `shadow-requests.jsonl`. Default: no file is written. */
  readonly file?: string | undefined;
  /** The file is rotated before it grows beyond this. Default 10 MB. */
  readonly maxFileBytes: number;
  /** Write requests and answers into the file, not only figures and hashes. Default `false`. */
  readonly storeContent: boolean;
  /** Replaces the content that is written; returning `undefined` writes none. */
  readonly redact?: ((content: ShadowContent) => unknown) | undefined;
  /** Alias of a route of this module that answers embeddings; similarity is then measured through it. */
  readonly embeddingRoute?: string | undefined;
  /** Alert when mirrors are wanted and none succeeds for this long. Default 10 min. */
  readonly noMirrorAlertAfter: number;
  /** Number of pairs that drift is judged on. Default 20. */
  readonly driftAlertAfter: number;
  /** A single pair that drifts is reported at most this often; `false`: never. Default 10 min. */
  readonly pairAlertEvery: number | false;
  /** Mirrors are shed above this mean delay of the event loop. Default 100. */
  readonly maxEventLoopDelay: number;
}

/** The measure of similarity under this policy. */
export function measureOf({
  comparisonMode,
  embeddingRoute,
}: Pick<ShadowPolicy, 'comparisonMode' | 'embeddingRoute'>): Measure {
  if (comparisonMode === 'exact') return 'exact';
  return embeddingRoute === undefined ? 'text' : 'embedding';
}

/** Why a mirror was not sent. */
export type ShedReason =
  /** `concurrency` pairs are open. */
  | 'concurrency'
  /** The budget does not cover it. */
  | 'budget'
  /** There is a budget, and the price of the model is not known. */
  | 'unpriced'
  /** The event loop lags. */
  | 'load'
  /** The route has no environment to mirror to. */
  | 'no_target'
  /** The caller is answered by the shadow environment itself. */
  | 'same_environment';
