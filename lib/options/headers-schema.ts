import { z } from 'zod';

/** RFC 9110, 5.1 and 5.5: what may stand in a header. The client would refuse anything else, at every call. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A text that is sent in a header. */
export const headerValue = z.string().refine((value) => VALUE.test(value), {
  error: 'has a character that cannot be sent in a header',
  params: { remedy: 'Look for a line break at its end: trim() what was read from a file.' },
});

/** Headers by name. */
export const headers = z.record(z.string(), headerValue).superRefine((all, context) => {
  for (const name of Object.keys(all).filter((key) => !NAME.test(key))) {
    const params = { remedy: 'Use letters, digits and - only.' };
    context.addIssue({ code: 'custom', path: [name], message: 'is not the name of a header', params });
  }
});
