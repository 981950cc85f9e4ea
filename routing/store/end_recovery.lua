-- The break after an ended call is over: its time has come, or the agent returns early.
-- ARGV: agent, '1' when he returns early, names of the floor, nonce
-- Returns 'ok' | 'not_in_recovery' | 'too_early'
local F, agent = floor_of(ARGV[3], ARGV[4]), ARGV[1]
local key = agent_key(F, agent)
local now = redis.call('HMGET', key, 'status', 'recovery_until_ms', 'recovery_report')
if now[1] ~= 'recovery' then
  return 'not_in_recovery'
elseif ARGV[2] ~= '1' and F.now < tonumber(now[2] or 0) then
  return 'too_early'
end
if now[3] and redis.call('EXISTS', F.report .. now[3]) == 1 then
  redis.call('HSET', F.report .. now[3], 'recovery_ended_ms', F.now)
end
redis.call('HDEL', key, 'recovery_until_ms', 'recovery_report')
redis.call('ZREM', F.deadlines, 'recovery:' .. agent)
free_agent(F, agent)
return 'ok'
