import { Logger, type Provider } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Clock, Random } from '../kit/clock.js';
import { BudgetService } from '../money/budget.service.js';
import { routeConfig, type BlueGreenConfig } from '../options/config.js';
import { costCheck, tightLimits, unpricedLimits } from '../money/cost-limit.js';
import { RequestLog } from '../records/request-log.js';
import { givenAChance } from '../rollout/given-a-chance.js';
import { StateStore } from '../rollout/state-store.js';
import { BlameShares } from '../router/blame-shares.js';
import { Breakers } from '../router/breakers.js';
import { askThrough } from '../evaluation/ask-route.js';
import { EvaluationService } from '../evaluation/evaluation.service.js';
import { FeedbackService } from '../evaluation/feedback.service.js';
import { WrongAnswers } from '../evaluation/wrong-answers.js';
import { LlmRouterService } from '../router/llm-router.service.js';
import { ObservedCalls } from '../router/observed-calls.js';
import { RetryBudgets } from '../router/retry-budget.js';
import { Sender } from '../router/sender.js';
import { ShapedCalls } from '../router/shaped-calls.js';
import { WarningBook } from '../router/warning-book.js';
import { ShadowService } from '../shadow/shadow.service.js';
import { LiveRouteTable } from '../routing/live-route-table.js';
import { TrafficSplitter } from '../routing/traffic-splitter.js';
import { priceAt } from '../money/price-table.js';
import type { AnswerBook } from '../telemetry/answered.js';
import { Figures } from '../telemetry/figures.js';
import { ModelWatch } from '../telemetry/model-watch.js';
import { Openings } from '../telemetry/openings.js';
import { Outages } from '../telemetry/outages.js';
import { SharedWaits } from '../telemetry/shared-waits.js';
import { Telemetry } from '../telemetry/telemetry.js';
import { VersionHistory } from '../telemetry/version-history.js';
import { ANSWERS, CLOCK, CONFIG, RANDOM } from '../tokens.js';
import { Conversations } from '../router/state/conversations.js';
import { OpenTelemetry } from '../tracing/open-telemetry.js';
import { RequestShapes } from '../upstream/request-shapes.js';
import { withPackages } from './packages.js';
import { Upstreams } from '../upstream/upstreams.js';
import { built } from './built.js';

/** How a request gets there, and what is seen of it. */
export const SENDING: Provider[] = [
  {
    provide: Upstreams,
    inject: [CONFIG],
    useFactory: async ({ upstreams }: BlueGreenConfig) => new Upstreams(await withPackages(upstreams)),
  },
  {
    provide: Telemetry,
    inject: [CONFIG, Figures, CLOCK],
    useFactory: ({ telemetry, upstreams }: BlueGreenConfig, figures: Figures, clock: Clock) =>
      new Telemetry(telemetry.window, figures, clock, upstreams.length),
  },
  {
    provide: ShadowService,
    inject: [CONFIG, LiveRouteTable, Upstreams, CLOCK, RANDOM, Telemetry, Figures],
    useFactory: (
      { routes, prices, upstreams: configs }: BlueGreenConfig,
      table: LiveRouteTable,
      upstreams: Upstreams,
      clock: Clock,
      random: Random,
      scores: Telemetry,
      figures: Figures,
    ) => {
      const policies = new Map([...routes].map(([alias, { shadow }]) => [alias, shadow]));
      const price = priceAt(prices, configs);
      const deps = { table, upstreams, clock, random, priceOf: price, checkCost: costCheck(price), scores, figures };
      return new ShadowService({ policies, ...deps });
    },
  },
  {
    provide: EvaluationService,
    inject: [CONFIG, Telemetry, CLOCK, RANDOM, ModuleRef],
    useFactory: (
      { evaluators }: BlueGreenConfig,
      scores: Telemetry,
      clock: Clock,
      random: Random,
      moduleRef: ModuleRef,
    ) => {
      const ask = askThrough(() => ({ sender: moduleRef.get(Sender), splitter: moduleRef.get(TrafficSplitter) }));
      return new EvaluationService({ evaluators, scores, clock, random, ask });
    },
  },
  {
    provide: FeedbackService,
    inject: [CONFIG, EvaluationService, LiveRouteTable, CLOCK, ANSWERS],
    useFactory: (
      { evaluators }: BlueGreenConfig,
      evaluations: EvaluationService,
      table: LiveRouteTable,
      clock: Clock,
      answers: AnswerBook | undefined,
    ) => {
      const book = evaluations.book.bind(evaluations);
      return new FeedbackService({ evaluators, answers, book, table, clock });
    },
  },
  {
    provide: Breakers,
    inject: [CONFIG, CLOCK, SharedWaits, StateStore, Openings],
    useFactory: (config: BlueGreenConfig, clock: Clock, waits: SharedWaits, store: StateStore, openings: Openings) => {
      const optionsOf = (alias: string) => routeConfig(config, alias).sending.breaker;
      const breakers = new Breakers(optionsOf, clock, waits, openings, config.upstreams.length);
      store.entries$.subscribe((entry) => {
        const route = entry.route === undefined ? undefined : store.find(entry.route);
        for (const name of route ? givenAChance(entry, route) : []) breakers.close(route!.alias, name);
      });
      return breakers;
    },
  },
  {
    provide: Sender,
    inject: [
      CONFIG,
      LiveRouteTable,
      Upstreams,
      Telemetry,
      CLOCK,
      RANDOM,
      ShadowService,
      EvaluationService,
      FeedbackService,
      BudgetService,
      Breakers,
      RequestLog,
      OpenTelemetry,
      Conversations,
      RequestShapes,
      WarningBook,
    ],
    useFactory: (
      config: BlueGreenConfig,
      table: LiveRouteTable,
      upstreams: Upstreams,
      observer: Telemetry,
      clock: Clock,
      random: Random,
      shadow: ShadowService,
      evaluations: EvaluationService,
      feedback: FeedbackService,
      spending: BudgetService,
      breakers: Breakers,
      requestLog: RequestLog,
      tracing: OpenTelemetry | undefined,
      conversations: Conversations,
      shapes: RequestShapes,
      warnings: WarningBook,
    ) => {
      shadow.pairs$.subscribe((pair) => requestLog.seeShadow(pair));
      const policyOf = (alias: string) => routeConfig(config, alias).sending;
      const prices = priceAt(config.prices, config.upstreams);
      const logger = new Logger(Sender.name);
      const routes = [...config.routes.values()].map(({ definition }) => definition);
      for (const warning of [...unpricedLimits(routes, prices), ...tightLimits(routes, prices)]) logger.warn(warning);
      for (const note of config.notes) logger.warn(note);
      const observed = new ObservedCalls(observer, clock, requestLog);
      const isCompared = (alias: string) => table.current.find(alias)?.onTrial !== undefined;
      const wrongAnswers = new WrongAnswers(isCompared, (placement) => observer.wrongAnswer(placement));
      return new Sender({
        table,
        upstreams,
        clock,
        random,
        listeners: [
          observed,
          ...(tracing ? [tracing] : []),
          shadow,
          evaluations,
          feedback,
          wrongAnswers,
          new ShapedCalls(shapes),
        ],
        spending,
        policyOf,
        priceOf: prices,
        checkCost: costCheck(prices),
        breakers,
        conversations,
        warnings,
        blame: new BlameShares(config.upstreams.length),
        budgets: new RetryBudgets((alias) => policyOf(alias).retryBudget, clock),
      });
    },
  },
  {
    provide: VersionHistory,
    inject: [Telemetry, Figures, CONFIG],
    useFactory: (telemetry: Telemetry, figures: Figures, { upstreams }: BlueGreenConfig) => {
      const history = new VersionHistory(figures, upstreams.length);
      telemetry.onObservation((observation) => history.see(observation));
      return history;
    },
  },
  {
    provide: ModelWatch,
    inject: [Telemetry],
    useFactory: (telemetry: Telemetry) => {
      const watch = new ModelWatch();
      telemetry.onObservation((observation) => watch.see(observation));
      return watch;
    },
  },
  {
    provide: Outages,
    inject: [Telemetry, LiveRouteTable, CLOCK],
    useFactory: (telemetry: Telemetry, table: LiveRouteTable, clock: Clock) => {
      const isLive = (route: string, name: string) => table.current.find(route)?.active.environment === name;
      const outages = new Outages(isLive, clock);
      telemetry.onVerdict((verdict) => outages.see(verdict));
      return outages;
    },
  },
  built(LlmRouterService, Sender, TrafficSplitter, FeedbackService),
];
