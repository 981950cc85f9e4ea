-- Nobody wants this leg any more. KEYS: leg, effects   ARGV: offset key, leg id, leg_changed within ms
-- Returns {state, CallSid or ''} after it: `ended` when nothing was sent yet; without a CallSid it is hung up as
-- soon as one is known
local leg = redis.call('HMGET', KEYS[1], 'state', 'call_sid')
if not leg[1] then
  return {'ended', ''}
end
if leg[1] == 'intent' then
  local now = now_ms(ARGV[1])
  redis.call('HSET', KEYS[1], 'state', 'ended', 'how', 'cancelled', 'ended_ms', now)
  add_effect(KEYS[2], 'leg_changed', ARGV[2], '{}', now + tonumber(ARGV[3]))
  return {'ended', ''}
end
if leg[1] ~= 'ended' and not leg[2] then
  redis.call('HSET', KEYS[1], 'end_wanted', 1)
end
return {leg[1], leg[2] or ''}
