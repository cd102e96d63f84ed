import type { Command } from 'commander';
import { usage } from '../cli-error.js';
import { readConfig, readEnvironment } from '../config-file.js';
import { serveAccess, withKeyForThisRun } from '../serve-access.js';
import type { ManyRoutesOptions } from '../../options/blue-green-options.js';
import type { ServeSettings } from '../announce.js';
import { percent, port, workers } from '../session.js';
import { sidecarConfig } from '../sidecar-config.js';
import { readFile } from './validate.js';

interface ServeOptions {
  readonly config?: string;
  readonly mode?: string;
  readonly blueWeight?: number;
  readonly greenWeight?: number;
  readonly monitorInterval?: string;
  readonly port?: number;
  readonly host?: string;
  readonly workers?: number;
  readonly json?: boolean;
}

const DEFAULT_PORT = 8080;

/** `serve`: the gateway with its control API, standalone or as a sidecar. */
export function addServe(program: Command): void {
  program
    .command('serve')
    .description('start gateway, control API and health checks from a file, or as a sidecar from environment variables')
    .option(
      '--config <file>',
      'YAML; without it: RELAY_BASE_URL, BLUE_API_KEY, GREEN_API_KEY, BLUE_MODEL, GREEN_MODEL, BLUE_GREEN_KEY',
    )
    .option('--mode <mode>', 'only blue-green is supported')
    .option('--blue-weight <n>', 'percent for blue, overrides the file', percent)
    .option('--green-weight <n>', 'percent for green, overrides the file', percent)
    .option('--monitor-interval <duration>', 'how often the gates are checked, like 30s')
    .option('--port <n>', `port to listen on (default: the file's, else ${DEFAULT_PORT})`, port)
    .option('--host <address>', 'address to listen on (default: 0.0.0.0 with keys, 127.0.0.1 without)')
    .option('--workers <n>', 'processes that share the port; auto: one for each processor (default: 1)', workers)
    .option('--json', 'one JSON document on stdout once it listens; the log goes to stderr')
    .action(start);
}

async function start(options: ServeOptions): Promise<void> {
  const { config, mode = 'blue-green', monitorInterval, host } = options;
  if (mode !== 'blue-green') throw usage(`There is no mode "${mode}".`, 'Use --mode=blue-green.');
  const weights = weightsOf(options);
  const overrides = { weights, monitorInterval, port: options.port };
  const file =
    config === undefined
      ? readEnvironment(sidecarConfig(process.env), process.env, overrides)
      : readConfig(readFile(config), process.env, overrides);
  const access = serveAccess(file.options, host, process.env);
  // Only this verb needs Nest; the others start faster without it.
  const serve = await servedBy(options.workers ?? 1);
  const settings = {
    port: file.port ?? DEFAULT_PORT,
    host: access.host,
    dashboard: file.dashboard,
    json: options.json === true,
  };
  if (!access.makesKey) return serve(file.options, settings);
  const made = withKeyForThisRun(file.options);
  return serve(made.options, { ...settings, madeKey: made.key });
}

type Serve = (options: ManyRoutesOptions, settings: ServeSettings) => Promise<void>;

async function servedBy(count: number): Promise<Serve> {
  if (count === 1) return (await import('../server.js')).serve;
  const { serveByWorkers } = await import('../workers/serve-by-workers.js');
  return (options, settings) => serveByWorkers(options, settings, count);
}

function weightsOf({ blueWeight, greenWeight }: ServeOptions): Record<string, number> | undefined {
  if (blueWeight === undefined && greenWeight === undefined) return undefined;
  const blue = blueWeight ?? 100 - (greenWeight ?? 0);
  const green = greenWeight ?? 100 - blue;
  if (Math.abs(blue + green - 100) <= 0.01) return { blue, green };
  throw usage(`The weights sum to ${blue + green}, not to 100.`, 'Write --blue-weight=85 --green-weight=15.');
}
