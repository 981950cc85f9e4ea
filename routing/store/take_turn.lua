-- May this request place a call now? Only the first in line may, when the time since the last call is long enough.
-- KEYS: order, heard, next ms, arrivals   ARGV: request, rank (1 first), interval ms, grace ms, ask again within ms
-- Returns {wait ms (0: go), now ms}. Time is the server's own: what is paced is the world's, not the lab's.
local order, heard, request = KEYS[1], KEYS[2], ARGV[1]
local interval, grace, longest = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local now = now_ms('')

-- Who did not ask again in time does not keep the others waiting.
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', heard, '-inf', '(' .. now)) do
  redis.call('ZREM', heard, gone)
  redis.call('ZREM', order, gone)
end
local place = tonumber(redis.call('ZSCORE', order, request) or '')
if not place or math.floor(place / 1e12) ~= tonumber(ARGV[2]) then
  redis.call('ZADD', order, tonumber(ARGV[2]) * 1e12 + redis.call('INCR', KEYS[4]) % 1e12, request)
end

local before = redis.call('ZRANK', order, request)
-- Not further away than one interval: the server's clock may have been put back.
local free = math.min(tonumber(redis.call('GET', KEYS[3]) or '0'), now + interval)
if before == 0 and now >= free then
  redis.call('SET', KEYS[3], now + interval)
  redis.call('ZREM', order, request)
  redis.call('ZREM', heard, request)
  return {0, now}
end
local wait = math.min(math.max(free - now, 1) + before * interval, longest)
redis.call('ZADD', heard, now + wait + grace, request)
return {wait, now}
