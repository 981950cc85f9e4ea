-- A moment has come that lets somebody take part: a call whose least wait is over, an agent who has rested.
-- ARGV: 'eligible' or 'rested', call SID or agent, names of the floor, nonce
local F, id = floor_of(ARGV[3], ARGV[4]), ARGV[2]
if ARGV[1] == 'eligible' then
  local call = redis.call('HMGET', F.call .. id, 'state', 'offer')
  if call[1] == 'waiting' and not call[2] then
    line_up(F, id)
  end
elseif redis.call('HGET', agent_key(F, id), 'status') == 'available' then
  leave_idle(F, id)
  serve_next(F, id)
end
return 1
