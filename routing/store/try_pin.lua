-- One try of a PIN: counted before it is looked at, so that many at once are no more than many in a row.
-- KEYS: tries, this call's desk   ARGV: offset key, visit, most, locked for ms, tries kept s, desk kept s
-- Returns 1 for a try (again for a repeat of the same visit), 0 while none is taken
local claim = 'tried:' .. ARGV[2]
if redis.call('HEXISTS', KEYS[2], claim) == 1 then
  return 1
end
local now = now_ms(ARGV[1])
local locked_until = tonumber(redis.call('HGET', KEYS[1], 'locked_until_ms') or '')
if locked_until and locked_until > now then
  return 0
elseif locked_until then
  redis.call('DEL', KEYS[1])
end
if redis.call('HINCRBY', KEYS[1], 'wrong', 1) >= tonumber(ARGV[3]) then
  redis.call('HSET', KEYS[1], 'locked_until_ms', now + tonumber(ARGV[4]))
end
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('HSET', KEYS[2], claim, 1)
redis.call('EXPIRE', KEYS[2], ARGV[6])
return 1
