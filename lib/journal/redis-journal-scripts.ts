import { RedisScript } from '../redis/redis-script.js';

/** The newest revision: the stream's, or the snapshot's if the stream is empty. */
const REVISION = `
local revision = 0
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if newest then
  revision = tonumber(string.match(newest[1], '^%d+'))
else
  local snapshot = redis.call('GET', KEYS[2])
  if snapshot then revision = cjson.decode(snapshot)['revision'] end
end
`;

/**
 * KEYS: stream, snapshot. ARGV: expected revision, id of the batch, known batch of the entry at that revision
 * (empty: unknown), then the entries. Appends all of them if the journal is at that revision; each names the batch of
 * the entry before it. Answers `ok` and the number of entries, `at` and the journal's actual revision, or `other` if
 * the entry at that revision is not the known one.
 */
export const append = new RedisScript(`${REVISION}
local expected = tonumber(ARGV[1])
local batch = ARGV[2]
if revision ~= expected then
  local mine = redis.call('XRANGE', KEYS[1], (expected + 1) .. '-0', (expected + 1) .. '-0')[1]
  if batch ~= '' and mine and mine[2][4] == batch then return { 'ok', redis.call('XLEN', KEYS[1]) } end
  return { 'at', revision }
end
local before = newest and newest[2][4] or ''
if newest and ARGV[3] ~= '' and before ~= ARGV[3] then return { 'other', revision } end
for n = 4, #ARGV do
  local id = string.format('%d-0', expected + n - 3)
  redis.call('XADD', KEYS[1], id, 'entry', ARGV[n], 'batch', batch, 'after', n == 4 and before or batch)
end
return { 'ok', redis.call('XLEN', KEYS[1]) }
`);

/**
 * KEYS: stream, snapshot. ARGV: revision of the snapshot that the new one builds on, the new one, its revision.
 * Drops the entries that are in the snapshot.
 */
export const compact = new RedisScript(`
local known = redis.call('GET', KEYS[2])
local revision = 0
if known then revision = cjson.decode(known)['revision'] end
if revision ~= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return redis.call('XTRIM', KEYS[1], 'MINID', string.format('%d-0', tonumber(ARGV[3]) + 1))
`);

/** KEYS: one. ARGV: a value. Answers the value that was first. */
export const claim = new RedisScript(`
redis.call('SETNX', KEYS[1], ARGV[1])
return redis.call('GET', KEYS[1])
`);
