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
back_to_wait(F, sid)
free_agent(F, offer[1])
return 1
