-- One dispatcher begins to post a leg. KEYS: leg, legs without call, deadlines
-- ARGV: offset key, leg id, who posts (a name of this one try), look in ms
-- Returns 1 if this try is the one that posts it (again for a repeat of it: an answer may have been lost), else 0
local leg = redis.call('HMGET', KEYS[1], 'state', 'posted_by')
if leg[1] == 'posted' and leg[2] == ARGV[3] then
  return 1
end
if leg[1] ~= 'intent' then
  return 0
end
local now = now_ms(ARGV[1])
redis.call('HSET', KEYS[1], 'state', 'posted', 'posted_by', ARGV[3], 'posted_ms', now)
redis.call('ZADD', KEYS[2], now, ARGV[2])
-- Whoever posts may die before the reply: then somebody looks for the call.
redis.call('ZADD', KEYS[3], now + tonumber(ARGV[4]), 'leg:' .. ARGV[2])
return 1
