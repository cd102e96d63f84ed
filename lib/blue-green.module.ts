import { Inject, Module } from '@nestjs/common';
import type { DynamicModule, NestModule, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ApplicationConfig, HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { BLUE_GREEN_OPTIONS, ConfigurableModuleClass, type OPTIONS_TYPE } from './blue-green.module-definition.js';
import { systemClock } from './kit/clock.js';
import { GATEWAY_CONTROLLERS } from './http/gateway.controllers.js';
import { BlueGreenHealthIndicator } from './health/blue-green.health.js';
import { answerEarlyErrors } from './http/early-errors.js';
import { answerUnserved } from './http/unserved.js';
import { hookRequestContext } from './http/context-hook.js';
import { endpointsIn } from './http/endpoints-in.js';
import { mendStrayPercents } from './http/stray-percents.js';
import { parseOwnBodies } from './http/own-bodies.js';
import type { DescribedEndpoint, MountedController } from './http/openapi/endpoints.js';
import { BudgetService } from './money/budget.service.js';
import type { BlueGreenOptions } from './options/blue-green-options.js';
import { parseOptions } from './options/parse-options.js';
import { AlertService } from './records/alert.service.js';
import { RequestLog } from './records/request-log.js';
import { RolloutService } from './rollout/rollout.service.js';
import { VersionService } from './rollout/version.service.js';
import { EvaluationService } from './evaluation/evaluation.service.js';
import { FeedbackService } from './evaluation/feedback.service.js';
import { LlmRouterService } from './router/llm-router.service.js';
import { ShadowService } from './shadow/shadow.service.js';
import { RequestAssigner } from './routing/request-assigner.js';
import { TrafficSplitGuard } from './routing/traffic-split.guard.js';
import { TrafficSplitter } from './routing/traffic-splitter.js';
import { Telemetry } from './telemetry/telemetry.js';
import { NotConfiguredError } from './rollout/scheduler-errors.js';
import {
  ALL_MOUNTED,
  CLOCK,
  CLOSE,
  CONFIG,
  KEYS_NEEDED,
  MOUNTED,
  PRIMARY,
  PROMETHEUS,
  RANDOM,
  SESSION_SECRET,
} from './tokens.js';
import { CLOSING } from './wiring/closing.providers.js';
import { EDGES } from './wiring/edge.providers.js';
import { JOURNAL_HOME } from './wiring/journal.providers.js';
import { METRICS } from './wiring/metrics.providers.js';
import { MONEY } from './wiring/money.providers.js';
import { FLEET } from './wiring/fleet.providers.js';
import { RECORDS } from './wiring/records.providers.js';
import { ROLLOUT } from './wiring/rollout.providers.js';
import { ROUTING } from './wiring/routing.providers.js';
import { CONVERSATIONS } from './wiring/conversation.providers.js';
import { SENDING } from './wiring/sending.providers.js';
import { TRACING } from './wiring/tracing.providers.js';

const notConfigured = (): never => {
  throw new NotConfiguredError();
};

/** Defaults that `forRoot()` replaces. */
const UNCONFIGURED = [BLUE_GREEN_OPTIONS, MOUNTED, ALL_MOUNTED, KEYS_NEEDED, PROMETHEUS, SESSION_SECRET].map(
  (provide) => ({
    provide,
    useFactory: notConfigured,
  }),
);

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
    ...UNCONFIGURED,
    { provide: CLOCK, useValue: systemClock },
    { provide: RANDOM, useValue: Math.random },
    { provide: PRIMARY, useValue: undefined },
    {
      provide: CONFIG,
      inject: [BLUE_GREEN_OPTIONS],
      useFactory: (options: BlueGreenOptions) => parseOptions(options),
    },
    ...ROUTING,
    ...MONEY,
    ...FLEET,
    ...SENDING,
    ...CONVERSATIONS,
    ...JOURNAL_HOME,
    ...RECORDS,
    ...ROLLOUT,
    ...EDGES,
    ...METRICS,
    ...TRACING,
    ...CLOSING,
  ],
  exports: [
    LlmRouterService,
    RolloutService,
    VersionService,
    TrafficSplitter,
    TrafficSplitGuard,
    RequestAssigner,
    Telemetry,
    ShadowService,
    BudgetService,
    AlertService,
    EvaluationService,
    FeedbackService,
    RequestLog,
    BlueGreenHealthIndicator,
  ],
})
export class BlueGreenModule
  extends ConfigurableModuleClass
  implements NestModule, OnModuleInit, OnApplicationShutdown
{
  constructor(
    @Inject(CLOSE) private readonly close: () => Promise<void>,
    @Inject(MOUNTED) private readonly mounted: readonly MountedController[],
    @Inject(ALL_MOUNTED) private readonly allMounted: readonly MountedController[],
    private readonly host: HttpAdapterHost,
    private readonly appConfig: ApplicationConfig,
    private readonly modules: ModulesContainer,
  ) {
    super();
  }

  /**
   * @throws {OptionsError} for settings that shape the module; the options themselves are read at the start of the app.
   */
  static override forRoot(options: typeof OPTIONS_TYPE): DynamicModule {
    // For `undefined` the error names the options that are missing, and is not a TypeError of Nest's.
    return super.forRoot(options ?? ({} as typeof options));
  }

  configure(): void {
    const { httpAdapter } = this.host;
    hookRequestContext(
      httpAdapter,
      this.#endpoints(this.#gateway).map(({ path }) => path),
    );
    const paths = this.#endpoints(this.mounted).map(({ path }) => path);
    if (paths.length === 0) return;
    // The page logs in and sends commands as well.
    parseOwnBodies(
      httpAdapter,
      this.#endpoints(this.allMounted).map(({ path }) => path),
    );
    answerEarlyErrors(httpAdapter, paths);
    mendStrayPercents(httpAdapter, paths);
  }

  onModuleInit(): void {
    const served = this.#endpoints(this.#gateway);
    const models = served.find(({ path }) => path.endsWith('/models'));
    // Without an HTTP server there is nobody to answer.
    if (!models || typeof this.host.httpAdapter?.use !== 'function') return;
    const names = served.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    answerUnserved(this.host.httpAdapter, models.path.slice(0, -'/models'.length), names);
  }

  get #gateway(): readonly MountedController[] {
    return this.mounted.filter(({ controller }) => GATEWAY_CONTROLLERS.includes(controller));
  }

  #endpoints(mounted: readonly MountedController[]): DescribedEndpoint[] {
    return endpointsIn({ mounted, module: BlueGreenModule, config: this.appConfig, modules: this.modules });
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }
}
