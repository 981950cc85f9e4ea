-- Claims one step of a call and does all that follows from it, or returns the answer it was given before.
-- KEYS: call, waiting_seen, standing, callback_wishes
-- ARGV: sid, claim, answer, state, queue ('' none), states it may come from (',a,b,'), record lifetime s,
--       offset key, queue prefix, touch standing ('1'|''), line of a callback wish ('' none), waiting since ms ('' now), number, StirVerstat ('' not said)
-- Returns {'new'} | {'repeat', answer} | {'late', state}
local call, seen, standing = KEYS[1], KEYS[2], KEYS[3]
local sid, claim, answer, state, queue = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local prefix = ARGV[9]

local before = redis.call('HMGET', call, claim, 'state', 'queue')
if before[1] then
  return {'repeat', before[1]}
end
local was = before[2] or 'new'
if not string.find(ARGV[6], ',' .. was .. ',', 1, true) then
  return {'late', was}
end

local now = now_ms(ARGV[8])
if was == 'waiting' then
  leave_queue(prefix, seen, call, sid)
end
redis.call('HSET', call, claim, answer, 'last', claim, 'state', state, 'queue', queue, 'number', ARGV[13])
redis.call('HDEL', call, 'wants')
if was == 'new' then
  redis.call('HSET', call, 'began_ms', now, 'verification', ARGV[14])
end
if queue ~= '' then
  local since = ARGV[12]
  if since == '' then since = now end
  redis.call('HSETNX', call, 'waiting_since_ms', since)
  -- The place in a queue counts from the first wait, the longest wait from the entry into this queue.
  if before[3] ~= queue then
    redis.call('HSET', call, 'queue_since_ms', since)
  end
  redis.call('ZADD', prefix .. queue, redis.call('HGET', call, 'waiting_since_ms'), sid)
  redis.call('ZADD', seen, now, sid)
end
if ARGV[10] == '1' and redis.call('EXISTS', standing) == 1 then
  redis.call('HSET', standing, 'last_contact_ms', now)
end
if ARGV[11] ~= '' then
  redis.call('XADD', KEYS[4], '*', 'call', sid, 'number', ARGV[13], 'line', ARGV[11], 'at_ms', now)
end
redis.call('EXPIRE', call, ARGV[7])
return {'new'}
