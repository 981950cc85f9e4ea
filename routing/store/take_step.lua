-- Claims one step of a call and does all that follows from it, or returns the answer it was given before.
-- KEYS: call, waiting_seen, standing, what was left (a list for people), call log, live calls of the caller
-- ARGV: the step as JSON, see routing/store/step.py; `or` fields may be missing
-- Returns {'new'} | {'repeat', answer} | {'late', state}
local call, seen, standing = KEYS[1], KEYS[2], KEYS[3]
local step = cjson.decode(ARGV[1])

local before = redis.call('HMGET', call, step.claim, 'state', 'queue', 'waits_from_ms')
if before[1] then
  return {'repeat', before[1]}
end
local was = before[2] or 'new'
if not string.find(step.may_come_from, ',' .. was .. ',', 1, true) then
  return {'late', was}
end

local now = now_ms(step.offset_key)
if was == 'waiting' then
  leave_queue(step.queue_prefix, seen, call, step.sid)
  redis.call('HINCRBY', call, 'waited_ms', now - (tonumber(before[4]) or now))
elseif was == 'ended' then
  step.state = was
end
redis.call('HSET', call, step.claim, step.answer, 'last', step.claim, 'state', step.state, 'queue', step.queue,
  'number', step.number)
redis.call('HDEL', call, 'wants')
if was == 'new' then
  redis.call('HSET', call, 'began_ms', now, 'verification', step.verification, 'caller', step.caller)
  if step.caller ~= '' then
    redis.call('SADD', KEYS[6], step.sid)
    redis.call('EXPIRE', KEYS[6], step.lifetime_s)
  end
end

if step.queue ~= '' then
  local since = step.waiting_since_ms or now
  redis.call('HSETNX', call, 'waiting_since_ms', since)
  redis.call('HSET', call, 'waits_from_ms', since)
  -- The place in a queue counts from the first wait, the longest wait from the entry into this queue.
  if before[3] ~= step.queue then
    redis.call('HSET', call, 'queue_since_ms', since)
  end
  redis.call('ZADD', step.queue_prefix .. step.queue, redis.call('HGET', call, 'waiting_since_ms'), step.sid)
  redis.call('ZADD', seen, now, step.sid)
end

if step.language then
  redis.call('HSET', standing, 'language', step.language, 'last_contact_ms', now)
elseif step.touches_standing and redis.call('EXISTS', standing) == 1 then
  redis.call('HSET', standing, 'last_contact_ms', now)
end
if step.left then
  redis.call('XADD', KEYS[4], '*', 'call', step.sid, 'number', step.number, 'left', step.left, 'at_ms', now)
end
add_to_log(KEYS[5], now, step.keep_log_ms, was == 'new' and 'begin' or 'step', step.sid, step.entry)
redis.call('EXPIRE', call, step.lifetime_s)
return {'new'}
