-- A supervisor gives an agent a longer break; never a shorter one.
-- KEYS: audit   ARGV: agent, who says so, milliseconds from now, names of the floor, nonce
-- Returns when it ends (ms), 0 for somebody who is not in recovery
local F, agent = floor_of(ARGV[4], ARGV[5]), ARGV[1]
local key = agent_key(F, agent)
local now = redis.call('HMGET', key, 'status', 'recovery_until_ms')
if now[1] ~= 'recovery' then
  return 0
end
local until_ms = math.max(tonumber(now[2] or 0), F.now + tonumber(ARGV[3]))
redis.call('HSET', key, 'recovery_until_ms', until_ms)
redis.call('ZADD', F.deadlines, until_ms, 'recovery:' .. agent)
redis.call('XADD', KEYS[1], '*', 'what', 'extend_recovery', 'by', ARGV[2], 'at_ms', F.now, 'person', agent, 'until_ms',
  until_ms)
return until_ms
