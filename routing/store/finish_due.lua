-- Takes a deadline off that was handed out, unless it was set anew meanwhile.
-- KEYS: deadlines, those in hand   ARGV: member, lease
-- Returns 1 if it was taken off.
redis.call('ZREM', KEYS[2], ARGV[1])
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or '') == tonumber(ARGV[2]) then
  return redis.call('ZREM', KEYS[1], ARGV[1])
end
return 0
