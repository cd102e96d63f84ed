import { z } from 'zod';
import type { ConversationPinOptions } from '../routing/conversation-pins.js';
import { duration } from '../validation/duration.js';
import { defined } from './defined.js';

/** Keeps a conversation on the version that it began on. Off unless given; `false` switches it off for a route. */
export const conversationPins = z.union([
  z.literal(false),
  z.strictObject({
    /** Header that names the conversation. Default `x-conversation-id`. */
    header: z.string().min(1).optional(),
    /** How long a pin outlives the last request of its conversation. Default `'1h'`. */
    ttl: duration.optional(),
    /** Conversations that are remembered; beyond it the one that was silent longest is forgotten. Default 10,000. */
    max: z.int().min(1).max(1_000_000).optional(),
    /** After a rollback: move to the live environment (`switch`, default), or `finish` where they are. */
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
