-- A waiting caller pressed a key that leads elsewhere. KEYS: call   ARGV: what, claim
-- Returns 1 while the call waits, and for a key of which was taken note before; else 0.
local before = redis.call('HMGET', KEYS[1], ARGV[2], 'state')
if before[1] then
  return 1
end
if before[2] ~= 'waiting' then
  return 0
end
redis.call('HSET', KEYS[1], 'wants', ARGV[1], ARGV[2], ARGV[1])
return 1
