import { z } from 'zod';
import type { ShadowContent, ShadowPolicy } from '../shadow/shadow-policy.js';
import { duration, type Duration } from '../validation/duration.js';
import { defined } from '../kit/defined.js';

const MINUTE = 60_000;
const MEGABYTE = 1_000_000;

/** Mirrors of callers' requests, sent to the environment that is to be tried. */
export interface ShadowOptions {
  /** Share of the callers' requests that is mirrored, in percent. Default 0. */
  percentage?: number | undefined;
  /** Where mirrors go. Default: the idle environment. */
  to?: string | undefined;
  /** Pairs that may be open at a time; further mirrors are shed. 1–1,000, default 8. */
  maxConcurrency?: number | undefined;
  /** US dollars for mirrors per calendar month (UTC) and process. Default: no limit. */
  monthlyBudgetUsd?: number | undefined;
  /** Greatest difference in tokens that counts as the same, as a fraction: 0.05 is 5 %. Default 0.05. */
  tokenTolerance?: number | undefined;
  /** Least similarity that counts as the same answer, 0–1. Default 0.85. */
  similarityThreshold?: number | undefined;
  /** Where to append one JSON line per pair: `shadow-requests.jsonl`. Default: nowhere. */
  file?: string | undefined;
  /** The file is rotated to `.1`, `.2`, `.3` before it grows beyond this. Default 10,000,000. */
  maxFileBytes?: number | undefined;
  /** Write requests and answers into the file, not only figures and hashes. Default `false`. */
  storeContent?: boolean | undefined;
  /** What to write instead of the content; what it returns is written as it is. */
  redact?: ((content: ShadowContent) => unknown) | undefined;
  /** Alias of a route of yours that answers embeddings: similarity is then measured through it. */
  embeddingRoute?: string | undefined;
  /** Alert when mirrors are wanted and none is recorded for this long. Default `'10m'`. */
  noMirrorAlertAfter?: Duration | undefined;
  /** Pairs that a drift is judged on. 1–1,000, default 20. */
  driftAlertAfter?: number | undefined;
  /** Mirrors are shed while the event loop is further behind than this. Default `'100ms'`. */
  maxEventLoopDelay?: Duration | undefined;
}

export const shadow = z.strictObject({
  percentage: z.number().min(0).max(100).optional(),
  to: z.string().optional(),
  maxConcurrency: z.int().min(1).max(1_000).optional(),
  monthlyBudgetUsd: z.number().min(0).optional(),
  tokenTolerance: z.number().min(0).max(1).optional(),
  similarityThreshold: z.number().min(0).max(1).optional(),
  file: z.string().min(1).optional(),
  maxFileBytes: z.int().min(1_000).optional(),
  storeContent: z.boolean().optional(),
  redact: z
    .custom<(content: ShadowContent) => unknown>((value) => typeof value === 'function', {
      error: 'is not a function',
    })
    .optional(),
  embeddingRoute: z.string().optional(),
  noMirrorAlertAfter: duration.optional(),
  driftAlertAfter: z.int().min(1).max(1_000).optional(),
  maxEventLoopDelay: duration.optional(),
});

type ShadowInput = z.output<typeof shadow> | undefined;

const DEFAULTS: ShadowPolicy = {
  percentage: 0,
  to: undefined,
  maxConcurrency: 8,
  monthlyBudgetUsd: undefined,
  tokenTolerance: 0.05,
  similarityThreshold: 0.85,
  file: undefined,
  maxFileBytes: 10 * MEGABYTE,
  storeContent: false,
  redact: undefined,
  embeddingRoute: undefined,
  noMirrorAlertAfter: 10 * MINUTE,
  driftAlertAfter: 20,
  maxEventLoopDelay: 100,
};

/** The route's settings over the shared ones over the defaults. */
export function shadowPolicy(shared: ShadowInput, own: ShadowInput): ShadowPolicy {
  return { ...DEFAULTS, ...defined(shared), ...defined(own) };
}
