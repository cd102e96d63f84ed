import { z } from 'zod';
import { named } from '../openapi/schemas.js';

const id = z.string().min(1).max(128);

/** `POST /feedback` */
export const feedbackBody = z
  .strictObject({
    /** `X-Request-ID` of the answer. */
    request_id: id.optional(),
    /** `X-Episode-ID` of a run. */
    episode: id.optional(),
    /** The route of an episode. May be left out where there is one. */
    model_alias: z.string().min(1).optional(),
    evaluator: z.string().min(1).max(64).default('feedback'),
    score: z.number().min(0).max(1),
  })
  .refine(({ request_id, episode }) => (request_id === undefined) !== (episode === undefined), {
    error: 'needs either request_id or episode',
    path: ['request_id'],
    params: { remedy: 'Send one of the two.' },
  });

export const feedbackAnswer = named(
  'Feedback',
  z.strictObject({
    object: z.literal('feedback'),
    status: z.enum(['counted', 'already_scored', 'answered_elsewhere', 'not_compared', 'rollout_ended']),
    counted: z.boolean(),
    model_alias: z.string(),
    environment: z.string(),
    version_tag: z.string(),
    message: z.string(),
  }),
);
