-- An agent is kept for one offer. KEYS: agent, person   ARGV: offset key, offer, may come from (',a,b,')
-- Returns 1 if this offer has the agent now (also when it had before: an answer may have been lost), else 0
local was = redis.call('HMGET', KEYS[1], 'status', 'offer')
if was[1] == 'reserved' and was[2] == ARGV[2] then
  return 1
end
if redis.call('HGET', KEYS[2], 'enabled') ~= '1'
  or not string.find(ARGV[3], ',' .. (was[1] or 'offline') .. ',', 1, true) then
  return 0
end
redis.call('HSET', KEYS[1], 'status', 'reserved', 'offer', ARGV[2], 'reason', '', 'since_ms', now_ms(ARGV[1]))
return 1
