import { Logger } from '@nestjs/common';
import type { Clock } from '../kit/clock.js';
import type { BlueGreenConfig } from '../options/config.js';
import { FileAnswers } from '../records/file-answers.js';
import { FileLog } from '../records/file-log.js';
import { MemoryAnswers } from '../records/memory-answers.js';
import { MemoryLog, type Recorded, type RecordLog, type Retention } from '../records/record-log.js';
import { RequestLog } from '../records/request-log.js';
import type { AnswerBook } from '../telemetry/answered.js';

/** Older alerts may be dropped. */
const ALERTS_KEPT_FOR = 30 * 24 * 60 * 60_000;

/**
 * Request lines to keep by default. In Redis the retention decides; this limit, 100 MB without content, is for safety.
 */
const LINES = 10_000;
const LINES_IN_REDIS = 250_000;
/** Rotated files of request lines. */
const FILES = 31;

/** Answers that may be scored from outside: some 70 MB. */
const MOST_ANSWERS = 100_000;

/** How much a log keeps. */
export interface LogSize extends Retention {
  readonly limit: number;
  readonly files?: number;
}

export function alertsSize({ alerts }: BlueGreenConfig): LogSize {
  return { limit: alerts.keep, retention: ALERTS_KEPT_FOR };
}

export function requestsSize(
  { maxEntries, retention, content }: Exclude<BlueGreenConfig['requestLog'], false>,
  isInRedis = false,
): LogSize {
  return {
    limit: maxEntries ?? (isInRedis && !content ? LINES_IN_REDIS : LINES),
    files: FILES,
    retention: Math.max(retention.active, retention.shadow),
    onEarly: warnOnce(
      'The request log is full: lines are dropped before requestLog.retention is over. ' +
        'Raise requestLog.maxEntries, shorten the retention, or keep the journal in Redis or in a file, which have more room.',
    ),
  };
}

/** Records of a process without Redis, kept beside its journal. */
export function ownLog<T extends Recorded>(name: string, { journal }: BlueGreenConfig, size: LogSize): RecordLog<T> {
  return journal?.file === undefined
    ? new MemoryLog<T>(size.limit, size)
    : new FileLog<T>(`${journal.file}.${name}`, size, size.files);
}

/** Whether an evaluator takes scores from outside. */
export function takesScores({ evaluators }: BlueGreenConfig): boolean {
  return !evaluators.every(({ evaluate }) => evaluate);
}

/** The answers of a process without Redis, kept beside its journal. */
export function ownAnswers({ journal }: BlueGreenConfig, clock: Clock): AnswerBook {
  return journal?.file === undefined
    ? new MemoryAnswers(MOST_ANSWERS, clock)
    : new FileAnswers(`${journal.file}.answers`, MOST_ANSWERS, clock);
}

function warnOnce(message: string): () => void {
  let told = false;
  return () => {
    if (!told) new Logger(RequestLog.name).warn(message);
    told = true;
  };
}
