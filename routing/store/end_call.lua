-- A call is over. KEYS: call, waiting_seen   ARGV: sid, offset key, queue prefix, how
-- Returns 1 if this was the first to say so, 0 for a repeat or a call that nobody knows.
local state = redis.call('HGET', KEYS[1], 'state')
if not state or state == 'ended' then
  return 0
end
leave_queue(ARGV[3], KEYS[2], KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], 'state', 'ended', 'ended_ms', now_ms(ARGV[2]), 'how', ARGV[4])
return 1
