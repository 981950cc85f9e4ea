-- Somebody is in danger, or the adviser wants a supervisor. ARGV: call SID, who asks, 'safety' | 'help', '1' for
-- somebody who leads, names of the floor, nonce
-- Safety suspends strikes: no warning, and ending needs a supervisor. Returns 'ok' (again for a repeat of safety) |
-- 'not_yours' | 'not_talking'
local F, sid, by, what = floor_of(ARGV[5], ARGV[6]), ARGV[1], ARGV[2], ARGV[3]
local key = F.call .. sid
local call = redis.call('HMGET', key, 'state', 'agent', 'queue', 'safety')
if call[2] ~= by and ARGV[4] ~= '1' then
  return 'not_yours'
elseif call[1] ~= 'talking' and call[1] ~= 'held' then
  return 'not_talking'
elseif what == 'safety' and call[4] then
  return 'ok'
end
redis.call('HSET', key, what, F.now)
if what == 'safety' then
  fail_playing(F, sid)
end
local told = {call = sid, state = call[1], queue = call[3] or '', agent = call[2] or ''}
told[what] = true
add_event(F.events, 'call', told)
note(F, sid, {what = what, by = by})
return 'ok'
