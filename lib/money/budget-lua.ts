/**
 * KEYS: 1 spending of this month, with the month and the marks that were reached; 2 reserved amounts by scope; 3
 * reservations by id; 4 their expiry. Month and expiry follow the clock of Redis, because the clocks of replicas
 * differ. Amounts are whole numbers below 2^53, which Lua stores exactly and `%.0f` writes exactly.
 */
const COMMON = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local floor = math.floor

-- Days to a civil date: Howard Hinnant, "chrono-compatible low-level date algorithms".
local function monthOf(days)
  local z = days + 719468
  local era = floor(z / 146097)
  local doe = z - era * 146097
  local yoe = floor((doe - floor(doe / 1460) + floor(doe / 36524) - floor(doe / 146096)) / 365)
  local doy = doe - (365 * yoe + floor(yoe / 4) - floor(yoe / 100))
  local mp = floor((5 * doy + 2) / 153)
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return year * 12 + month - 1
end

local function whole(number) return string.format('%.0f', number) end
local function figure(key, field) return tonumber(redis.call('HGET', key, field) or '0') end
local function spentBy(scope) return figure(KEYS[1], 'spent ' .. scope.key) end
local function reservedBy(scope) return figure(KEYS[2], scope.key) end

local function release(id)
  local found = redis.call('HGET', KEYS[3], id)
  if not found then return 0 end
  local held = cjson.decode(found)
  for _, key in ipairs(held.keys) do redis.call('HINCRBY', KEYS[2], key, '-' .. held.amount) end
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZREM', KEYS[4], id)
  return tonumber(held.amount)
end

-- A bounded number at a time: every call removes more than it adds.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', now, 'LIMIT', 0, 100)) do release(id) end

local month = monthOf(floor(now / 86400000))
if month > figure(KEYS[1], 'month') then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'month', month)
end

-- An emptied Redis knows less than the caller, who has seen marks reached as well.
local function lift(scopes, seenIn)
  if tonumber(seenIn) ~= month then return scopes end
  for _, scope in ipairs(scopes) do
    if scope.seen and spentBy(scope) < scope.seen then
      redis.call('HSET', KEYS[1], 'spent ' .. scope.key, whole(scope.seen))
      for _, mark in ipairs(scope.marks) do
        if mark.amount <= scope.seen then redis.call('HSETNX', KEYS[1], 'mark ' .. mark.percent .. ' ' .. scope.key, now) end
      end
    end
  end
  return scopes
end

local function reach(marks, scope, index, spent, only)
  for _, mark in ipairs(scope.marks) do
    local counts = spent >= mark.amount and (not only or mark.percent == only)
    if counts and redis.call('HSETNX', KEYS[1], 'mark ' .. mark.percent .. ' ' .. scope.key, now) == 1 then
      marks[#marks + 1] = index
      marks[#marks + 1] = mark.percent
    end
  end
end

local function answer(scopes, refused, marks)
  local figures = {}
  for _, scope in ipairs(scopes) do
    figures[#figures + 1] = spentBy(scope)
    figures[#figures + 1] = reservedBy(scope)
  end
  return { refused, figures, marks, month }
end
`;

/**
 * ARGV: id, amount, time to live in ms, scopes as JSON, the month in which the caller saw their spending. Answers:
 * index of the scope that refuses or 0, figures, marks, month.
 */
export const RESERVE = `${COMMON}
local id, amount, ttl, scopes = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), lift(cjson.decode(ARGV[4]), ARGV[5])
local marks = {}
local found = redis.call('HGET', KEYS[3], id)
local held = found and tonumber(cjson.decode(found).amount) or 0
local more = amount - held
if more > 0 then
  for index, scope in ipairs(scopes) do
    local spent = spentBy(scope)
    if scope.limit and spent + reservedBy(scope) + more > scope.limit then
      if more <= scope.limit and spent + more > scope.limit then reach(marks, scope, index, scope.limit, 100) end
      return answer(scopes, index, marks)
    end
  end
end
release(id)
local keys = {}
local kept = whole(math.max(held, amount))
for index, scope in ipairs(scopes) do
  keys[index] = scope.key
  redis.call('HINCRBY', KEYS[2], scope.key, kept)
end
redis.call('HSET', KEYS[3], id, cjson.encode({ amount = kept, keys = keys }))
redis.call('ZADD', KEYS[4], now + ttl, id)
return answer(scopes, 0, marks)
`;

/**
 * KEYS: 5 that this id is settled. ARGV: id, cost, time to live in ms, scopes as JSON, the month in which the caller
 * saw their spending.
 */
export const SETTLE = `${COMMON}
local id, actual, ttl, scopes = ARGV[1], ARGV[2], ARGV[3], lift(cjson.decode(ARGV[4]), ARGV[5])
local marks = {}
if redis.call('SET', KEYS[5], 1, 'NX', 'PX', ttl) then
  release(id)
  for index, scope in ipairs(scopes) do
    redis.call('HINCRBY', KEYS[1], 'spent ' .. scope.key, actual)
    reach(marks, scope, index, spentBy(scope))
  end
end
return answer(scopes, 0, marks)
`;

/** ARGV: scopes as JSON, the month in which the caller saw their spending. */
export const FIGURES = `${COMMON}
return answer(lift(cjson.decode(ARGV[1]), ARGV[2]), 0, {})
`;
