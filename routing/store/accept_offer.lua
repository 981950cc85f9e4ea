-- An agent takes the call that is offered to him: it leaves the waiting room for good, and nobody else gets it.
-- ARGV: offer, agent, conference (a new name), names of the floor, nonce
-- Returns 'ok' (again for a repeat) | 'gone' | 'caller_gone' | 'taken' (it is offered to somebody else)
local F = floor_of(ARGV[4], ARGV[5])
local offer = redis.call('HMGET', F.offer .. ARGV[1], 'state', 'call', 'agent', 'leg', 'how')
local state, sid, agent = offer[1], offer[2], offer[3]
if not state then
  return 'gone'
elseif agent ~= ARGV[2] then
  return 'taken'
elseif state == 'accepted' then
  return 'ok'
elseif state == 'over' then
  return offer[5] == 'caller_gone' and 'caller_gone' or 'gone'
end
local call = redis.call('HMGET', F.call .. sid, 'state', 'offer', 'waits_from_ms', 'queue')
if call[1] ~= 'waiting' or call[2] ~= ARGV[1] then
  return 'gone'
end
leave_queue(F, sid)
redis.call('HINCRBY', F.call .. sid, 'waited_ms', F.now - tonumber(call[3]))
redis.call('HSET', F.call .. sid, 'state', 'connecting', 'conference', ARGV[3], 'agent', agent, 'agent_leg', offer[4])
redis.call('HDEL', F.call .. sid, 'wants', 'agent_in')
redis.call('SET', F.conference .. ARGV[3], sid, 'EX', F.call_record_s)
redis.call('HDEL', agent_key(F, agent), 'missed')
change_offer(F, ARGV[1], sid, agent, 'accepted', '')
set_agent(F, agent, 'connecting', '')
redis.call('ZADD', F.deadlines, F.now + F.brief_ms, 'connect:' .. sid)
tell_call(F, sid, 'connecting', call[4], agent)
return 'ok'
