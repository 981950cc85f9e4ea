-- The recording of a conversation is paused, or goes on. ARGV: call SID, agent, 'paused' or 'running', names of the
-- floor   Returns 'ok' (again for a repeat) | 'not_yours' | 'not_talking' | 'not_recorded'
local F, sid, to = floor_of(ARGV[4], ''), ARGV[1], ARGV[3]
local key = F.call .. sid
local call = redis.call('HMGET', key, 'state', 'agent', 'recording')
if call[2] ~= ARGV[2] then
  return 'not_yours'
elseif call[1] ~= 'talking' and call[1] ~= 'held' then
  return 'not_talking'
elseif not call[3] then
  return 'not_recorded'
elseif call[3] == to then
  return 'ok'
end
redis.call('HSET', key, 'recording', to)
effect(F, 'recording', sid)
note(F, sid, {what = 'recording', state = to, agent = ARGV[2]})
return 'ok'
