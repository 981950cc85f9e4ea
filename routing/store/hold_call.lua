-- The caller hears music instead of the agent, or the agent again. ARGV: call SID, agent, 'held' or 'talking', names
-- of the floor   Returns 'ok' (again for a repeat) | 'not_yours' | 'not_talking'
local F, sid, to = floor_of(ARGV[4], ''), ARGV[1], ARGV[3]
local key = F.call .. sid
local call = redis.call('HMGET', key, 'state', 'agent', 'conference', 'queue')
if call[2] ~= ARGV[2] then
  return 'not_yours'
elseif call[1] == to then
  return 'ok'
elseif call[1] ~= 'talking' and call[1] ~= 'held' then
  return 'not_talking'
end
redis.call('HSET', key, 'state', to)
fail_playing(F, sid)
effect(F, to == 'held' and 'hold' or 'resume', sid, {conference = call[3]})
tell_call(F, sid, to, call[4], call[2])
return 'ok'
