import { RedisScript } from '../redis/redis-script.js';

/** The newest revision: the stream's, or the snapshot's when all entries before it were let go of. */
const REVISION = `
local revision = 0
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if newest[1] then
  revision = tonumber(string.match(newest[1][1], '^%d+'))
else
  local snapshot = redis.call('GET', KEYS[2])
  if snapshot then revision = cjson.decode(snapshot)['revision'] end
end
`;

/**
 * KEYS: stream, snapshot. ARGV: expected revision, id of the batch, then the entries. Appends all of them when the
 * journal is at that revision, and answers `ok`; else it answers with the revision that the journal is at.
 */
export const append = new RedisScript(`${REVISION}
local expected = tonumber(ARGV[1])
if revision ~= expected then
  local mine = redis.call('XRANGE', KEYS[1], (expected + 1) .. '-0', (expected + 1) .. '-0')
  if ARGV[2] ~= '' and mine[1] and mine[1][2][4] == ARGV[2] then return 'ok' end
  return revision
end
for n = 3, #ARGV do
  redis.call('XADD', KEYS[1], string.format('%d-0', expected + n - 2), 'entry', ARGV[n], 'batch', ARGV[2])
end
return 'ok'
`);

/**
 * KEYS: stream, snapshot. ARGV: revision of the snapshot that this one goes on from, the new one, its revision.
 * Entries that are in the snapshot are let go of.
 */
export const compact = new RedisScript(`
local known = redis.call('GET', KEYS[2])
local revision = 0
if known then revision = cjson.decode(known)['revision'] end
if revision ~= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[2], ARGV[2])
return redis.call('XTRIM', KEYS[1], 'MINID', string.format('%d-0', tonumber(ARGV[3]) + 1))
`);
