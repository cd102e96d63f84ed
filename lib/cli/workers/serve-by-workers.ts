import cluster from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Logger } from '@nestjs/common';
import { packageFile } from '../../kit/package-file.js';
import { systemClock } from '../../kit/clock.js';
import type { ManyRoutesOptions } from '../../options/blue-green-options.js';
import { parseOptions } from '../../options/parse-options.js';
import { PrimaryHome } from '../../wiring/primary-home.js';
import { announce, type ServeSettings } from '../announce.js';
import { listenProblem } from '../listen-problem.js';
import { loggerFor } from '../serve-logger.js';
import { Crew } from './crew.js';

const WORKER = fileURLToPath(packageFile('dist/lib/cli/workers/worker.js'));

/**
 * Starts the gateway as several processes that share the port and, without Redis, what this process keeps for them:
 * journal, figures, budgets, the lease of the schedules. SIGTERM or SIGINT ends all of them, as it ends one.
 *
 * @throws {CliError} as `serve`, when a worker does not start.
 */
export async function serveByWorkers(
  options: ManyRoutesOptions,
  settings: ServeSettings,
  count: number,
): Promise<void> {
  Logger.overrideLogger(loggerFor(settings.json));
  const config = parseOptions(options);
  const home = config.journal?.redis === undefined ? await PrimaryHome.open(config, systemClock) : undefined;
  cluster.setupPrimary({ exec: WORKER, args: [], serialization: 'advanced' });
  const { host, port, dashboard } = settings;
  // Workers that are started again need the same one, also when none is left that has it.
  const shared = { ...settings, port: port || (await freePort(host)), dashboard: withSecret(dashboard) };
  const crew = new Crew({
    count,
    fork: () => cluster.fork(),
    home,
    assignment: (worker) => ({ worker, isHome: home !== undefined, options, settings: shared }),
    clock: systemClock,
  });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    await crew.end(signal);
    await home?.close();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void end(signal).then(() => process.exit(0)));
  }
  try {
    announce(await crew.start(), options, settings, count);
  } catch (error) {
    await end('SIGTERM');
    throw error;
  }
}

async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  try {
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    throw listenProblem(error, host, 0);
  } finally {
    server.close();
  }
}

/** Every worker has to read the sessions that another one has sealed. */
function withSecret(dashboard: ServeSettings['dashboard']): ServeSettings['dashboard'] {
  if (dashboard === undefined || dashboard === false) return dashboard;
  const own = { secret: randomBytes(32).toString('hex') };
  return dashboard === true ? own : { ...dashboard, secret: dashboard.secret ?? own.secret };
}
