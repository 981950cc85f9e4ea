-- What an agent serves, computed anew: after a change of the config or of the person. Heals the idle sets too.
-- ARGV: agent, skill sets as JSON, names of the floor, nonce
-- Returns 1 if anything changed
local F, id = floor_of(ARGV[3], ARGV[4]), ARGV[1]
local key = agent_key(F, id)
local now = redis.call('HMGET', key, 'status', 'skill_sets', 'rest_until_ms', 'on_phone_until_ms')
local rests, stands = (tonumber(now[3]) or 0) > F.now, true
if now[1] == 'available' and (tonumber(now[4]) or 0) <= F.now then
  for _, one in ipairs(cjson.decode(ARGV[2])) do
    stands = stands and ((rests and one[3] == 1) or redis.call('ZSCORE', F.idle .. one[1], id))
  end
end
if now[2] == ARGV[2] and stands then
  return 0
end
leave_idle(F, id)
redis.call('HSET', key, 'skill_sets', ARGV[2])
if now[1] == 'available' then
  serve_next(F, id)
end
return 1
