-- An agent says what he does: at once, or after the call that he has.
-- KEYS: agent, person   ARGV: offset key, status, reason, busy states (',a,b,')
-- Returns the agent's record, fields and values by turns, or '' for somebody who does not work here
if redis.call('HGET', KEYS[2], 'enabled') ~= '1' then
  return ''
end
local was = redis.call('HGET', KEYS[1], 'status') or 'offline'
if string.find(ARGV[4], ',' .. was .. ',', 1, true) then
  redis.call('HSET', KEYS[1], 'next_status', ARGV[2], 'next_reason', ARGV[3])
elseif was ~= ARGV[2] then
  redis.call('HSET', KEYS[1], 'status', ARGV[2], 'reason', ARGV[3], 'since_ms', now_ms(ARGV[1]))
else
  redis.call('HSET', KEYS[1], 'reason', ARGV[3])
end
return redis.call('HGETALL', KEYS[1])
