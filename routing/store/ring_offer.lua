-- The agent's telephone rings. ARGV: offer, names of the floor   Returns 1 if this was news
local F = floor_of(ARGV[2], '')
local offer = redis.call('HMGET', F.offer .. ARGV[1], 'state', 'agent')
if offer[1] ~= 'made' or redis.call('HGET', agent_key(F, offer[2]), 'status') ~= 'reserved' then
  return 0
end
set_agent(F, offer[2], 'offered', '')
return 1
