-- An offer comes to nothing because of the agent: his call is over, he declined, or nothing is heard of it.
-- ARGV: offer, why, the same in words when he missed it ('' else), '1' when his telephone is to hear of it, '1' to
-- end one that was taken too, names of the floor, nonce
-- The caller is where he was; an agent who had taken the call and left it while they talked goes to wrap-up, and
-- the caller hears so. Returns what it was: 'made' | 'connecting' | 'talking', or '' when nothing changed
local F, id, why = floor_of(ARGV[6], ARGV[7]), ARGV[1], ARGV[2]
local offer = redis.call('HMGET', F.offer .. id, 'state', 'call', 'agent', 'leg')
local state, sid, agent = offer[1], offer[2], offer[3]
if not state or state == 'over' or (state == 'accepted' and ARGV[5] ~= '1') then
  return ''
end
local call = redis.call('HMGET', F.call .. sid, 'state', 'queue', 'language', 'visit')
change_offer(F, id, sid, agent, 'over', why)
if state == 'accepted' and (call[1] == 'talking' or call[1] == 'held') then
  redis.call('HSET', F.call .. sid, 'state', 'agent_gone')
  redis.call('HDEL', F.call .. sid, 'offer', 'agent_leg', 'conference', 'agent_in')
  -- The visit goes on, so that no step of what follows is mistaken for one of before.
  local visit = tonumber(call[4]) + 1
  redis.call('HSET', F.call .. sid, 'visit', visit)
  effect(F, 'redirect', sid, {route = 'agent_gone', visit = visit, queue = call[2], language = call[3]})
  tell_call(F, sid, 'agent_gone', call[2], agent)
  wrap_up(F, agent, sid)
  return 'talking'
end
if ARGV[4] == '1' then
  send_away(F, agent, offer[4], why)
else
  stays_on_phone(F, agent, offer[4])
end
if state == 'accepted' and call[1] == 'connecting' then
  back_to_wait(F, sid)
elseif call[1] == 'waiting' then
  redis.call('HDEL', F.call .. sid, 'offer')
  line_up(F, sid)
end
free_agent(F, agent, ARGV[3] ~= '' and ARGV[3] or nil)
return state == 'accepted' and 'connecting' or 'made'
