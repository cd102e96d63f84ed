import { failureFrom, type UpstreamFailure } from '../../upstream/upstream-failure.js';

const REFUSED = new Set<number | undefined>([400, 403, 404, 422]);
/** Shortest id that is looked for. Callers choose them: a shorter one is in any sentence. */
const LEAST = 8;

/**
 * A refusal that names a file of the request is about the file: the environment is not at fault, and another one may
 * have it. Any other failure stays as it is.
 */
export async function knowingFiles<T>(files: readonly string[], sent: () => Promise<T>): Promise<T> {
  try {
    return await sent();
  } catch (error) {
    const failure = failureFrom(error);
    throw isUnknown(files, failure) ? failure.ofUnknownFile() : failure;
  }
}

function isUnknown(files: readonly string[], { status, answer }: UpstreamFailure): boolean {
  if (!answer || !REFUSED.has(status)) return false;
  const said = answer.body.toString('utf8');
  return files.some((file) => file.length >= LEAST && said.includes(file));
}
