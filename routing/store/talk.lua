-- A waiting call is answered by whoever owed it a call: it leaves its queue and is talking from now on.
-- ARGV: call SID, names of the floor, nonce
-- Returns 1, also for a repeat; 0 for a call that does not wait
local key, F = nil, floor_of(ARGV[2], ARGV[3])
key = F.call .. ARGV[1]
local call = redis.call('HMGET', key, 'state', 'offer')
if call[1] == 'talking' then
  return 1
end
if call[1] ~= 'waiting' then
  return 0
end
leave_queue(F, ARGV[1])
redis.call('HSET', key, 'state', 'talking', 'queue', '')
if call[2] then
  leave_agent(F, ARGV[1], 'waiting', 'caller_left')
end
tell_call(F, ARGV[1], 'talking')
return 1
