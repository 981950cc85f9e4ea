-- Somebody does not work here any more. KEYS: person, API keys, agent, audit
-- ARGV: offset key, busy states (',a,b,'), then the audit entry: names and values by turns
-- Returns 1, 0 when that was so before, -1 for nobody
local before = redis.call('HMGET', KEYS[1], 'enabled', 'digest')
if before[1] ~= '1' then
  return before[1] and 0 or -1
end
redis.call('HSET', KEYS[1], 'enabled', '0')
redis.call('HDEL', KEYS[2], before[2])
local status = redis.call('HGET', KEYS[3], 'status')
if status and string.find(ARGV[2], ',' .. status .. ',', 1, true) then
  redis.call('HSET', KEYS[3], 'next_status', 'offline', 'next_reason', '')
elseif status and status ~= 'offline' then
  redis.call('HSET', KEYS[3], 'status', 'offline', 'since_ms', now_ms(ARGV[1]), 'reason', '')
end
redis.call('XADD', KEYS[4], '*', unpack(ARGV, 3))
return 1
