-- Claims one step of a call and does all that follows from it, or returns the answer it was given before.
-- KEYS: call, standing, what was left (a list for people), call log, live calls of the caller
-- ARGV: the step as JSON, see routing/store/step.py, names of the floor, nonce; `or` fields may be missing
-- Returns {'new'} | {'repeat', answer} | {'late', state}
local call, standing, live = KEYS[1], KEYS[2], KEYS[5]
local step = cjson.decode(ARGV[1])

local before = redis.call('HMGET', call, step.claim, 'state', 'queue', 'waits_from_ms', 'offer', 'skill_set')
if before[1] then
  return {'repeat', before[1]}
end
local was = before[2] or 'new'
if not string.find(step.may_come_from, ',' .. was .. ',', 1, true) then
  return {'late', was}
end

local F = floor_of(ARGV[2], ARGV[3])
if was == 'waiting' then
  leave_queue(F, step.sid)
  redis.call('HINCRBY', call, 'waited_ms', F.now - (tonumber(before[4]) or F.now))
elseif was == 'ended' then
  step.state = was
end
if before[5] then
  -- The caller took another way, or begins anew after a failure: whoever was asked or talked is done with him.
  leave_agent(F, step.sid, was, 'caller_left')
end
redis.call('HSET', call, step.claim, step.answer, 'last', step.claim, 'state', step.state, 'queue', step.queue,
  'number', step.number, 'visit', step.visit)
redis.call('HDEL', call, 'wants', 'agent')
if step.consent then
  redis.call('HSET', call, 'consent', step.consent)
end
if step.consent == 'ask' then
  -- Until the question was heard to its end, or answered.
  redis.call('HSET', call, 'not_recorded', 1)
end
if step.out_of_service then
  redis.call('HSET', call, 'out_of_service', 1)
end
if was == 'new' then
  redis.call('HSET', call, 'began_ms', F.now, 'verification', step.verification, 'caller', step.caller)
  if step.caller ~= '' then
    redis.call('SADD', live, step.sid)
    redis.call('EXPIRE', live, step.lifetime_s)
  end
end

if step.queue ~= '' then
  local since = step.waiting_since_ms or F.now
  redis.call('HSETNX', call, 'waiting_since_ms', since)
  redis.call('HSET', call, 'waits_from_ms', since)
  local entry = step.line_up
  -- The place in a queue counts from the first wait, the longest wait from the entry into this queue.
  if before[3] ~= step.queue then
    redis.call('HSET', call, 'queue_since_ms', since)
  end
  local waiting_since = tonumber(redis.call('HGET', call, 'waiting_since_ms'))
  redis.call('ZADD', F.queue .. step.queue, waiting_since, step.sid)
  redis.call('ZADD', F.seen, F.now, step.sid)
  if entry then
    if before[6] ~= entry.skill_set then
      redis.call('HSET', call, 'skill_set', entry.skill_set, 'rank_ms', waiting_since + entry.rank_shift_ms,
        'eligible_ms', since + entry.min_wait_ms, 'from_', entry.from_, 'wrap_up_ms', entry.wrap_up_ms,
        'in_time_ms', entry.in_time_ms, 'language', entry.language, 'rest_after', entry.rest_after)
    end
  else
    redis.call('HDEL', call, 'skill_set')
  end
  tell_queue(F, step.queue)
end
note(F, step.sid, {what = 'decision', step = step.claim})
tell_call(F, step.sid, step.state, step.queue)
if step.queue ~= '' then
  line_up(F, step.sid)
end

if step.language then
  redis.call('HSET', standing, 'language', step.language, 'last_contact_ms', F.now)
elseif step.touches_standing and redis.call('EXISTS', standing) == 1 then
  redis.call('HSET', standing, 'last_contact_ms', F.now)
end
if step.left then
  redis.call('XADD', KEYS[3], '*', 'call', step.sid, 'number', step.number, 'left', step.left, 'at_ms', F.now)
end
add_to_log(KEYS[4], F.now, step.keep_log_ms, was == 'new' and 'begin' or 'step', step.sid, step.entry)
redis.call('EXPIRE', call, step.lifetime_s)
return {'new'}
