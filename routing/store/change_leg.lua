-- What is told of a leg: forward only, and its first CallSid is its only one.
-- KEYS: leg, leg of this CallSid, legs without call, deadlines, effects
-- ARGV: the change as JSON, see routing/store/legs.py: offset_key, id, to, from (',a,b,'), call_sid ('' for none),
-- how, look_in_ms, ask_in_ms, keep_s, within_ms
-- Returns 'changed' | 'unchanged' | 'other' (this CallSid is not this leg's) | 'unknown'
local change = cjson.decode(ARGV[1])
local leg = redis.call('HMGET', KEYS[1], 'state', 'call_sid', 'end_wanted')
local state, known = leg[1], leg[2]
if not state then
  return 'unknown'
end
local holder = change.call_sid ~= '' and redis.call('GET', KEYS[2])
if change.call_sid ~= '' and ((known and known ~= change.call_sid) or (holder and holder ~= change.id)) then
  return 'other'
end

local now = now_ms(change.offset_key)
local attaches = change.call_sid ~= '' and not known
local moves = string.find(change.from, ',' .. state .. ',', 1, true)
  -- A reply that was lost after an event had told the same is no loss.
  and not (change.to == 'unconfirmed' and known)
if not (attaches or moves) then
  return 'unchanged'
end

if attaches then
  redis.call('HSET', KEYS[1], 'call_sid', change.call_sid)
  redis.call('HSETNX', KEYS[1], 'posted_ms', now)
  redis.call('SET', KEYS[2], change.id, 'EX', change.keep_s)
  redis.call('ZREM', KEYS[3], change.id)
  -- Events are lost while nobody answers them: while the call lives, Twilio is asked how it stands.
  redis.call('ZADD', KEYS[4], now + change.ask_in_ms, 'leg:' .. change.id)
  if change.to ~= 'ended' and (leg[3] or state == 'ended') then
    -- Nobody waits for this call any more, and until now nobody knew what to hang up.
    add_effect(KEYS[5], 'end', change.call_sid, '{}', now + change.within_ms)
  end
end
if moves then
  redis.call('HSET', KEYS[1], 'state', change.to)
  redis.call('HSETNX', KEYS[1], change.to .. '_ms', now)
  if change.to == 'unconfirmed' then
    redis.call('ZADD', KEYS[4], now + change.look_in_ms, 'leg:' .. change.id)
  elseif change.to == 'ended' then
    redis.call('HSET', KEYS[1], 'how', change.how)
    redis.call('ZREM', KEYS[3], change.id)
    redis.call('ZREM', KEYS[4], 'leg:' .. change.id)
  end
end
redis.call('EXPIRE', KEYS[1], change.keep_s)
add_effect(KEYS[5], 'leg_changed', change.id, '{}', now + change.within_ms)
return 'changed'
