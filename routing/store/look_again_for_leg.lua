-- A leg's call was looked for and not found. KEYS: leg, deadlines, effects
-- ARGV: the rest as JSON, see routing/store/legs.py: offset_key, id, again_in_ms (a list), within_ms
-- Returns 'known' (nothing to look for), 'again', or 'given_up'
local rest = cjson.decode(ARGV[1])
local leg = redis.call('HMGET', KEYS[1], 'state', 'call_sid', 'given_up')
if leg[2] or leg[3] or (leg[1] ~= 'posted' and leg[1] ~= 'unconfirmed') then
  return 'known'
end
local now = now_ms(rest.offset_key)
local again_in = rest.again_in_ms[redis.call('HINCRBY', KEYS[1], 'looks', 1)]
if leg[1] == 'posted' then
  redis.call('HSET', KEYS[1], 'state', 'unconfirmed', 'unconfirmed_ms', now)
end
if again_in then
  redis.call('ZADD', KEYS[2], now + again_in, 'leg:' .. rest.id)
else
  redis.call('HSET', KEYS[1], 'given_up', 1)
  -- A person has to look, however long that takes.
  redis.call('PERSIST', KEYS[1])
end
if leg[1] == 'posted' or not again_in then
  add_effect(KEYS[3], 'leg_changed', rest.id, '{}', now + rest.within_ms)
end
return again_in and 'again' or 'given_up'
