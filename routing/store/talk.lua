-- A waiting call is answered: it leaves its queue and is talking from now on.
-- KEYS: call, calls that wait by when they were heard of   ARGV: call SID, prefix of the queues' keys
-- Returns 1, also for a repeat; 0 for a call that does not wait
local state = redis.call('HGET', KEYS[1], 'state')
if state == 'talking' then
  return 1
end
if state ~= 'waiting' then
  return 0
end
leave_queue(ARGV[2], KEYS[2], KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], 'state', 'talking', 'queue', '')
return 1
