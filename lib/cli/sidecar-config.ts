import { usage } from './cli-error.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Variables that have the key of an environment's upstream, the first one that is set. */
const UPSTREAM_KEYS = {
  BLUE_API_KEY: ['HOLYSHEEP_BLUE_KEY', 'BLUE_API_KEY', 'RELAY_API_KEY'],
  GREEN_API_KEY: ['HOLYSHEEP_GREEN_KEY', 'GREEN_API_KEY', 'RELAY_API_KEY'],
} as const;

const UPSTREAMS = `
relay:
  base_url: \${RELAY_BASE_URL}
blue_green:
  blue:
    api_key: \${BLUE_API_KEY}
  green:
    api_key: \${GREEN_API_KEY}
    model: \${GREEN_MODEL}
models:
  default: \${BLUE_MODEL}
dashboard: \${DASHBOARD:-false}
`;

const KEYS = `
keys:
  - name: sidecar
    key: \${BLUE_GREEN_KEY}
    scopes: [inference, read, operate]
    environments: [blue, green]
`;

/**
 * The configuration of `serve` without a file, and the environment that fills it in: with a key for each upstream, its
 * own or the relay's. GREEN_MODEL defaults to BLUE_MODEL. Without BLUE_GREEN_KEY there are no keys, as in a file
 * without.
 *
 * @throws {CliError} naming what is missing: without it a sidecar has no upstream.
 */
export function sidecarConfig(env: Env): readonly [text: string, env: Env] {
  const first = (names: readonly string[]) => names.map((name) => env[name]).find(Boolean);
  const keys = Object.entries(UPSTREAM_KEYS).map(([name, names]) => [name, first(names)] as const);
  const missing = [
    ...['RELAY_BASE_URL', 'BLUE_MODEL'].filter((name) => !env[name]),
    ...keys.filter(([, key]) => key === undefined).map(([name]) => name),
  ];
  if (missing.length > 0) {
    throw usage(
      `There is no --config, and the environment lacks ${missing.join(', ')}.`,
      'Pass --config <file>, or set these variables. RELAY_API_KEY serves both upstreams.',
    );
  }
  const filled = { ...env, ...Object.fromEntries(keys), GREEN_MODEL: env['GREEN_MODEL'] || env['BLUE_MODEL'] };
  return [env['BLUE_GREEN_KEY'] ? UPSTREAMS + KEYS : UPSTREAMS, filled];
}
