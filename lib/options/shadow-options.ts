import { z } from 'zod';
import { defined } from '../kit/defined.js';
import { isObject } from '../kit/json.js';
import type { ShadowContent, ShadowPolicy } from '../shadow/shadow-policy.js';
import { duration, type Duration } from '../validation/duration.js';
import { fn } from '../validation/fields.js';
import { pathOf, show } from '../validation/shown.js';
import type { Problem } from '../validation/validation-error.js';
import { layerOf, merged } from './layers.js';
import type { RawOptions } from './raw-options.js';
import { drift, relayWords, saidOnce, threshold } from './relay-words.js';

/** Copies of callers' requests, sent to the environment to be tried. */
export interface ShadowOptions {
  /** Share of the callers' requests to mirror, in percent. Default 0. */
  percentage?: number | undefined;
  /** Where mirrors go. Default: the idle environment. */
  to?: string | undefined;
  /** Pairs that may be open at a time; further mirrors are dropped. 1–1,000, default 8. */
  concurrency?: number | undefined;
  /** US dollars for mirrors per calendar month (UTC) and process. Default: no limit. */
  perMonthUsd?: number | undefined;
  /** Largest difference in tokens that counts as the same, as a fraction: 0.05 is 5%. Default 0.05. */
  tokenTolerance?: number | undefined;
  /**
   * `exact`: only the same text counts as the same answer. `semantic`: its similarity decides. Default `'semantic'`.
   */
  comparisonMode?: 'semantic' | 'exact' | undefined;
  /** Smallest similarity that counts as the same answer, 0–1. Default 0.85. */
  similarityThreshold?: number | undefined;
  /** Longest that a mirror may take beyond the caller's answer, milliseconds. Default: any time. */
  maxTemporalDriftMs?: number | undefined;
  /** The two above, as relays group them. */
  responseComparison?:
    { similarityThreshold?: number | undefined; maxTemporalDriftMs?: number | undefined } | undefined;
  /** The route's `bufferThreshold`, beside two switches of relays that are always on here. */
  streaming?:
    | {
        pinConnections?: boolean | undefined;
        bufferThreshold?: number | undefined;
        gracefulDegradation?: boolean | undefined;
      }
    | undefined;
  /** File to append one JSON line per pair to: `shadow-requests.jsonl`. Default: none. */
  file?: string | undefined;
  /** The file is rotated to `.1`, `.2`, `.3` before it grows beyond this. Default 10,000,000. */
  maxFileBytes?: number | undefined;
  /** Write requests and answers to the file, not only figures and hashes. Default `false`. */
  storeContent?: boolean | undefined;
  /** Returns the text to write instead of the content. */
  redact?: ((content: ShadowContent) => unknown) | undefined;
  /** Alias of one of your routes that answers embeddings: similarity is then measured with it. */
  embeddingRoute?: string | undefined;
  /** Alert when mirrors are wanted and none has been recorded for this long. Default `'10m'`. */
  noMirrorAlertAfter?: Duration | undefined;
  /** Pairs needed to judge a drift. 1–1,000, default 20. */
  driftAlertAfter?: number | undefined;
  /** A single pair that drifts is an alert, at most this often; `false`: never. Default `'10m'`. */
  pairAlertEvery?: Duration | false | undefined;
  /** Mirrors are dropped while the event loop is further behind than this. Default `'100ms'`. */
  maxEventLoopDelay?: Duration | undefined;
}

const shadow = z.strictObject({
  percentage: z.number().min(0).max(100).default(0),
  to: z.string().optional(),
  concurrency: z.int().min(1).max(1_000).default(8),
  perMonthUsd: z.number().min(0).max(1_000_000).optional(),
  tokenTolerance: z.number().min(0).max(1).default(0.05),
  comparisonMode: z.enum(['semantic', 'exact']).default('semantic'),
  similarityThreshold: threshold.default(0.85),
  maxTemporalDriftMs: drift.optional(),
  ...relayWords,
  file: z.string().min(1).optional(),
  maxFileBytes: z.int().min(1_000).max(1e12).default(10_000_000),
  storeContent: z.boolean().default(false),
  redact: fn<(content: ShadowContent) => unknown>().optional(),
  embeddingRoute: z.string().optional(),
  noMirrorAlertAfter: duration.prefault('10m'),
  driftAlertAfter: z.int().min(1).max(1_000).default(20),
  pairAlertEvery: z.union([z.literal(false), duration]).prefault('10m'),
  maxEventLoopDelay: duration.prefault('100ms'),
});

export const shadowLayer = layerOf(shadow).superRefine(saidOnce);

type ShadowLayer = z.output<typeof shadowLayer>;

/** Later layers win, key by key. Groups of a relay join the rest of their layer. */
export function shadowPolicy(...layers: readonly (ShadowLayer | undefined)[]): ShadowPolicy {
  const lifted = layers.map((layer) => ({ ...layer, ...defined(layer?.responseComparison) }));
  const { responseComparison: _, streaming: __, ...policy } = merged(shadow, ...lifted);
  return policy;
}

export function embeddingRouteProblems({ layers, routes }: RawOptions): Problem[] {
  const aliases = routes.map(({ alias }) => alias);
  return layers.flatMap(({ path, settings }): Problem[] => {
    const alias = isObject(settings['shadow']) ? settings['shadow']['embeddingRoute'] : undefined;
    if (typeof alias !== 'string' || aliases.includes(alias)) return [];
    const at = [...path, 'shadow', 'embeddingRoute'];
    const remedy = `Add a route that answers embeddings, or use one of: ${aliases.map(String).join(', ')}.`;
    return [{ path: pathOf(at), value: show(at, alias), message: 'names a route that is not configured', remedy }];
  });
}
