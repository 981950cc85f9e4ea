-- What the waiting room needs to know of one call; notes that it was heard of, and forgets calls that were not.
-- ARGV: sid, forgotten after ms, names of the floor, nonce
-- Returns {state, queue, place in the queue from 0, in this queue since ms, now ms, wants, last answer,
-- '1' while an agent is asked to take it, skill set}
local F, sid = floor_of(ARGV[3], ARGV[4]), ARGV[1]
local key = F.call .. sid
local field = redis.call('HMGET', key, 'state', 'queue', 'waiting_since_ms', 'wants', 'last', 'queue_since_ms',
  'offer', 'skill_set', 'eligible_ms', 'rank_ms')
local state, queue, since = field[1], field[2], field[3]
if state ~= 'waiting' then
  return {state or '', queue or '', -1, 0, F.now, '', '', '', ''}
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
local place = redis.call('ZRANK', F.queue .. queue, sid)
return {state, queue, place or 0, field[6], F.now, field[4] or '', redis.call('HGET', key, field[5]),
  redis.call('HGET', key, 'offer') and '1' or '', field[8] or ''}
