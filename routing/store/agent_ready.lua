-- The agent has heard who is coming and goes into the conference; the caller is sent after him.
-- ARGV: offer, names of the floor   Returns the conference, '' when there is nobody to talk to any more
local F = floor_of(ARGV[2], '')
local offer = redis.call('HMGET', F.offer .. ARGV[1], 'state', 'call')
if offer[1] ~= 'accepted' then
  return ''
end
local sid = offer[2]
local call = redis.call('HMGET', F.call .. sid, 'state', 'offer', 'conference', 'agent_in', 'visit', 'queue', 'language')
if call[2] ~= ARGV[1] then
  return ''
end
if call[1] == 'connecting' and not call[4] then
  redis.call('HSET', F.call .. sid, 'agent_in', 1)
  effect(F, 'redirect', sid, {route = 'connect', visit = call[5], conference = call[3], queue = call[6],
    language = call[7]})
  redis.call('ZADD', F.deadlines, F.now + F.connect_ms, 'connect:' .. sid)
end
return call[3]
