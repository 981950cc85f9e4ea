-- Twilio surely did not take it: the one that posted it takes it back, and it may be posted again.
-- KEYS: leg, legs without call, deadlines, effects
-- ARGV: offset key, leg id, who posted, leg_changed within ms, posted again within ms
-- Returns 1 when it may be posted again
local leg = redis.call('HMGET', KEYS[1], 'state', 'posted_by', 'call_sid', 'end_wanted')
if leg[1] ~= 'posted' or leg[2] ~= ARGV[3] or leg[3] then
  return 0
end
redis.call('HDEL', KEYS[1], 'posted_by', 'posted_ms')
redis.call('ZREM', KEYS[2], ARGV[2])
local now = now_ms(ARGV[1])
if not leg[4] then
  redis.call('HSET', KEYS[1], 'state', 'intent')
  redis.call('ZADD', KEYS[3], now + tonumber(ARGV[5]), 'leg:' .. ARGV[2])
  return 1
end
redis.call('ZREM', KEYS[3], 'leg:' .. ARGV[2])
redis.call('HSET', KEYS[1], 'state', 'ended', 'how', 'cancelled', 'ended_ms', now)
add_effect(KEYS[4], 'leg_changed', ARGV[2], '{}', now + tonumber(ARGV[4]))
return 0
