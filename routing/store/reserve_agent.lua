-- An agent is kept for one promised call. ARGV: agent, what for, may come from (',a,b,'), names of the floor, nonce
-- Returns 1 if this one has the agent now (also when it had before: an answer may have been lost), else 0
local F, id = floor_of(ARGV[4], ARGV[5]), ARGV[1]
local was = redis.call('HMGET', agent_key(F, id), 'status', 'offer')
if was[1] == 'reserved' and was[2] == ARGV[2] then
  return 1
end
if redis.call('HGET', F.person .. string.lower(id), 'enabled') ~= '1'
  or not string.find(ARGV[3], ',' .. (was[1] or 'offline') .. ',', 1, true) then
  return 0
end
leave_idle(F, id)
redis.call('HSET', agent_key(F, id), 'offer', ARGV[2])
set_agent(F, id, 'reserved', '')
return 1
