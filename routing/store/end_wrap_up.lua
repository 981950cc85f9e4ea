-- The time after a call is over: the agent has written how it went, or the limit has come.
-- ARGV: agent, call SID ('' for the limit), what he wrote as JSON ('' for nothing), the same for the call log, keep
-- log ms, id of the report that his disposition asks for ('' for none), the report's record, names, nonce
-- KEYS: call log   Returns 'ok' | 'kept' (written down, he is elsewhere already) | 'not_yours' | 'too_early'
local F, agent, sid, wrote = floor_of(ARGV[8], ARGV[9]), ARGV[1], ARGV[2], ARGV[3]
local now = redis.call('HMGET', agent_key(F, agent), 'status', 'call', 'wrap_until_ms')
if sid ~= '' then
  if not redis.call('HGET', F.call .. sid, 'talked:' .. agent) then
    return 'not_yours'
  end
  redis.call('HSET', F.call .. sid, 'wrap_up:' .. agent, wrote)
  note(F, sid, {what = 'wrap_up', agent = agent})
  add_to_log(KEYS[1], F.now, tonumber(ARGV[5]), 'wrap_up', sid, ARGV[4])
  if ARGV[6] ~= '' then
    local call = redis.call('HMGET', F.call .. sid, 'waited_ms', 'recording_sid')
    write_report(F, ARGV[6], agent, ARGV[7], {'waited_ms', call[1] or 0, 'recording_sid', call[2] or ''})
  end
end
if now[1] ~= 'wrap_up' or (sid ~= '' and now[2] ~= sid) then
  return 'kept'
elseif sid == '' and F.now < tonumber(now[3]) then
  return 'too_early'
end
free_agent(F, agent)
return 'ok'
