import { Logger, type Provider } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import { Trouble } from '../kit/trouble.js';
import { BudgetService } from '../money/budget.service.js';
import { BudgetWatch } from '../money/budget-watch.js';
import { Budgets } from '../money/budgets.js';
import type { BudgetStore } from '../money/budget-store.js';
import { FleetBudgetStore } from '../money/fleet-budget-store.js';
import { MemoryBudgetStore } from '../money/memory-budget-store.js';
import { RedisBudgetStore } from '../money/redis-budget-store.js';
import { reportOf } from '../money/report-of.js';
import type { BlueGreenConfig } from '../options/config.js';
import { homeOf, type Primary } from '../primary/primary.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { ShadowService } from '../shadow/shadow.service.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { priceAt } from '../money/price-table.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { CLOCK, CONFIG, PRIMARY, REDIS } from '../tokens.js';

/** The cost of requests, and the budgets that limit it. */
export const MONEY: Provider[] = [
  {
    provide: BudgetService,
    inject: [CONFIG, CLOCK, LiveRouteTable, Telemetry, ShadowService, REDIS, PRIMARY],
    useFactory: (
      { budget, routes, journal, prices: own, upstreams }: BlueGreenConfig,
      clock: Clock,
      table: LiveRouteTable,
      telemetry: Telemetry,
      shadow: ShadowService,
      redis?: RedisConnection,
      primary?: Primary,
    ) => {
      const prices = priceAt(own, upstreams);
      const sources = {
        table,
        telemetry,
        priceOf: prices,
        shadowReport: (alias: string) => shadow.shadowReport(alias),
      };
      return new BudgetService({
        budgets: new Budgets(
          budget,
          new Map([...routes].flatMap(([alias, route]) => (route.budget ? [[alias, route.budget]] : []))),
        ),
        store: redis
          ? storeIn(redis, journal?.prefix, clock)
          : (sharedBudgets(primary) ?? new MemoryBudgetStore(clock)),
        clock,
        priceOf: prices,
        reportOf: (alias) => reportOf(alias, sources),
      });
    },
  },
  {
    provide: BudgetWatch,
    inject: [BudgetService, REDIS, PRIMARY],
    useFactory: (budgets: BudgetService, redis?: RedisConnection, primary?: Primary) =>
      (redis ?? homeOf(primary)) && budgets.limited ? new BudgetWatch(budgets) : undefined,
  },
];

function sharedBudgets(primary: Primary | undefined): BudgetStore | undefined {
  return homeOf(primary)?.part<BudgetStore>('budgets', ['reserve', 'settle', 'figures']);
}

function storeIn(redis: RedisConnection, prefix: string | undefined, clock: Clock): BudgetStore {
  const logger = new Logger(BudgetService.name);
  const trouble = new Trouble(clock);
  return new FleetBudgetStore(new RedisBudgetStore(redis, prefix), clock, (away) => {
    if (away && trouble.seen()) logger.warn('Redis is away: budgets use the last known spending.');
    if (!away && trouble.over()) logger.log('Redis is back: budgets count for the whole fleet again.');
  });
}
