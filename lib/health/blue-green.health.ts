import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorFunction, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Journal } from '../journal/journal.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { JOURNAL } from '../tokens.js';
import { HealthMonitor } from './health-monitor.js';
import { Shutdown } from './shutdown.js';

/**
 * Terminus indicators, one per environment. Use them in a controller of your own, or switch ours on with
 * `healthController: true`.
 *
 * @example
 * ```ts
 * @Controller('health')
 * class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly blueGreen: BlueGreenHealthIndicator,
 *     private readonly memory: MemoryHealthIndicator,
 *   ) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check() {
 *     return this.health.check([...this.blueGreen.environments(), () => this.memory.checkHeap('heap', 1e9)]);
 *   }
 * }
 * ```
 */
@Injectable()
export class BlueGreenHealthIndicator {
  constructor(
    private readonly monitor: HealthMonitor,
    private readonly indicators: HealthIndicatorService,
    @Inject(JOURNAL) private readonly journal: Journal,
    private readonly shutdown: Shutdown,
    private readonly table: LiveRouteTable,
  ) {}

  /** One indicator per environment: `blue`, or `support-chat/blue` when there are several routes. */
  environments(): HealthIndicatorFunction[] {
    const all = this.monitor.environments;
    const single = new Set(all.map(({ route }) => route)).size === 1;
    return all.map(
      ({ route, environment }) =>
        () =>
          this.environment(route, environment, single ? environment : `${route}/${environment}`),
    );
  }

  /** One environment, down only where its route has nobody else left. `key` names it in the answer. */
  async environment<const Key extends string>(
    route: string,
    environment: string,
    key: Key,
  ): Promise<HealthIndicatorResult<Key>> {
    const { status, tier, message, source } = await this.monitor.check(route, environment);
    const details = { message, source, ...(tier === undefined ? {} : { tier }) };
    const indicator = this.indicators.check(key);
    switch (status) {
      case 'up':
        return indicator.up(details);
      case 'degraded':
        return degraded(indicator, details);
      case 'down':
        // Callers of the route get their answers elsewhere: the process belongs into the load balancer.
        return (await this.monitor.canServe(route)) ? degraded(indicator, details) : indicator.down(details);
    }
  }

  /** Whether changes can be recorded; absent for a journal without a connection. Calls continue without it. */
  records(): HealthIndicatorFunction[] {
    const { connection } = this.journal;
    if (!connection) return [];
    return [
      () => {
        const problem = connection.problem();
        const indicator = this.indicators.check('journal');
        const takenOut = this.#takenOut();
        const warning = connection.warning?.();
        const warned: Record<string, string> = warning === undefined ? {} : { warning };
        if (problem === undefined && takenOut.length === 0) return indicator.up(warned);
        const details = takenOut.length > 0 ? { takenOut, ...warned } : warned;
        const message = problem ?? 'a rollback of this process is not recorded yet';
        return degraded(indicator, { message, awayFor: Math.round(connection.awayFor()), ...details });
      },
    ];
  }

  /** Canaries that this process alone has taken out, as `route/environment`. */
  #takenOut(): string[] {
    const { current } = this.table;
    return current.aliases.flatMap((alias) => {
      const local = current.find(alias)?.local;
      return local ? [`${alias}/${local.environment}`] : [];
    });
  }

  /**
   * Up while every route has *some* environment that can serve and this process is not shutting down. For load
   * balancers.
   */
  async readiness<const Key extends string>(key: Key): Promise<HealthIndicatorResult<Key>> {
    if (this.shutdown.begun) return this.indicators.check(key).down({ message: 'this process is shutting down' });
    const routes = new Set(this.monitor.environments.map(({ route }) => route));
    const checked = await Promise.all(
      [...routes].map(async (route) => ({ route, canServe: await this.monitor.canServe(route) })),
    );
    const unserved = checked.filter(({ canServe }) => !canServe).map(({ route }) => route);
    const indicator = this.indicators.check(key);
    return unserved.length === 0
      ? indicator.up({ message: 'every route can be served' })
      : indicator.down({ message: `no environment can serve: ${unserved.join(', ')}` });
  }
}

/** Terminus has a state for it from 12 on. Before, an environment that serves with a problem is up. */
function degraded<Key extends string>(
  indicator: ReturnType<typeof HealthIndicatorService.prototype.check<Key>>,
  details: Readonly<Record<string, unknown>>,
): HealthIndicatorResult<Key> {
  const older: Pick<typeof indicator, 'up'> = indicator;
  return typeof indicator.degraded === 'function'
    ? indicator.degraded(details)
    : older.up({ degraded: true, ...details });
}
