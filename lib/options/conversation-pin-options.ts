import { z } from 'zod';
import type { ConversationPinOptions } from '../routing/conversation-pins.js';
import { duration, type Duration } from '../validation/duration.js';
import { switchable } from '../validation/fields.js';
import { layerOf, merged } from './layers.js';

/** Keeps a conversation on the version that it began on. */
export interface ConversationPinsInput {
  /** Header that names the conversation. Default `x-conversation-id`. */
  header?: string | undefined;
  /** How long a pin outlives the last request of its conversation. Default `'1h'`. */
  ttl?: Duration | undefined;
  /** Most conversations to remember; beyond it the one that was silent longest is forgotten. Default 10,000. */
  max?: number | undefined;
  /** After a rollback: move to the live environment (`switch`, default), or `finish` where they are. */
  onRollback?: 'switch' | 'finish' | undefined;
}

const pins = z.strictObject({
  header: z.string().min(1).toLowerCase().default('x-conversation-id'),
  ttl: duration.prefault('1h'),
  max: z.int().min(1).max(1_000_000).default(10_000),
  onRollback: z.enum(['switch', 'finish']).default('switch'),
});

export const conversationPins = switchable(layerOf(pins));

type PinInput = z.output<typeof conversationPins> | undefined;

/** The route's settings over the shared ones; `undefined` when conversations are not pinned. */
export function conversationPinOptions(shared: PinInput, own: PinInput): ConversationPinOptions | undefined {
  return own || (own === undefined && shared) ? merged(pins, shared || undefined, own) : undefined;
}
