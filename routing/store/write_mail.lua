-- A mail is to be sent, once under its id. KEYS: mail, deadlines
-- ARGV: id, the site's time (ms), kind of the deadline, then names and values by turns   Returns 1, 0 for a repeat
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3] .. ':' .. ARGV[1])
return 1
