-- An agent's telephone is free again. ARGV: agent, leg, names of the floor, nonce   Returns 1 if he waited for that
local F, agent = floor_of(ARGV[3], ARGV[4]), ARGV[1]
local key = agent_key(F, agent)
local now = redis.call('HMGET', key, 'on_phone', 'status')
if now[1] ~= ARGV[2] then
  return 0
end
redis.call('HDEL', key, 'on_phone', 'on_phone_until_ms')
if now[2] == 'available' then
  leave_idle(F, agent)
  serve_next(F, agent)
end
return 1
