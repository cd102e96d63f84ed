import { Logger, type Provider } from '@nestjs/common';
import type { Clock, Random } from '../kit/clock.js';
import type { BlueGreenConfig } from '../options/config.js';
import type { Alert } from '../records/alert.js';
import { AlertService } from '../records/alert.service.js';
import { OwnClaims, RedisClaims } from '../records/claims.js';
import { FileAnswers } from '../records/file-answers.js';
import { FileLog } from '../records/file-log.js';
import { MemoryAnswers } from '../records/memory-answers.js';
import { MemoryLog, type Recorded, type RecordLog, type Retention } from '../records/record-log.js';
import { RedisAnswers } from '../records/redis-answers.js';
import { RedisLog } from '../records/redis-log.js';
import { RequestLog, type RequestRecord } from '../records/request-log.js';
import { Webhooks } from '../records/webhooks.js';
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
import { ANSWERS, CLOCK, CONFIG, JOURNAL, RANDOM, REDIS } from '../tokens.js';
import { AlertSources } from './alert-sources.js';
import { builtFrom } from './built.js';

/** Older alerts may be dropped. */
const ALERTS_KEPT_FOR = 30 * 24 * 60 * 60_000;

/**
 * Request lines to keep by default. In Redis the retention decides; this limit, 100 MB without content, is for safety.
 */
const LINES = 10_000;
const LINES_IN_REDIS = 250_000;
/** Rotated files of request lines. */
const FILES = 31;

/** Answers that may be scored from outside: some 70 MB in a process, 100 MB in Redis. */
const MOST_ANSWERS = 100_000;
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
    inject: [CONFIG, CLOCK, Webhooks, REDIS],
    useFactory: (config: BlueGreenConfig, clock: Clock, webhooks: Webhooks, redis: RedisConnection | undefined) => {
      const size = { limit: config.alerts.keep, retention: ALERTS_KEPT_FOR };
      return new AlertService({
        log: logIn<Alert>('alerts', config, size, clock, redis),
        claims: redis ? new RedisClaims(redis, prefixOf(config)) : new OwnClaims(),
        sinks: webhooks.all,
      });
    },
  },
  {
    provide: RequestLog,
    inject: [CONFIG, CLOCK, REDIS],
    useFactory: (config: BlueGreenConfig, clock: Clock, redis: RedisConnection | undefined) => {
      if (config.requestLog === false) return new RequestLog(false);
      const { maxEntries, retention, content, redact } = config.requestLog;
      const size = {
        limit: maxEntries ?? (redis && !content ? LINES_IN_REDIS : LINES),
        files: FILES,
        retention: Math.max(retention.active, retention.shadow),
        onEarly: warnOnce(
          'The request log is full: lines are dropped before requestLog.retention is over. ' +
            'Raise requestLog.maxEntries, shorten the retention, or keep the journal in Redis or in a file, which have more room.',
        ),
      };
      const log = logIn<RequestRecord>('requests', config, size, clock, redis);
      return new RequestLog({ log, clock, retention, content, redact });
    },
  },
  {
    provide: ANSWERS,
    inject: [CONFIG, CLOCK, REDIS],
    useFactory: (config: BlueGreenConfig, clock: Clock, redis: RedisConnection | undefined): AnswerBook | undefined => {
      if (config.evaluators.every(({ evaluate }) => evaluate)) return undefined;
      if (redis) return new RedisAnswers(redis, { prefix: prefixOf(config), limit: ANSWERS_IN_REDIS });
      const file = config.journal?.file;
      return file === undefined
        ? new MemoryAnswers(MOST_ANSWERS, clock)
        : new FileAnswers(`${file}.answers`, MOST_ANSWERS, clock);
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
  size: Retention & { readonly limit: number; readonly files?: number },
  clock: Clock,
  redis: RedisConnection | undefined,
): RecordLog<T> {
  if (redis) return new RedisLog<T>(redis, { key: `${prefixOf(config)}${name}`, clock, ...size });
  const file = config.journal?.file;
  return file === undefined ? new MemoryLog<T>(size.limit, size) : new FileLog<T>(`${file}.${name}`, size, size.files);
}

function warnOnce(message: string): () => void {
  let told = false;
  return () => {
    if (!told) new Logger(RequestLog.name).warn(message);
    told = true;
  };
}

function prefixOf({ journal }: BlueGreenConfig): string {
  return journal?.prefix ?? '{blue-green}:';
}
