import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import type { StatusAnswer } from '../http/control/answers/status.js';
import { usage } from './cli-error.js';
import { ControlClient } from './control-client.js';
import { outputTo, type Output } from './output.js';

/** Options that verbs share, as commander passes them. */
export interface CommonOptions {
  readonly url?: string;
  readonly key?: string;
  readonly route?: string;
  readonly reason?: string;
  readonly json?: boolean;
  readonly timeout?: string;
  readonly expectedRevision?: string;
}

const DEFAULT_URL = 'http://127.0.0.1:8080/v1';

/** The context of a verb: the server, the route and the output. */
export class Session {
  readonly client: ControlClient;
  readonly output: Output;

  /** @throws {CliError} when an option is not valid. */
  constructor(readonly options: CommonOptions) {
    const url = options.url ?? process.env['BLUE_GREEN_URL'] ?? DEFAULT_URL;
    if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
      throw usage('The address of the server is not an http(s) URL.', `Write it like ${DEFAULT_URL}.`);
    }
    const timeout = seconds(options.timeout ?? '10');
    this.client = new ControlClient({ url, key: options.key ?? keyInEnvironment(), timeout });
    this.output = outputTo(process.stdout, options.json === true);
  }

  /** The named route, or the only one. */
  async route(): Promise<StatusAnswer> {
    return this.#named(await this.client.status());
  }

  #named(routes: readonly StatusAnswer[]): StatusAnswer {
    const named = this.options.route;
    const aliases = routes.map(({ route }) => route).join(', ');
    if (named === undefined && routes.length !== 1) {
      throw usage(`There are ${routes.length} routes.`, `Name one with --route: ${aliases || '(none configured)'}.`);
    }
    const found = named === undefined ? routes[0] : routes.find(({ route }) => route === named);
    if (!found) throw usage(`There is no route "${named}".`, `Use one of: ${aliases || '(none configured)'}.`);
    return found;
  }

  /** The named route, or all of them. */
  async routes(): Promise<readonly StatusAnswer[]> {
    const routes = await this.client.status();
    return this.options.route === undefined && routes.length > 0 ? routes : [this.#named(routes)];
  }

  /** The fields that every change takes. */
  body(fallback?: string) {
    const { expectedRevision } = this.options;
    const expected_revision = expectedRevision === undefined ? undefined : wholeNumber(expectedRevision);
    return { reason: this.options.reason ?? fallback, expected_revision };
  }
}

/** Options of every verb that talks to the server. */
export function withServer(command: Command): Command {
  return command
    .option('--url <url>', `address of the control API (BLUE_GREEN_URL; default ${DEFAULT_URL})`)
    .option('--key <key>', 'access key (better: BLUE_GREEN_KEY, which no process list shows)')
    .option('--timeout <seconds>', 'longest wait for an answer', '10')
    .option('--json', 'one JSON document on stdout, nothing else');
}

/** Options of verbs that are about a route. */
export function withRoute(command: Command): Command {
  return withServer(command).option(
    '--route <alias>',
    'the route (default: the only one; canary, promote, rollback, shift, traffic-shift: all)',
  );
}

export function withReason(command: Command): Command {
  return withRoute(command)
    .option('--reason <text>', 'reason for the audit trail')
    .option('--expected-revision <n>', 'refuse if the route has changed since (exit code 5)');
}

export function keyInEnvironment(): string | undefined {
  return process.env['BLUE_GREEN_KEY'] || undefined;
}

/** @throws {CliError} */
export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 86_400) return Math.round(value * 1000);
  throw usage(`"${text}" is not a number of seconds.`, 'Write one above 0, like --timeout 10.');
}

/** @throws {CliError} */
export function wholeNumber(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw usage(`"${text}" is not a whole number.`, 'Write one like 42.');
}

/** @throws {CliError} */
export function percent(text: string): number {
  const value = Number(text);
  if (/^\d{1,3}(\.\d{1,6})?$/.test(text) && value <= 100) return value;
  throw usage(`"${text}" is not a percentage.`, 'Write a number from 0 to 100.');
}

/** @throws {CliError} */
export function port(text: string): number {
  const value = wholeNumber(text);
  if (value <= 65_535) return value;
  throw usage(`${text} is not a port.`, 'Use 0 to 65535; 0 picks a free one.');
}

/** Most processes of one `serve`: a typing error must not start a thousand. */
const MOST_WORKERS = 128;

/** @throws {CliError} */
export function workers(text: string): number {
  if (text === 'auto' || text === '0') return Math.min(availableParallelism(), MOST_WORKERS);
  const value = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= MOST_WORKERS) return value;
  throw usage(`"${text}" is not a number of workers.`, `Write 1 to ${MOST_WORKERS}, or auto for one per processor.`);
}
