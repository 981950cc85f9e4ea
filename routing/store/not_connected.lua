-- The caller did not arrive where the agent waits, or the agent did not: the caller waits again, at his place.
-- ARGV: call SID, names of the floor, nonce   Returns 1 if this was news
local F, sid = floor_of(ARGV[2], ARGV[3]), ARGV[1]
local call = redis.call('HMGET', F.call .. sid, 'state', 'offer')
if call[1] ~= 'connecting' then
  return 0
end
local offer = redis.call('HMGET', F.offer .. call[2], 'agent', 'leg')
change_offer(F, call[2], sid, offer[1], 'over', 'not_connected')
send_away(F, offer[1], offer[2], 'not_connected')
-- Who did not come twice, unheard of between, may have hung up without our hearing of it: nobody else is rung for
-- him before he asks for something to hear (look_at_wait.lua). Else he would be the first for every agent, for ever.
local times = redis.call('HINCRBY', F.call .. sid, 'not_met', 1)
back_to_wait(F, sid, times >= 2)
free_agent(F, offer[1])
return 1
