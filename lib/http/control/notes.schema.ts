import { z } from 'zod';
import { named } from '../openapi/schemas.js';

const MAX_TEXT = 1_000;
/** Maximum length of the metadata, characters of JSON. */
const MAX_METADATA = 4_096;

const text = z.string().trim().min(1).max(MAX_TEXT);

const common = {
  message: text.optional(),
  /** The same under another name. */
  text: text.optional(),
  route: z.string().min(1).optional(),
  metadata: z
    .record(z.string(), z.json())
    .refine((value) => JSON.stringify(value).length <= MAX_METADATA, {
      error: `is longer than ${MAX_METADATA} characters of JSON`,
    })
    .optional(),
};

const label = z.string().trim().min(1).max(64);

const hasOneText = ({ message, text: other }: { message?: string | undefined; text?: string | undefined }): boolean =>
  (message === undefined) !== (other === undefined);
const oneText = {
  error: 'needs either message or text',
  path: ['message'],
  params: { remedy: 'Write one of the two.' },
};

/** `POST /audit` */
export const noteBody = z.strictObject({ ...common, kind: label.optional() }).refine(hasOneText, oneText);

/** `POST /alerts` */
export const alertBody = z
  .strictObject({
    ...common,
    /** The author's own word for it. The alert's type is `custom`. */
    type: label.optional(),
    severity: z.enum(['info', 'warning', 'critical']).default('warning'),
  })
  .refine(hasOneText, oneText);

export const noteAnswer = named(
  'Note',
  z.strictObject({
    object: z.literal('note'),
    revision: z.int(),
    message: z.string(),
    actor: z.string(),
    route: z.string().nullable(),
    kind: z.string().nullable(),
  }),
);
