import { BlueGreenError } from '../domain/errors.js';

/** What the process ends with: pipelines decide on it. */
export const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3, unauthorised: 4, conflict: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A verb that did not do what it was asked for. `code`: the server's, or `usage`, `unreachable`, `refused`. */
export class CliError extends BlueGreenError {
  constructor(
    readonly exitCode: ExitCode,
    code: string,
    message: string,
    remedy: string,
    status = 0,
    options?: ErrorOptions,
  ) {
    super(code, message, remedy, status, options);
  }
}

/** @param remedy says how to write it. */
export function usage(message: string, remedy: string): CliError {
  return new CliError(EXIT.usage, 'usage', message, remedy);
}

/** @param remedy says what would make it go through. */
export function refused(message: string, remedy: string, code = 'refused'): CliError {
  return new CliError(EXIT.refused, code, message, remedy);
}

/** Somebody answered at `url`, and with something else. */
export function noControlApi(url: string): CliError {
  return refused(
    `This is not a control API: ${withoutSecrets(url)} answers with something else.`,
    'Check that --url (or BLUE_GREEN_URL) is the address of the app and ends where its control API is mounted, like /v1.',
    'no_control_api',
  );
}

/** Nobody answered at `url`. @param remedy what to check about the address. */
export function unreachable(
  url: string,
  cause: unknown,
  remedy = 'Check the address (--url or BLUE_GREEN_URL) and that the server listens there.',
): CliError {
  return new CliError(
    EXIT.unreachable,
    'unreachable',
    `${withoutSecrets(url)} cannot be reached: ${whyOf(cause)}.`,
    remedy,
    0,
    { cause },
  );
}

/** An answer that says no, as an error with the exit code that fits. */
export function answered(status: number, code: string, message: string): CliError {
  if (status === 401 || status === 403) {
    const remedy = 'Pass a key that may do this with --key or BLUE_GREEN_KEY: "read" to look, "operate" to change.';
    return new CliError(EXIT.unauthorised, code, message, remedy, status);
  }
  if (status === 409 || status === 412) {
    const remedy = 'Look at `blue-green status` and decide on what it shows.';
    return new CliError(EXIT.conflict, code, message, remedy, status);
  }
  const isValue = status === 400 || status === 422 || code.startsWith('unknown_');
  return new CliError(isValue ? EXIT.usage : EXIT.refused, code, message, remedyFor(status), status);
}

function remedyFor(status: number): string {
  if (status === 404) return 'Check --route, and that --url ends where the control API is mounted, like /v1.';
  if (status === 422 || status === 400) return 'Change the value that the message names.';
  if (status === 424) return 'Once it is fit: start again. Or pass --force with a --reason, which is recorded.';
  if (status === 429) return 'Wait a moment and try again.';
  return 'Look at the log of the server.';
}

/** A URL fit to be shown. */
export function withoutSecrets(url: string): string {
  return url.replace(/\/\/[^/]*@/, '//…@').replace(/\?.*$/s, '');
}

function whyOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'no answer';
  if (cause.name === 'TimeoutError') return 'no answer in time';
  const inner = cause.cause;
  const code = inner instanceof Error && 'code' in inner ? inner.code : undefined;
  return typeof code === 'string' ? code : 'no answer';
}
