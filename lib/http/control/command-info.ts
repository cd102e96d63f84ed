import { z } from 'zod';
import type { CommandInfo } from '../../rollout/command-bus.js';
import { revision } from '../../validation/fields.js';
import { knownCaller } from '../keys/key-gate.js';

/** The fields that every change takes. */
export const why = { reason: z.string().max(1_000).optional(), expected_revision: revision.optional() };

interface Why {
  readonly reason?: string | undefined;
  readonly expected_revision?: number | undefined;
}

/** These fields, with the name of the key as the actor. */
export function infoOf({ reason, expected_revision }: Why, request: object): CommandInfo {
  return {
    actor: knownCaller(request)?.name,
    ...(reason === undefined ? {} : { reason }),
    expectedRevision: expected_revision,
  };
}
