-- An agent says what he does, or a supervisor says it for him: at once, or after the call that he has.
-- KEYS: audit   ARGV: agent, status, reason, busy states (',a,b,'), skill sets as JSON ('' for those known), audit
-- entry as JSON (names and values by turns; '' for what he says himself), names of the floor, nonce
-- Returns the agent's record, fields and values by turns, or '' for somebody who does not work here
local F, id, status, reason = floor_of(ARGV[7], ARGV[8]), ARGV[1], ARGV[2], ARGV[3]
local key = agent_key(F, id)
if redis.call('HGET', F.person .. string.lower(id), 'enabled') ~= '1' then
  return ''
end
if ARGV[6] ~= '' then
  redis.call('XADD', KEYS[1], '*', unpack(cjson.decode(ARGV[6])))
end
local was = redis.call('HGET', key, 'status') or 'offline'
if string.find(ARGV[4], ',' .. was .. ',', 1, true) then
  redis.call('HSET', key, 'next_status', status, 'next_reason', reason)
elseif was == status then
  redis.call('HSET', key, 'reason', reason)
else
  leave_idle(F, id)
  redis.call('HDEL', key, 'missed', 'missed_why')
  set_agent(F, id, status, reason)
end
if ARGV[5] ~= '' then
  leave_idle(F, id)
  redis.call('HSET', key, 'skill_sets', ARGV[5])
end
if redis.call('HGET', key, 'status') == 'available' then
  serve_next(F, id)
end
return redis.call('HGETALL', key)
