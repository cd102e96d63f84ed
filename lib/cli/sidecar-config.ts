import { usage } from './cli-error.js';

type Env = Readonly<Record<string, string | undefined>>;

/** Variables that have the key of an environment's upstream, the first one that is set. */
const BLUE_KEYS = ['HOLYSHEEP_BLUE_KEY', 'BLUE_API_KEY', 'RELAY_API_KEY'];
const GREEN_KEYS = ['HOLYSHEEP_GREEN_KEY', 'GREEN_API_KEY', 'RELAY_API_KEY'];

/**
 * The configuration of `serve` without a file, to be filled in from the environment: with a key for each upstream, its
 * own or the relay's. GREEN_MODEL defaults to BLUE_MODEL. Without BLUE_GREEN_KEY there are no keys, as in a file
 * without.
 *
 * @throws {CliError} naming what is missing: without it a sidecar has no upstream.
 */
export function sidecarConfig(env: Env): string {
  const first = (names: readonly string[]) => names.find((name) => env[name]);
  const [blueKey, greenKey] = [first(BLUE_KEYS), first(GREEN_KEYS)];
  const missing = [
    ...['RELAY_BASE_URL', 'BLUE_MODEL'].filter((name) => !env[name]),
    ...(blueKey === undefined ? ['BLUE_API_KEY'] : []),
    ...(greenKey === undefined ? ['GREEN_API_KEY'] : []),
  ];
  if (missing.length > 0) {
    throw usage(
      `There is no --config, and the environment lacks ${missing.join(', ')}.`,
      'Pass --config <file>, or set these variables. RELAY_API_KEY serves both upstreams.',
    );
  }
  return `
relay:
  base_url: \${RELAY_BASE_URL}
blue_green:
  blue:
    api_key: \${${blueKey}}
  green:
    api_key: \${${greenKey}}
    model: \${${env['GREEN_MODEL'] ? 'GREEN_MODEL' : 'BLUE_MODEL'}}
models:
  default: \${BLUE_MODEL}
dashboard: \${DASHBOARD:-false}
${env['BLUE_GREEN_KEY'] ? KEYS : ''}`;
}

const KEYS = `keys:
  - name: sidecar
    key: \${BLUE_GREEN_KEY}
    scopes: [inference, read, operate]
    environments: [blue, green]
`;
