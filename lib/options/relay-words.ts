import { z } from 'zod';
import { isObject, objectAt } from '../kit/json.js';
import { pathOf } from '../validation/shown.js';
import type { RawOptions } from './raw-options.js';

/** Behavior that other relays have a switch for. */
const ALWAYS = {
  pinConnections: 'a stream stays on the environment that it began on',
  gracefulDegradation: 'the live environment answers in place of a canary that fails',
} as const;

const always = (why: string) =>
  z
    .boolean()
    .refine(Boolean, { error: 'cannot be switched off', params: { remedy: `Remove it: ${why}.` } })
    .optional();

export const threshold = z.number().min(0).max(1);
export const drift = z.number().min(0).max(86_400_000);

/** How relays group the settings of mirrors and of streams. */
export const relayWords = {
  responseComparison: z
    .strictObject({ similarityThreshold: threshold.optional(), maxTemporalDriftMs: drift.optional() })
    .optional(),
  streaming: z
    .strictObject({
      pinConnections: always(ALWAYS.pinConnections),
      bufferThreshold: z.int().min(1).max(64).optional(),
      gracefulDegradation: always(ALWAYS.gracefulDegradation),
    })
    .optional(),
};

interface Grouped {
  readonly similarityThreshold?: number | undefined;
  readonly maxTemporalDriftMs?: number | undefined;
}

/** Refuses a setting that stands in its group with another value than beside it. */
export function saidOnce(
  { responseComparison: group = {}, ...own }: Grouped & { readonly responseComparison?: Grouped | undefined },
  context: z.RefinementCtx,
): void {
  for (const name of ['similarityThreshold', 'maxTemporalDriftMs'] as const) {
    if (own[name] === undefined || group[name] === undefined || own[name] === group[name]) continue;
    const params = { remedy: 'Keep one of the two.' };
    context.addIssue({ code: 'custom', path: ['responseComparison', name], message: `contradicts ${name}`, params });
  }
}

/** The words of relays that change nothing here, or not what they promise, in sentences for people. */
export function relayNotes({ app, layers }: RawOptions): string[] {
  const embedded = objectAt(app, 'shadow')?.['embeddingRoute'];
  return layers.flatMap(({ path, settings }) => {
    const shadow = objectAt(settings, 'shadow');
    if (!shadow) return [];
    const at = (...names: string[]): string => pathOf([...path, 'shadow', ...names]);
    const streaming = objectAt(shadow, 'streaming') ?? {};
    const isSemantic = shadow['comparisonMode'] === 'semantic' && (shadow['embeddingRoute'] ?? embedded) === undefined;
    return [
      ...alwaysSo(streaming).map((note) => `${at('streaming')}.${note}`),
      ...(isSemantic ? [`${at('comparisonMode')} compares words: for their meaning, set shadow.embeddingRoute.`] : []),
    ];
  });
}

/** A sentence for each switch of a relay that is always on here. */
export function alwaysSo(streaming: unknown): string[] {
  if (!isObject(streaming)) return [];
  return Object.entries(ALWAYS).flatMap(([name, why]) =>
    streaming[name] === undefined ? [] : [`${name} is always so: ${why}.`],
  );
}
