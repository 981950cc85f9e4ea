-- How a recording of a call stands, noted in what happened to the call; once for each word.
-- ARGV: call SID, recording SID, state, names of the floor   Returns 1 if this was news
local F, sid = floor_of(ARGV[4], ''), ARGV[1]
local key, field = F.call .. sid, 'recording:' .. ARGV[2]
if redis.call('EXISTS', key) == 0 or redis.call('HGET', key, field) == ARGV[3] then
  return 0
end
redis.call('HSET', key, field, ARGV[3])
note(F, sid, {what = 'recording', recording = ARGV[2], state = ARGV[3]})
return 1
