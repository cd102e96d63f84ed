import { CliError, EXIT } from './cli-error.js';

/** Why a server could not listen, and what to do about it. */
export function listenProblem(error: unknown, host: string, port: number): CliError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  const remedy = code === 'EADDRINUSE' ? 'Choose another port with --port.' : 'Check --host and --port.';
  const message = `Cannot listen on ${host}:${port} (${code}).`;
  return new CliError(EXIT.refused, 'not_listening', message, remedy, 0, { cause: error });
}
