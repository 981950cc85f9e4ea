-- A waiting caller pressed a key that leads elsewhere. KEYS: call   ARGV: what
-- Returns 1 while the call waits, else 0.
if redis.call('HGET', KEYS[1], 'state') ~= 'waiting' then
  return 0
end
redis.call('HSET', KEYS[1], 'wants', ARGV[1])
return 1
