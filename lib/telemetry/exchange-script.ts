/**
 * One exchange of figures, in Lua. Every exchange that adds something has a number; `changed` has the number of the
 * last change of each sum, so that a reader gets the changes after its cursor. A report whose sequence is not above the
 * replica's last is a repetition, after an answer that was lost: it gets an answer and is not added.
 *
 * A unit is a bit among those of its kind and epoch, and counts when it sets it. Of a kind only the newest epoch is
 * kept. A claimed sum is touched even when nothing is added: its reader has counted the unit and has to be corrected.
 *
 * The era is a random name that goes with the data. Another era, or a cursor beyond the last number (an older copy was
 * promoted), tells the reader that its knowledge is out of date.
 */
export const EXCHANGE = `
local state, changed, expiry, replica, waits = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local name, sequence, era, since, page = ARGV[1], tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local deltas, waiting = cjson.decode(ARGV[6]), cjson.decode(ARGV[7])
local claimed, claims = cjson.decode(ARGV[8]), cjson.decode(ARGV[9])
local function sum(key) return state .. ':of:' .. key end

local function unitsOf(among, epoch, lives)
  local epochs = state .. ':epochs'
  local function bits(which) return state .. ':units:' .. among .. ':' .. which end
  local newest = tonumber(redis.call('HGET', epochs, among) or epoch)
  if newest < epoch then redis.call('DEL', bits(newest)) end
  redis.call('HSET', epochs, among, math.max(newest, epoch))
  redis.call('PEXPIRE', epochs, lives)
  return bits(epoch)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local current = redis.call('HGET', state, 'era')
if not current then
  current = name .. ':' .. time[1] .. '.' .. time[2]
  redis.call('HSET', state, 'era', current, 'exchange', 0)
end
local exchange = tonumber(redis.call('HGET', state, 'exchange'))
local startsOver = 0
if era ~= current or since > exchange then
  startsOver = 1
  since = 0
end

local last = tonumber(redis.call('GET', replica) or '0')
if (#deltas > 0 or #claims > 0) and sequence > last then
  -- First: if a later command fails, the report is lost rather than counted at every retry.
  redis.call('SET', replica, sequence, 'EX', 86400)
  exchange = redis.call('HINCRBY', state, 'exchange', 1)
  local added, units = {}, {}
  for n, of in ipairs(claimed) do
    added[n] = 0
    units[n] = unitsOf(of[3], of[4], of[2])
  end
  for i = 1, #claims, 2 do
    local n = claims[i]
    added[n] = added[n] + 1 - redis.call('SETBIT', units[n], claims[i + 1], 1)
  end
  for n, of in ipairs(claimed) do
    redis.call('PEXPIRE', units[n], of[2])
    deltas[#deltas + 1] = { of[1], of[2], 'units', added[n] }
  end
  for _, delta in ipairs(deltas) do
    local key, lives = delta[1], delta[2]
    for i = 3, #delta, 2 do redis.call('HINCRBYFLOAT', sum(key), delta[i], delta[i + 1]) end
    redis.call('PEXPIRE', sum(key), lives)
    redis.call('ZADD', changed, exchange, key)
    redis.call('ZADD', expiry, now + tonumber(lives), key)
  end
end

for _, wait in ipairs(waiting) do
  local ends = now + wait[2]
  local known = tonumber(redis.call('HGET', waits, wait[1]) or '0')
  if ends > known and (known > 0 or redis.call('HLEN', waits) < 1024) then
    redis.call('HSET', waits, wait[1], ends)
    if redis.call('PTTL', waits) < wait[2] then redis.call('PEXPIRE', waits, wait[2]) end
  end
end

for _, key in ipairs(redis.call('ZRANGEBYSCORE', expiry, '-inf', now, 'LIMIT', 0, 200)) do
  redis.call('ZREM', changed, key)
  redis.call('ZREM', expiry, key)
end

local cursor = exchange
local found = redis.call('ZRANGEBYSCORE', changed, '(' .. since, '+inf', 'WITHSCORES', 'LIMIT', 0, page)
local keys = {}
if #found < 2 * page then
  for i = 1, #found, 2 do keys[#keys + 1] = found[i] end
else
  -- A page ends with a whole exchange, or the next page would begin in the middle of it.
  cursor = tonumber(found[#found])
  for i = 1, #found, 2 do
    if tonumber(found[i + 1]) < cursor then keys[#keys + 1] = found[i] end
  end
  for _, key in ipairs(redis.call('ZRANGEBYSCORE', changed, cursor, cursor)) do keys[#keys + 1] = key end
end

local news = {}
for _, key in ipairs(keys) do
  local fields = redis.call('HGETALL', sum(key))
  if #fields > 0 then news[#news + 1] = { key, fields } end
end

local left = {}
local ends = redis.call('HGETALL', waits)
for i = 1, #ends, 2 do
  if tonumber(ends[i + 1]) > now then
    left[#left + 1] = { ends[i], tonumber(ends[i + 1]) - now }
  else
    redis.call('HDEL', waits, ends[i])
  end
end

return { current, cursor, cursor < exchange and 1 or 0, startsOver, now, news, left }
`;
