import { Logger } from '@nestjs/common';
import type { RedisConnection } from '../redis/redis-connection.js';
import { outOfReach, whyOf } from '../redis/redis-error.js';
import { RedisScript } from '../redis/redis-script.js';
import {
  SCORED_WITHIN,
  type AnswerBook,
  type Answered,
  type FoundAnswer,
  type ScoredPlacement,
} from '../telemetry/answered.js';

/** Answers that wait for Redis; beyond it the oldest is dropped. */
const MAX_WAITING = 5_000;

/** Keeps answers under their keys, and the microseconds that they go by. The oldest go first, and all after a day. */
const REMEMBER = `
local answers, times = KEYS[1], KEYS[2]
local lives, most, new = tonumber(ARGV[1]), tonumber(ARGV[2]), cjson.decode(ARGV[3])
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for n, one in ipairs(new) do
  local known = redis.call('HGET', answers, one[1])
  if not known or tonumber(string.match(known, '^%d+')) < one[2] then
    redis.call('HSET', answers, one[1], string.format('%d', one[2]) .. ' ' .. one[3])
    redis.call('ZADD', times, string.format('%.0f', now + n), one[1])
  end
end
local function forget(keys)
  for _, key in ipairs(keys) do
    redis.call('HDEL', answers, key)
    redis.call('ZREM', times, key)
  end
end
forget(redis.call('ZRANGEBYSCORE', times, '-inf', string.format('%.0f', now - lives * 1000), 'LIMIT', 0, 1000))
local over = redis.call('ZCARD', times) - most
if over > 0 then forget(redis.call('ZRANGE', times, 0, over - 1)) end
redis.call('PEXPIRE', answers, lives)
redis.call('PEXPIRE', times, lives)
`;

const CLAIM = `
local answers, times = KEYS[1], KEYS[2]
local lives, key, mark = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local since = redis.call('ZSCORE', times, key)
local known = since and now - since <= lives * 1000 and redis.call('HGET', answers, key)
if not known then return false end
-- A foreign key must not use up the score.
local owner = string.match(known, '"accessKey":(%d+)') or ''
if ARGV[4] ~= '' and ARGV[4] ~= owner then return { known, -1 } end
local isFirst = redis.call('HSETNX', answers, mark, '0')
if isFirst == 1 then redis.call('ZADD', times, since, mark) end
return { known, isFirst }
`;

export interface RedisAnswersOptions {
  /** Before every key, a hash tag in it. */
  readonly prefix: string;
  /** Answers and scores that are kept. */
  readonly limit: number;
}

/** Answers of the fleet: any replica may take the score of an answer that another one gave. */
export class RedisAnswers implements AnswerBook {
  readonly #logger = new Logger(RedisAnswers.name);
  readonly #remember = new RedisScript(REMEMBER);
  readonly #claim = new RedisScript(CLAIM);
  readonly #keys: readonly string[];
  #waiting: Answered[] = [];
  #isFailing = false;
  /** Batches follow one another: each takes what has come while the one before was under way. */
  #last: Promise<void> | undefined;

  constructor(
    private readonly redis: RedisConnection,
    private readonly options: RedisAnswersOptions,
  ) {
    this.#keys = [`${options.prefix}answers`, `${options.prefix}answers:times`];
  }

  remember(answered: Answered): void {
    this.#waiting.push(answered);
    if (this.#waiting.length > MAX_WAITING) this.#waiting.shift();
    this.#last ??= this.#sendAll();
  }

  /** @throws {JournalUnavailableError} */
  async claim(key: string, evaluator: string, accessKey?: number): Promise<FoundAnswer | 'foreign' | undefined> {
    await this.flush();
    const claimed = await this.#claimed(key, `${evaluator} ${key}`, accessKey);
    const found = claimed as readonly [text: string, isFirst: number] | null;
    if (!found) return undefined;
    if (found[1] < 0) return 'foreign';
    const of = JSON.parse(found[0].slice(found[0].indexOf(' ') + 1)) as ScoredPlacement;
    return { of, isFirst: found[1] === 1 };
  }

  async flush(): Promise<void> {
    await this.#last;
  }

  async #claimed(key: string, mark: string, accessKey: number | undefined): Promise<unknown> {
    try {
      return await this.#claim.run(this.redis, this.#keys, [SCORED_WITHIN, key, mark, accessKey ?? '']);
    } catch (error) {
      throw outOfReach(error);
    }
  }

  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      const entries = batch.map(({ key, of }) => [key, of.epoch, JSON.stringify(of)]);
      try {
        const args = [SCORED_WITHIN, this.options.limit, JSON.stringify(entries)];
        await this.#remember.run(this.redis, this.#keys, args);
        this.#isFailing = false;
      } catch (error) {
        if (!this.#isFailing) {
          this.#logger.warn(`Answers cannot be kept for feedback, which will not find them: ${whyOf(error)}`);
        }
        this.#isFailing = true;
      }
    }
    this.#last = undefined;
  }
}
