import type { JsonObject } from '../kit/json.js';

/** What a mirrored request asked, and what the two answered: the only place where a mirror holds words. */
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
  /** Pairs that are open at a time; further ones are shed. Default 8. */
  readonly concurrency: number;
  /** US dollars a calendar month (UTC), per process. Default: no limit. */
  readonly perMonthUsd?: number | undefined;
  /** Greatest difference in tokens that counts as the same, as a fraction of the caller's. Default 0.05. */
  readonly tokenTolerance: number;
  /** Least similarity that counts as the same answer, 0–1. Default 0.85. */
  readonly similarityThreshold: number;
  /** Path of `shadow-requests.jsonl`. Default: none is written. */
  readonly file?: string | undefined;
  /** The file is rotated before it grows beyond this. Default 10 MB. */
  readonly maxFileBytes: number;
  /** Write requests and answers into the file, not only figures and hashes. Default `false`. */
  readonly storeContent: boolean;
  /** What is written instead of the content; `undefined` writes none. */
  readonly redact?: ((content: ShadowContent) => unknown) | undefined;
  /** Alias of a route of ours that answers embeddings; similarity is then measured through it. */
  readonly embeddingRoute?: string | undefined;
  /** Mirrors are wanted and none is recorded for this long: alert. Default 10 min. */
  readonly noMirrorAlertAfter: number;
  /** Pairs that a drift is judged on. Default 20. */
  readonly driftAlertAfter: number;
  /** Above this mean delay of the event loop mirrors are shed. Default 100. */
  readonly maxEventLoopDelay: number;
}

/** Why a mirror that was wanted was not sent. */
export type ShedReason =
  /** `concurrency` pairs are open. */
  | 'concurrency'
  /** The month's budget cannot take it. */
  | 'budget'
  /** There is a budget, and nobody knows the price of the model. */
  | 'unpriced'
  /** The event loop is behind. */
  | 'load'
  /** The route has no environment to mirror to. */
  | 'no_target'
  /** The caller is answered by the shadow environment itself. */
  | 'same_environment';
