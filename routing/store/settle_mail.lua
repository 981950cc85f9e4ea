-- What became of one try to send a mail. KEYS: mail, deadlines, failed mails
-- ARGV: offset key, deadline's member, mail id, number of the try, state, error, again in ms, keep s
-- Returns 1, or 0 when another try has begun since.
if redis.call('HGET', KEYS[1], 'tries') ~= ARGV[4] or redis.call('HGET', KEYS[1], 'state') ~= 'sending' then
  return 0
end
local now = now_ms(ARGV[1])
redis.call('HSET', KEYS[1], 'state', ARGV[5], 'error', ARGV[6], 'settled_ms', now)
if ARGV[5] == 'waiting' then
  redis.call('ZADD', KEYS[2], now + tonumber(ARGV[7]), ARGV[2])
  return 1
end
redis.call('ZREM', KEYS[2], ARGV[2])
if ARGV[5] == 'sent' then
  -- What it said has reached its reader; that it was sent is remembered for a while.
  redis.call('HDEL', KEYS[1], 'text', 'subject', 'to')
  redis.call('EXPIRE', KEYS[1], ARGV[8])
else
  redis.call('ZADD', KEYS[3], now, ARGV[3])
end
return 1
