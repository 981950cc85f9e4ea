-- An agent is not kept for an offer any more; what he asked for meanwhile counts more than `to`.
-- KEYS: agent   ARGV: offset key, offer, to, then from which states each own choice and `to` may be reached:
-- a JSON object of ',a,b,' by state
-- Returns 1, or 0 when the agent was not kept for this offer, or cannot come from where he is to where he should
local was = redis.call('HMGET', KEYS[1], 'status', 'offer', 'next_status', 'next_reason')
if was[2] ~= ARGV[2] then
  return 0
end
local to = was[3] or ARGV[3]
if not string.find(cjson.decode(ARGV[4])[to], ',' .. was[1] .. ',', 1, true) then
  return 0
end
redis.call('HSET', KEYS[1], 'status', to, 'reason', was[3] and was[4] or '', 'since_ms', now_ms(ARGV[1]))
redis.call('HDEL', KEYS[1], 'offer', 'next_status', 'next_reason')
return 1
