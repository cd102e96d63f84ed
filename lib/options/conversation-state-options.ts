import { z } from 'zod';

/** The treatment of values that only their maker can read. */
export type ConversationStateOptions =
  /** They pass as they are. */
  | 'pass'
  | {
      /**
       * Signs the stamps: at least 16 characters, the same on every replica. Of two, the first signs and both are
       * accepted. Default: derived from `stickiness.cookie.secret`; else a random one beside the journal in a file or
       * in Redis; else, with the journal in memory, derived from `keys` and the providers' keys.
       */
      secret: string | [string, string];
    };

const secret = z.string().min(16);

export const conversationState = z.union([
  z.literal('pass'),
  z.strictObject({ secret: z.union([secret, z.tuple([secret, secret])]) }),
]);
