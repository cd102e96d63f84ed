import { randomBytes } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import { SCOPES } from '../domain/access-key.js';
import type { ManyRoutesOptions } from '../options/blue-green-options.js';
import { refused } from './cli-error.js';

/** Where `serve` listens, and whether it needs a key that nobody configured. */
export interface ServeAccess {
  readonly host: string;
  /** The configuration has no keys: `serve` makes one for this run. */
  readonly makesKey: boolean;
}

type Env = Readonly<Record<string, string | undefined>>;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8);
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * Decides for `serve`, and for `validate` beforehand. Without keys only this machine may reach the gateway, and only
 * where nobody runs it in production.
 *
 * @param host of the command line, if it has one.
 * @throws {CliError} where `serve` would not start.
 */
export function serveAccess({ keys }: ManyRoutesOptions, host: string | undefined, env: Env): ServeAccess {
  if (keys !== undefined && keys.length > 0) return { host: host ?? '0.0.0.0', makesKey: false };
  const address = host ?? '127.0.0.1';
  const reason = needOfKeys(address, env);
  if (reason === undefined) return { host: address, makesKey: true };
  throw refused(
    `The configuration has no keys, and ${reason}.`,
    "Add one to the file: keys: [{ name: web, key: '${GATEWAY_KEY}' }]. Without a file, set BLUE_GREEN_KEY. " +
      'On a loopback address serve makes one for its run.',
    'keys_needed',
  );
}

/** The options with a key of 256 bits that opens everything. Nothing keeps it but this process. */
export function withKeyForThisRun(options: ManyRoutesOptions): { options: ManyRoutesOptions; key: string } {
  const key = `bg_${randomBytes(32).toString('base64url')}`;
  const environments = Object.values(options.routes).flatMap((route) => Object.keys(route.environments));
  const entry = { name: 'this-run', key, scopes: [...SCOPES], environments: [...new Set(environments)] };
  return { options: { ...options, keys: [entry] }, key };
}

function needOfKeys(host: string, env: Env): string | undefined {
  if (!isLoopback(host)) return `${host === '' ? 'every address' : host} is not a loopback address`;
  if (env['NODE_ENV'] === 'production') return 'NODE_ENV is production';
  return env['KUBERNETES_SERVICE_HOST'] ? 'it would run in Kubernetes (KUBERNETES_SERVICE_HOST is set)' : undefined;
}

function isLoopback(host: string): boolean {
  const family = isIP(host);
  return family === 0 ? host === 'localhost' : LOOPBACK.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
