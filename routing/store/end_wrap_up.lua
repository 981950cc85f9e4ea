-- The time after a call is over: the agent has written how it went, or the limit has come.
-- ARGV: agent, call SID ('' for the limit), what he wrote as JSON ('' for nothing), the same for the call log, keep
-- log ms, names, nonce
-- KEYS: call log   Returns 'ok' | 'kept' (written down, he is elsewhere already) | 'not_yours' | 'too_early'
local F, agent, sid, wrote = floor_of(ARGV[6], ARGV[7]), ARGV[1], ARGV[2], ARGV[3]
local now = redis.call('HMGET', agent_key(F, agent), 'status', 'call', 'wrap_until_ms')
if sid ~= '' then
  if not redis.call('HGET', F.call .. sid, 'talked:' .. agent) then
    return 'not_yours'
  end
  redis.call('HSET', F.call .. sid, 'wrap_up:' .. agent, wrote)
  note(F, sid, {what = 'wrap_up', agent = agent})
  add_to_log(KEYS[1], F.now, tonumber(ARGV[5]), 'wrap_up', sid, ARGV[4])
end
if now[1] ~= 'wrap_up' or (sid ~= '' and now[2] ~= sid) then
  return 'kept'
elseif sid == '' and F.now < tonumber(now[3]) then
  return 'too_early'
end
free_agent(F, agent)
return 'ok'
