import { z } from 'zod';
import type { ConversationPinOptions } from '../routing/conversation-pins.js';
import { duration, type Duration } from '../validation/duration.js';
import { defined } from '../kit/defined.js';

/** Keeps a conversation on the version that it began on; `false` switches it off for a route. */
export type ConversationPinsInput =
  | false
  | {
      /** Header that names the conversation. Default `x-conversation-id`. */
      header?: string | undefined;
      /** How long a pin outlives the last request of its conversation. Default `'1h'`. */
      ttl?: Duration | undefined;
      /** Conversations that are remembered; beyond it the one that was silent longest is forgotten. Default 10,000. */
      max?: number | undefined;
      /** After a rollback: move to the live environment (`switch`, default), or `finish` where they are. */
      onRollback?: 'switch' | 'finish' | undefined;
    };

export const conversationPins = z.union([
  z.literal(false),
  z.strictObject({
    header: z.string().min(1).optional(),
    ttl: duration.optional(),
    max: z.int().min(1).max(1_000_000).optional(),
    onRollback: z.enum(['switch', 'finish']).optional(),
  }),
]);

type PinInput = z.output<typeof conversationPins> | undefined;

/** The route's settings over the shared ones; `undefined` when conversations are not pinned. */
export function conversationPinOptions(shared: PinInput, own: PinInput): ConversationPinOptions | undefined {
  if (own === false || (own === undefined && !shared)) return undefined;
  const { header, ttl, max, onRollback } = { ...defined(shared || undefined), ...defined(own) };
  return {
    header: (header ?? 'x-conversation-id').toLowerCase(),
    ttl: ttl ?? 3_600_000,
    max: max ?? 10_000,
    onRollback: onRollback ?? 'switch',
  };
}
