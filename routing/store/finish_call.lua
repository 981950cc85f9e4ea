-- The agent says goodbye: the caller hears the closing words, the agent is in wrap-up.
-- ARGV: call SID, agent, names of the floor
-- Returns 'ok' (again for a repeat) | 'not_yours' | 'not_talking'
local F, sid = floor_of(ARGV[3], ''), ARGV[1]
local key = F.call .. sid
local call = redis.call('HMGET', key, 'state', 'agent', 'offer', 'agent_leg', 'queue', 'language', 'visit')
if call[2] ~= ARGV[2] then
  return 'not_yours'
elseif call[1] == 'closing' then
  return 'ok'
elseif call[1] ~= 'talking' and call[1] ~= 'held' then
  return 'not_talking'
end
redis.call('HSET', key, 'state', 'closing')
effect(F, 'redirect', sid, {route = 'finished', visit = call[7], language = call[6]})
change_offer(F, call[3], sid, call[2], 'over', 'finished')
send_away(F, call[2], call[4], 'finished')
wrap_up(F, call[2], sid)
tell_call(F, sid, 'closing', call[5], call[2])
return 'ok'
