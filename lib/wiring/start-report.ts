import cluster from 'node:cluster';
import { resolve } from 'node:path';
import { Logger, type OnApplicationBootstrap, type Provider } from '@nestjs/common';
import { BLUE_GREEN_OPTIONS } from '../blue-green.module-definition.js';
import type { BlueGreenOptions } from '../options/blue-green-options.js';
import type { BlueGreenConfig } from '../options/config.js';
import { overriddenOptions } from '../options/overridden.js';
import { Boot } from '../rollout/boot.js';
import { homeOf as homeIn, type Primary } from '../primary/primary.js';
import { bounded, startLine } from '../rollout/start-lines.js';
import { StateStore } from '../rollout/state-store.js';
import { CONFIG, PRIMARY } from '../tokens.js';

/** Routes that get a line of their own. */
const ROUTES = 20;

/** Says at the start how traffic is split, and what nobody would expect who has read the options. */
class StartReport implements OnApplicationBootstrap {
  readonly #logger = new Logger('BlueGreen');

  constructor(
    private readonly config: BlueGreenConfig,
    private readonly store: StateStore,
    private readonly boot: Boot,
    private readonly options: BlueGreenOptions,
    private readonly primary: Primary | undefined,
  ) {}

  onApplicationBootstrap(): void {
    const { config, store, boot, primary } = this;
    // Workers say the same: one of them is enough.
    if (primary && primary.worker > 1) return;
    const { routes } = store;
    this.#logger.log(`The journal is ${homeOf(config)}, at revision ${store.state.revision}.`);
    for (const line of bounded(routes.map(startLine), ROUTES, 'routes')) this.#logger.log(line);
    for (const line of bounded(boot.changed, ROUTES, 'routes')) this.#logger.log(line);
    const overridden = routes.flatMap((route) => {
      const options = config.routes.get(route.alias);
      const path = 'routes' in this.options ? ['routes', route.alias] : [];
      return (options && overriddenOptions(options, path, config, route)) ?? [];
    });
    for (const line of bounded(overridden, ROUTES, 'routes')) this.#logger.warn(line);
    const sibling = siblingMark();
    if (config.journal || homeIn(primary) || sibling === undefined) return;
    this.#logger.warn(
      `This process may be one of several (${sibling}), and its journal is in memory: each of them walks its own schedule ` +
        'on its own figures. Set journal.redis to make them one fleet, or run one process.',
    );
  }
}

export const START_REPORT: Provider = {
  provide: StartReport,
  inject: [CONFIG, StateStore, Boot, BLUE_GREEN_OPTIONS, PRIMARY],
  useFactory: (
    config: BlueGreenConfig,
    store: StateStore,
    boot: Boot,
    options: BlueGreenOptions,
    primary: Primary | undefined,
  ) => new StartReport(config, store, boot, options, primary),
};

function homeOf({ journal }: BlueGreenConfig): string {
  if (journal?.file !== undefined) return `in ${resolve(journal.file)}`;
  if (journal) return `in Redis${hostOf(journal.redis)}, prefix ${journal.prefix}`;
  return 'in memory: a restart begins with the options again';
}

/** Without user and password. */
function hostOf(redis: unknown): string {
  if (typeof redis === 'string') return ` at ${new URL(redis).host}`;
  const { host, port = 6_379 } = redis as { readonly host?: unknown; readonly port?: unknown };
  return typeof host === 'string' ? ` at ${host}:${String(port)}` : '';
}

/** The sign that a process manager runs several of this process. */
function siblingMark(): string | undefined {
  if (cluster.isWorker) return 'it is a worker of node:cluster';
  const instance = process.env['NODE_APP_INSTANCE'];
  return instance === undefined ? undefined : `NODE_APP_INSTANCE is ${JSON.stringify(instance)}`;
}
