import {
  Logger,
  Module,
  type MiddlewareConsumer,
  type NestModule,
  type OnApplicationShutdown,
  type Provider,
} from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BLUE_GREEN_OPTIONS, ConfigurableModuleClass, GATEWAY_ON } from './blue-green.module-definition.js';
import { systemClock, type Clock, type Random } from './domain/clock.js';
import { configureRoute } from './domain/commands.js';
import { BlueGreenHealthIndicator } from './health/blue-green.health.js';
import { HealthMonitor } from './health/health-monitor.js';
import { AccessKeys } from './http/access-keys.js';
import type { Journal } from './journal/journal.js';
import { MemoryJournal } from './journal/memory-journal.js';
import type { BlueGreenConfig, RouteConfig } from './options/config.js';
import { parseOptions, type BlueGreenOptions } from './options/parse-options.js';
import { unpricedLimits } from './options/unpriced-limits.js';
import { CanaryScheduler } from './rollout/canary-scheduler.js';
import { CommandBus } from './rollout/command-bus.js';
import { RolloutDefaults } from './rollout/rollout-defaults.js';
import { RolloutService } from './rollout/rollout.service.js';
import { SchedulerOptions } from './rollout/scheduler-options.js';
import { StateStore } from './rollout/state-store.js';
import { Breakers } from './router/breakers.js';
import { LlmRouterService } from './router/llm-router.service.js';
import { RetryBudgets } from './router/retry-budget.js';
import { Sender } from './router/sender.js';
import { ShadowService } from './router/shadow/shadow.service.js';
import { ConversationPins } from './routing/conversation-pins.js';
import { LiveRouteTable } from './routing/live-route-table.js';
import { RequestAssigner } from './routing/request-assigner.js';
import { openRequestContext } from './routing/request-context.js';
import { RoutingOptions } from './routing/routing.options.js';
import { TrafficSplitGuard } from './routing/traffic-split.guard.js';
import { TrafficSplitter } from './routing/traffic-splitter.js';
import { priceOf } from './telemetry/cost.js';
import { ModelWatch } from './telemetry/model-watch.js';
import { Telemetry } from './telemetry/telemetry.js';
import { CLOCK, CONFIG, JOURNAL, RANDOM } from './tokens.js';
import { Upstreams } from './upstream/upstreams.js';
import { OptionsError } from './validation/validation-error.js';

const DATA_PLANE: Provider[] = [
  LiveRouteTable,
  {
    provide: TrafficSplitter,
    inject: [LiveRouteTable, RANDOM, CONFIG, CLOCK],
    useFactory: (table: LiveRouteTable, random: Random, config: BlueGreenConfig, clock: Clock) => {
      const pins = pinsByRoute(config, clock);
      return new TrafficSplitter(table, random, (alias) => pins.get(alias));
    },
  },
  {
    provide: RoutingOptions,
    inject: [CONFIG, AccessKeys],
    useFactory: routingOptions,
  },
  {
    provide: RequestAssigner,
    inject: [TrafficSplitter, LiveRouteTable, RoutingOptions],
    useFactory: (splitter: TrafficSplitter, table: LiveRouteTable, options: RoutingOptions) =>
      new RequestAssigner(splitter, table, options),
  },
  {
    provide: Upstreams,
    inject: [CONFIG],
    useFactory: ({ upstreams }: BlueGreenConfig) => new Upstreams(upstreams),
  },
  {
    provide: Telemetry,
    inject: [CONFIG],
    useFactory: ({ telemetry }: BlueGreenConfig) => new Telemetry(telemetry.window),
  },
  {
    provide: ShadowService,
    inject: [CONFIG, LiveRouteTable, Upstreams, CLOCK, RANDOM],
    useFactory: (
      { routes, prices }: BlueGreenConfig,
      table: LiveRouteTable,
      upstreams: Upstreams,
      clock: Clock,
      random: Random,
    ) => {
      const policies = new Map([...routes].map(([alias, { shadow }]) => [alias, shadow]));
      return new ShadowService({ policies, table, upstreams, clock, random, priceOf: priceOf(prices) });
    },
  },
  {
    provide: Sender,
    inject: [CONFIG, LiveRouteTable, Upstreams, Telemetry, CLOCK, RANDOM, ShadowService],
    useFactory: (
      config: BlueGreenConfig,
      table: LiveRouteTable,
      upstreams: Upstreams,
      observer: Telemetry,
      clock: Clock,
      random: Random,
      mirror: ShadowService,
    ) => {
      const policyOf = (alias: string) => routeConfig(config, alias).sending;
      const prices = priceOf(config.prices);
      const logger = new Logger(Sender.name);
      for (const warning of unpricedLimits(config, prices)) logger.warn(warning);
      return new Sender({
        table,
        upstreams,
        observer,
        clock,
        random,
        mirror,
        policyOf,
        priceOf: prices,
        breakers: new Breakers((alias) => policyOf(alias).breaker),
        budgets: new RetryBudgets((alias) => policyOf(alias).retryBudget, clock),
      });
    },
  },
  {
    provide: ModelWatch,
    inject: [Telemetry],
    useFactory: (telemetry: Telemetry) => {
      const logger = new Logger(ModelWatch.name);
      const watch = new ModelWatch((message) => logger.warn(message));
      telemetry.onObservation((observation) => watch.see(observation));
      return watch;
    },
  },
  LlmRouterService,
  TrafficSplitGuard,
];

const CONTROL_PLANE: Provider[] = [
  { provide: JOURNAL, useFactory: () => new MemoryJournal() },
  {
    provide: StateStore,
    inject: [JOURNAL, LiveRouteTable],
    useFactory: async (journal: Journal, table: LiveRouteTable) => {
      const store = new StateStore(journal, table);
      await store.start();
      return store;
    },
  },
  {
    // Brings the journal in line with the configuration before anybody can be given the bus.
    provide: CommandBus,
    inject: [JOURNAL, StateStore, CLOCK, CONFIG],
    useFactory: async (journal: Journal, store: StateStore, clock: Clock, { routes }: BlueGreenConfig) => {
      const bus = new CommandBus(journal, store, clock);
      const definitions = [...routes.values()].map(({ definition }) => definition);
      await bus.append(
        (state) => definitions.flatMap((definition) => configureRoute(definition, state.routes.get(definition.alias))),
        { actor: 'system', reason: 'configuration' },
      );
      return bus;
    },
  },
  {
    provide: RolloutDefaults,
    inject: [CONFIG, CLOCK],
    useFactory: ({ routes }: BlueGreenConfig, clock: Clock) =>
      new RolloutDefaults(new Map([...routes].map(([alias, { rollout }]) => [alias, rollout])), clock.now()),
  },
  { provide: SchedulerOptions, inject: [CONFIG], useFactory: ({ scheduler }: BlueGreenConfig) => scheduler },
  RolloutService,
  CanaryScheduler,
];

const EDGES: Provider[] = [
  { provide: AccessKeys, inject: [CONFIG, GATEWAY_ON], useFactory: accessKeys },
  {
    provide: HealthMonitor,
    inject: [LiveRouteTable, Telemetry, Upstreams, CONFIG, CLOCK],
    useFactory: (
      table: LiveRouteTable,
      telemetry: Telemetry,
      upstreams: Upstreams,
      { health }: BlueGreenConfig,
      clock: Clock,
    ) => new HealthMonitor(table, telemetry, upstreams, health, clock),
  },
  BlueGreenHealthIndicator,
];

/**
 * Moves live LLM traffic between model configurations. Import it once, in the root module.
 *
 * @example
 * ```ts
 * @Module({
 *   imports: [
 *     ScheduleModule.forRoot(),
 *     BlueGreenModule.forRoot({
 *       isGlobal: true,
 *       alias: 'support-chat',
 *       environments: {
 *         blue: { model: 'gpt-4o', baseUrl: 'https://api.openai.com/v1', apiKey: process.env.BLUE_KEY!, weight: 100 },
 *         green: { model: 'gpt-4.1', baseUrl: 'https://api.openai.com/v1', apiKey: process.env.GREEN_KEY! },
 *       },
 *     }),
 *   ],
 * })
 * export class AppModule {}
 * ```
 */
@Module({
  imports: [TerminusModule],
  providers: [
    { provide: CLOCK, useValue: systemClock },
    { provide: RANDOM, useValue: Math.random },
    {
      provide: CONFIG,
      inject: [BLUE_GREEN_OPTIONS],
      useFactory: (options: BlueGreenOptions) => parseOptions(options),
    },
    ...DATA_PLANE,
    ...CONTROL_PLANE,
    ...EDGES,
  ],
  exports: [
    LlmRouterService,
    RolloutService,
    TrafficSplitter,
    TrafficSplitGuard,
    RequestAssigner,
    Telemetry,
    ShadowService,
    BlueGreenHealthIndicator,
  ],
})
export class BlueGreenModule extends ConfigurableModuleClass implements NestModule, OnApplicationShutdown {
  constructor(
    private readonly upstreams: Upstreams,
    private readonly store: StateStore,
  ) {
    super();
  }

  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(openRequestContext).forRoutes('{*path}');
  }

  async onApplicationShutdown(): Promise<void> {
    this.store.stop();
    await this.upstreams.destroy();
  }
}

function routeConfig({ routes }: BlueGreenConfig, alias: string): RouteConfig {
  const route = routes.get(alias);
  if (!route) throw new TypeError(`No route "${alias}" is configured.`);
  return route;
}

function routingOptions(config: BlueGreenConfig, keys: AccessKeys): RoutingOptions {
  const [first, ...others] = config.routes.keys();
  return {
    stickiness: (alias) => routeConfig(config, alias).stickiness,
    mayForce:
      config.mayForce ??
      ((request, environment) => keys.callerOf(request)?.environments.includes(environment) ?? false),
    defaultRoute: others.length === 0 ? first : undefined,
    extras: (alias) => {
      const { shadow, conversationPins } = routeConfig(config, alias);
      return { shadowTo: shadow.to, conversationHeader: conversationPins?.header };
    },
  };
}

function pinsByRoute({ routes }: BlueGreenConfig, clock: Clock): ReadonlyMap<string, ConversationPins> {
  const pinning = [...routes].flatMap(([alias, { conversationPins: options }]) =>
    options ? [{ alias, options }] : [],
  );
  return new Map(pinning.map(({ alias, options }) => [alias, new ConversationPins(options, clock)]));
}

/** @throws {OptionsError} when the gateway is on and nobody could use it. */
function accessKeys({ keys }: BlueGreenConfig, gatewayIsOn: boolean): AccessKeys {
  if (gatewayIsOn && keys.length === 0) {
    throw new OptionsError([
      {
        path: 'keys',
        value: 'nothing',
        message: 'is missing, and the gateway is on',
        remedy: "Add one: keys: [{ name: 'web', key: process.env.GATEWAY_KEY }].",
      },
    ]);
  }
  return new AccessKeys(keys);
}
