-- What the waiting room needs to know of one call; notes that it was heard of, and forgets calls that were not.
-- ARGV: sid, forgotten after ms, names of the floor, nonce
-- Returns {state, queue, place in the queue from 0, in this queue since ms, now ms, wants, last answer,
-- '1' while an agent is asked to take it, skill set, since when (ms) the agents that the site has are all gone or '',
-- '1' for a call that waits on all the same, when (ms) callers of the queue were answered, the latest first, when (ms)
-- the one who has waited longest in it began}
local F, sid = floor_of(ARGV[3], ARGV[4]), ARGV[1]
local key = F.call .. sid
local field = redis.call('HMGET', key, 'state', 'queue', 'waiting_since_ms', 'wants', 'last', 'queue_since_ms',
  'offer', 'skill_set', 'nobody_ms', 'out_of_service', 'talking_ms', 'consent')
local state, queue, since = field[1], field[2], field[3]
if field[12] == 'ask' and (state == 'waiting' or state == 'connecting') then
  -- He was asked before he was put in the queue, and pressed nothing.
  answer_consent(F, sid, false)
end
if state ~= 'waiting' then
  return {state or '', queue or '', -1, 0, F.now, '', '', '', '', '', '', {}, ''}
end

redis.call('ZADD', F.seen, F.now, sid)
redis.call('HDEL', key, 'not_met')
-- Twilio asks every 20 s or so; a call that has not asked for long has ended without our hearing of it.
-- Should it ask again after all, the next lines put it back at its place.
redis.call('ZADD', F.queue .. queue, since, sid)
if field[8] and not field[7] and not redis.call('ZSCORE', F.line_up .. field[8], sid) then
  line_up(F, sid)
end
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', F.seen, '-inf', F.now - tonumber(ARGV[2]), 'LIMIT', 0, 20)) do
  leave_queue(F, gone)
end
local nobody = field[9]
if redis.call('SCARD', F.signed_in) > 0 or redis.call('SCARD', F.agents) == 0 then
  if nobody then
    redis.call('HDEL', key, 'nobody_ms')
  end
  nobody = ''
elseif not nobody then
  nobody = F.now
  redis.call('HSET', key, 'nobody_ms', nobody)
end
local place = redis.call('ZRANK', F.queue .. queue, sid)
return {state, queue, place or 0, field[6], F.now, field[4] or '', redis.call('HGET', key, field[5]),
  redis.call('HGET', key, 'offer') and '1' or '', field[8] or '',
  nobody, (field[10] or field[11]) and '1' or '', redis.call('LRANGE', F.pace .. queue, 0, 20),
  redis.call('ZRANGE', F.queue .. queue, 0, 0, 'WITHSCORES')[2] or ''}
