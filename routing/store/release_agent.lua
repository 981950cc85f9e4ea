-- An agent is not kept for a promised call any more; what he asked for meanwhile counts more than `to`.
-- ARGV: agent, what for, to, from which states each own choice and `to` may be reached (a JSON object of ',a,b,' by
-- state), names of the floor, nonce
-- Returns 1, or 0 when the agent was not kept for this, or cannot come from where he is to where he should
local F, id = floor_of(ARGV[5], ARGV[6]), ARGV[1]
local was = redis.call('HMGET', agent_key(F, id), 'status', 'offer', 'next_status')
if was[2] ~= ARGV[2] then
  return 0
end
if not string.find(cjson.decode(ARGV[4])[was[3] or ARGV[3]], ',' .. was[1] .. ',', 1, true) then
  return 0
end
free_agent(F, id, nil, ARGV[3])
return 1
