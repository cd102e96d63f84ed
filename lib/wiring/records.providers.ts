import type { Provider } from '@nestjs/common';
import type { Clock, Random } from '../kit/clock.js';
import type { BlueGreenConfig } from '../options/config.js';
import type { Alert } from '../records/alert.js';
import { AlertService } from '../records/alert.service.js';
import { OwnClaims, RedisClaims, type Claims } from '../records/claims.js';
import { PrimaryAnswers } from '../records/primary-answers.js';
import { PrimaryLog } from '../records/primary-log.js';
import type { Recorded, RecordLog } from '../records/record-log.js';
import { RedisAnswers } from '../records/redis-answers.js';
import { RedisLog } from '../records/redis-log.js';
import { RequestLog, type RequestRecord } from '../records/request-log.js';
import { Webhooks } from '../records/webhooks.js';
import { homeOf, type Primary } from '../primary/primary.js';
import type { RedisConnection } from '../redis/redis-connection.js';
import { Boot } from '../rollout/boot.js';
import { LocalProtection } from '../rollout/local-protection.js';
import { SplitCheck } from '../rollout/split-check.js';
import { StateStore } from '../rollout/state-store.js';
import { BudgetService } from '../money/budget.service.js';
import { ShadowService } from '../shadow/shadow.service.js';
import type { AnswerBook } from '../telemetry/answered.js';
import { ModelWatch } from '../telemetry/model-watch.js';
import { Outages } from '../telemetry/outages.js';
import { ANSWERS, CLOCK, CONFIG, JOURNAL, PRIMARY, RANDOM, REDIS } from '../tokens.js';
import { AlertSources } from './alert-sources.js';
import { alertsSize, ownAnswers, ownLog, requestsSize, takesScores, type LogSize } from './own-records.js';
import { builtFrom } from './built.js';

/** Answers that may be scored from outside: some 100 MB. */
const ANSWERS_IN_REDIS = 250_000;

/** Alerts, request lines and answers to score, kept where the journal is kept. */
export const RECORDS: Provider[] = [
  {
    provide: Webhooks,
    inject: [CONFIG, CLOCK, RANDOM],
    useFactory: ({ alerts }: BlueGreenConfig, clock: Clock, random: Random) =>
      new Webhooks(alerts.webhooks, { clock, random }),
  },
  {
    provide: AlertService,
    inject: [CONFIG, CLOCK, Webhooks, REDIS, PRIMARY],
    useFactory: (
      config: BlueGreenConfig,
      clock: Clock,
      webhooks: Webhooks,
      redis?: RedisConnection,
      primary?: Primary,
    ) => {
      const shared = redis
        ? new RedisClaims(redis, prefixOf(config))
        : homeOf(primary)?.part<Claims>('claims', ['claim']);
      return new AlertService({
        log: logIn<Alert>('alerts', config, alertsSize(config), clock, { redis, primary }),
        claims: shared ?? new OwnClaims(),
        sinks: webhooks.all,
      });
    },
  },
  {
    provide: RequestLog,
    inject: [CONFIG, CLOCK, REDIS, PRIMARY],
    useFactory: (config: BlueGreenConfig, clock: Clock, redis?: RedisConnection, primary?: Primary) => {
      if (config.requestLog === false) return new RequestLog(false);
      const { retention, content, redact } = config.requestLog;
      const size = requestsSize(config.requestLog, redis !== undefined);
      const log = logIn<RequestRecord>('requests', config, size, clock, { redis, primary });
      return new RequestLog({ log, clock, retention, content, redact });
    },
  },
  {
    provide: ANSWERS,
    inject: [CONFIG, CLOCK, REDIS, PRIMARY],
    useFactory: (
      config: BlueGreenConfig,
      clock: Clock,
      redis?: RedisConnection,
      primary?: Primary,
    ): AnswerBook | undefined => {
      if (!takesScores(config)) return undefined;
      if (redis) return new RedisAnswers(redis, { prefix: prefixOf(config), limit: ANSWERS_IN_REDIS });
      const home = homeOf(primary);
      return home ? new PrimaryAnswers(home, 'answers') : ownAnswers(config, clock);
    },
  },
  builtFrom(AlertSources, {
    alerts: AlertService,
    webhooks: Webhooks,
    store: StateStore,
    budgets: BudgetService,
    shadow: ShadowService,
    models: ModelWatch,
    splits: SplitCheck,
    protection: LocalProtection,
    outages: Outages,
    boot: Boot,
    journal: JOURNAL,
    clock: CLOCK,
  }),
];

function logIn<T extends Recorded>(
  name: string,
  config: BlueGreenConfig,
  size: LogSize,
  clock: Clock,
  { redis, primary }: { redis: RedisConnection | undefined; primary: Primary | undefined },
): RecordLog<T> {
  if (redis) return new RedisLog<T>(redis, { key: `${prefixOf(config)}${name}`, clock, ...size });
  const home = homeOf(primary);
  return home ? new PrimaryLog<T>(home, name, clock) : ownLog<T>(name, config, size);
}

function prefixOf({ journal }: BlueGreenConfig): string {
  return journal?.prefix ?? '{blue-green}:';
}
