-- Writes a text message once, and has it sent. KEYS: message, effects
-- ARGV: offset key, id, to, from, body, within ms, lifetime s.  Returns 1, 0 when it was written before
if redis.call('EXISTS', KEYS[1]) == 1 then
  return 0
end
redis.call('HSET', KEYS[1], 'to', ARGV[3], 'from', ARGV[4], 'body', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[7])
add_effect(KEYS[2], 'message', ARGV[2], '{}', now_ms(ARGV[1]) + tonumber(ARGV[6]))
return 1
