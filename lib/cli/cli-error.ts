import { BlueGreenError } from '../domain/errors.js';

/** Exit codes, for pipelines. */
export const EXIT = { ok: 0, refused: 1, usage: 2, unreachable: 3, unauthorized: 4, conflict: 5 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A verb failed. `code`: the server's, or `usage`, `unreachable`, `refused`. */
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

/** A wrong command line. @param remedy the correct form. */
export function usage(message: string, remedy: string): CliError {
  return new CliError(EXIT.usage, 'usage', message, remedy);
}

/** The verb was refused. @param remedy a way to make it succeed. */
export function refused(message: string, remedy: string, code = 'refused'): CliError {
  return new CliError(EXIT.refused, code, message, remedy);
}

/** Another kind of server answered at `url`. */
export function noControlApi(url: string): CliError {
  return refused(
    `${withoutSecrets(url)} is not a control API.`,
    'Check --url (or BLUE_GREEN_URL): the address of the app with the path of its control API, like /v1.',
    'no_control_api',
  );
}

/** There was no answer at `url`. */
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

/** A refusal of the server, as an error with the matching exit code. */
export function answered(status: number, code: string, message: string): CliError {
  if (status === 401 || status === 403) {
    const remedy = 'Pass a key with the right scope in --key or BLUE_GREEN_KEY: "read" to look, "operate" to change.';
    return new CliError(EXIT.unauthorized, code, message, remedy, status);
  }
  if (status === 409 || status === 412) {
    const remedy = 'Check `blue-green status`, then decide again.';
    return new CliError(EXIT.conflict, code, message, remedy, status);
  }
  const isValue = status === 400 || status === 422 || code.startsWith('unknown_');
  return new CliError(isValue ? EXIT.usage : EXIT.refused, code, message, remedyFor(status), status);
}

function remedyFor(status: number): string {
  if (status === 404) return 'Check --route, and that --url ends with the path of the control API, like /v1.';
  if (status === 422 || status === 400) return 'Correct the value that the message names.';
  if (status === 424) return 'Start again once it is fit, or pass --force with a --reason. The journal records it.';
  if (status === 429) return 'Wait a moment and try again.';
  return 'Check the log of the server.';
}

/** The URL without credentials and query. */
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
