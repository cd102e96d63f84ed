/**
 * One exchange of figures, in Lua. Every exchange that adds something has a number; `changed` has the number of the
 * last change of each sum, so that a reader gets the changes after its cursor. A report whose sequence is not above the
 * replica's last is a repetition, after an answer that was lost: it gets an answer and is not added.
 *
 * Of every unit, by its second hash, the starting point of its last event is known, for its kind and epoch. An event
 * counts when its starting point is a later one. Of a kind only the newest epoch is kept. When its units are too many,
 * those whose hash is not a multiple of two, then of four, are forgotten and count no more: in all arms alike. A
 * claimed sum is touched even when nothing is added: its reader has counted the unit and has to be corrected.
 *
 * A store that has lost a part of its sums, to eviction, lets go of all of them and begins a new era.
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
  local function starts(which) return state .. ':units:' .. among .. ':' .. which end
  local newest = tonumber(redis.call('HGET', epochs, among) or epoch)
  if newest < epoch then redis.call('DEL', starts(newest)) end
  redis.call('HSET', epochs, among, math.max(newest, epoch))
  redis.call('PEXPIRE', epochs, lives)
  return starts(epoch)
end

local function thin(units, level)
  redis.call('HSET', units, 'level', level)
  for _, hash in ipairs(redis.call('HKEYS', units)) do
    if hash ~= 'level' and tonumber(hash) % 2 ^ level ~= 0 then redis.call('HDEL', units, hash) end
  end
  return redis.call('HLEN', units)
end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local current = redis.call('HGET', state, 'era')
if not current then
  current = name .. ':' .. time[1] .. '.' .. time[2]
  redis.call('HSET', state, 'era', current, 'exchange', 0)
end
local exchange = tonumber(redis.call('HGET', state, 'exchange'))

local function isEvicted(key)
  local ends = redis.call('ZSCORE', changed, key) and redis.call('ZSCORE', expiry, key)
  return ends and tonumber(ends) > now and redis.call('EXISTS', sum(key)) == 0
end
local isLost = false
for _, delta in ipairs(deltas) do isLost = isLost or isEvicted(delta[1]) end
for _, of in ipairs(claimed) do isLost = isLost or isEvicted(of[1]) end
if isLost then
  -- A part of the figures is gone, of one arm perhaps. The rest would be held against the other.
  for _, key in ipairs(redis.call('ZRANGE', changed, 0, -1)) do redis.call('DEL', sum(key)) end
  for _, among in ipairs(redis.call('HKEYS', state .. ':epochs')) do
    redis.call('DEL', state .. ':units:' .. among .. ':' .. redis.call('HGET', state .. ':epochs', among))
  end
  redis.call('DEL', changed, expiry, state .. ':epochs')
  current = name .. ':' .. time[1] .. '.' .. time[2]
  exchange = 0
  redis.call('HSET', state, 'era', current, 'exchange', 0)
end

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
  local added, kinds, known = {}, {}, {}
  for n, of in ipairs(claimed) do
    local units = unitsOf(of[3], of[4], of[2])
    added[n] = { units = 0 }
    known[units] = known[units] or {
      units = units, most = of[5], size = redis.call('HLEN', units),
      level = tonumber(redis.call('HGET', units, 'level') or '0'),
    }
    kinds[n] = known[units]
  end
  for i = 1, #claims, 3 do
    local kind, sums, hash, start = kinds[claims[i]], added[claims[i]], claims[i + 1], claims[i + 2]
    local previous = hash % 2 ^ kind.level == 0 and tonumber(redis.call('HGET', kind.units, hash) or '-1')
    if previous and start > previous then
      while previous == -1 and kind.size >= kind.most and kind.level < 20 do
        kind.level = kind.level + 1
        kind.size = thin(kind.units, kind.level)
      end
      if hash % 2 ^ kind.level == 0 then
        kind.size = kind.size + redis.call('HSET', kind.units, hash, start)
        local field = 'events:' .. previous .. '>' .. start
        sums[field] = (sums[field] or 0) + 1
        if previous == -1 then sums.units = sums.units + 2 ^ kind.level end
      end
    end
  end
  for n, of in ipairs(claimed) do
    redis.call('PEXPIRE', kinds[n].units, of[2])
    local delta = { of[1], of[2] }
    for field, value in pairs(added[n]) do
      delta[#delta + 1] = field
      delta[#delta + 1] = value
    end
    deltas[#deltas + 1] = delta
    if kinds[n].level > 0 then redis.call('HSET', sum(of[1]), 'level', kinds[n].level) end
  end
  for _, delta in ipairs(deltas) do
    local key, lives = delta[1], delta[2]
    for i = 3, #delta, 2 do redis.call('HINCRBYFLOAT', sum(key), delta[i], delta[i + 1]) end
    if #delta > 2 then
      redis.call('PEXPIRE', sum(key), lives)
      redis.call('ZADD', changed, exchange, key)
      redis.call('ZADD', expiry, now + tonumber(lives), key)
    end
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
