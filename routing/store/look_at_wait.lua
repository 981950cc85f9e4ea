-- What the waiting room needs to know of one call; notes that it was heard of, and forgets calls that were not.
-- KEYS: call, waiting_seen   ARGV: sid, offset key, queue prefix, call prefix, forgotten after ms
-- Returns {state, queue, place in the queue from 0, in this queue since ms, now ms, wants, last answer}
local call, seen = KEYS[1], KEYS[2]
local sid, prefix = ARGV[1], ARGV[3]
local now = now_ms(ARGV[2])
local field = redis.call('HMGET', call, 'state', 'queue', 'waiting_since_ms', 'wants', 'last', 'queue_since_ms')
local state, queue, since = field[1], field[2], field[3]
if state ~= 'waiting' then
  return {state or '', queue or '', -1, 0, now, '', ''}
end

redis.call('ZADD', seen, now, sid)
-- Twilio asks every 20 s or so; a call that has not asked for long has ended without our hearing of it.
-- Should it ask again after all, the next line puts it back at its place.
redis.call('ZADD', prefix .. queue, since, sid)
for _, gone in ipairs(redis.call('ZRANGEBYSCORE', seen, '-inf', now - tonumber(ARGV[5]), 'LIMIT', 0, 20)) do
  leave_queue(prefix, seen, ARGV[4] .. gone, gone)
end
local place = redis.call('ZRANK', prefix .. queue, sid)
return {state, queue, place or 0, field[6], now, field[4] or '', redis.call('HGET', call, field[5])}
