-- A requested callback keeps its place among the callers, or gives it up.
-- ARGV: 'enter' or 'leave', member, skill set, rank ms, names of the floor, nonce
local F = floor_of(ARGV[5], ARGV[6])
if ARGV[1] == 'leave' then
  return redis.call('ZREM', F.line_up .. ARGV[3], ARGV[2])
end
redis.call('ZADD', F.line_up .. ARGV[3], ARGV[4], ARGV[2])
match(F, ARGV[3])
return 1
