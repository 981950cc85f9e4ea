-- Somebody does not work here any more. KEYS: person, API keys, audit, agents
-- ARGV: busy states (',a,b,'), names of the floor, then the audit entry: names and values by turns
-- Returns 1, 0 when that was so before, -1 for nobody
local before = redis.call('HMGET', KEYS[1], 'enabled', 'digest', 'id')
if before[1] ~= '1' then
  return before[1] and 0 or -1
end
local F, id = floor_of(ARGV[2], ''), before[3]
redis.call('HSET', KEYS[1], 'enabled', '0')
redis.call('HDEL', KEYS[2], before[2])
redis.call('SREM', KEYS[4], id)
local status = redis.call('HGET', agent_key(F, id), 'status')
if status and string.find(ARGV[1], ',' .. status .. ',', 1, true) then
  redis.call('HSET', agent_key(F, id), 'next_status', 'offline', 'next_reason', '')
elseif status and status ~= 'offline' then
  leave_idle(F, id)
  set_agent(F, id, 'offline', '')
end
redis.call('XADD', KEYS[3], '*', unpack(ARGV, 3))
return 1
