import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { CliError, EXIT, usage } from '../cli-error.js';
import { parseOptions } from '../../options/parse-options.js';
import { readConfig } from '../config-file.js';
import { serveAccess } from '../serve-access.js';
import { keyInEnvironment, Session, withServer, type CommonOptions } from '../session.js';

interface ValidateOptions extends CommonOptions {
  readonly config?: string;
  readonly host?: string;
  readonly testModel?: string;
  readonly dryRun?: boolean;
}

/** `validate`: a configuration file, a key, or both. */
export function addValidate(program: Command): void {
  const verb = program.command('validate').description('check a configuration file (--config), the key, or both');
  withServer(verb)
    .option('--config <file>', 'the file to check; the key is then checked only if --key is given')
    .option('--host <address>', 'the address that serve is to listen on: without keys it may refuse it')
    .option('--test-model <name>', 'the model or alias to try the key with')
    .option('--no-dry-run', 'try the key with a real call')
    .action(validate);
}

async function validate(options: ValidateOptions): Promise<void> {
  const session = new Session(options);
  const { output } = session;
  if (options.config === undefined && (options.key ?? keyInEnvironment()) === undefined) {
    throw usage('There is nothing to check.', 'Pass --config <file>, or a key with --key or BLUE_GREEN_KEY.');
  }
  const config = options.config === undefined ? undefined : checkFile(options.config, options.host);
  if (config) output.line(`config  ok  ${options.config}: routes ${config.routes.join(', ')}`);
  for (const warning of config?.warnings ?? []) output.line(`        warning: ${warning}`);
  for (const note of config?.notes ?? []) output.line(`        note: ${note}`);
  let key: unknown;
  if (options.config === undefined || options.key !== undefined) {
    const answer = await session.client.validateKey(options.testModel, options.dryRun !== false);
    key = answer;
    if (!answer.valid) {
      const why = answer.error ?? 'the server gives no reason';
      throw new CliError(
        EXIT.unauthorized,
        'key_invalid',
        `The key is not valid: ${why}`,
        'Use another key, or fix the key of the upstream.',
      );
    }
    output.line('key     ok  valid');
  }
  output.document({ valid: true, ...(config && { config }), ...(key !== undefined && { key }) });
}

/** Passes what `serve` would start with. */
function checkFile(path: string, host: string | undefined) {
  const { options, port } = readConfig(readFile(path), process.env);
  const access = serveAccess(options, host, process.env);
  const noKeys = `there are no keys: serve makes one for each run, and listens on ${access.host}`;
  const warnings = access.makesKey ? [noKeys] : [];
  return { routes: Object.keys(options.routes), port: port ?? null, warnings, notes: parseOptions(options).notes };
}

/** @throws {CliError} */
export function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    throw usage(`${path} cannot be read (${code}).`, 'Check the path of --config.');
  }
}
