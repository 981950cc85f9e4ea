-- The caller's leg goes into the conference where the agent is. ARGV: call SID, conference, '1' when conversations
-- are recorded (this one if the caller was told so and did not refuse), names of the floor
-- Returns 1 (again for a repeat), 0 when that conference waits for nobody
local F, sid = floor_of(ARGV[4], ''), ARGV[1]
local key = F.call .. sid
local call = redis.call('HMGET', key, 'state', 'conference', 'agent', 'queue', 'waited_ms', 'in_time_ms', 'rest_after',
  'consent', 'not_recorded')
local agent, queue, waited = call[3], call[4], tonumber(call[5]) or 0
if call[2] ~= ARGV[2] then
  return 0
elseif call[1] == 'talking' or call[1] == 'held' then
  return 1
elseif call[1] ~= 'connecting' then
  return 0
end
redis.call('HSET', key, 'state', 'talking', 'talked:' .. agent, F.now)
redis.call('HSETNX', key, 'talking_ms', F.now)
redis.call('ZREM', F.deadlines, 'connect:' .. sid)
redis.call('HSET', agent_key(F, agent), 'call', sid)
set_agent(F, agent, 'on_call', '')
tell_call(F, sid, 'talking', queue, agent)
if ARGV[3] == '1' and call[8] and not call[9] then
  -- What was paused with one agent is not paused with the next.
  local before = redis.call('HGET', key, 'recording')
  redis.call('HSET', key, 'recording', 'running')
  effect(F, 'record', sid)
  if before == 'paused' then
    effect(F, 'recording', sid)
  end
  if before ~= 'running' then
    note(F, sid, {what = 'recording', state = 'running', agent = agent})
  end
end

count(F, 'answered', queue, 1)
count(F, 'waited_ms', queue, waited)
if waited <= tonumber(call[6]) then
  count(F, 'in_time', queue, 1)
end
redis.call('LPUSH', F.pace .. queue, F.now)
redis.call('LTRIM', F.pace .. queue, 0, F.pace_kept - 1)

-- After so many calls that need a certified agent he is spared them for a while.
local rest_after = tonumber(call[7]) or 0
if rest_after > 0 or queue == 'specialist' then
  -- Told to the conduct ledger by callbacks/conduct_calls.py.
  redis.call('ZADD', F.deadlines, F.now, 'specialist_call:' .. sid)
end
if rest_after == 0 then
  redis.call('HSET', agent_key(F, agent), 'in_a_row', 0)
elseif redis.call('HINCRBY', agent_key(F, agent), 'in_a_row', 1) >= rest_after then
  redis.call('HSET', agent_key(F, agent), 'in_a_row', 0, 'rest_until_ms', F.now + F.rest_ms)
  redis.call('ZADD', F.deadlines, F.now + F.rest_ms, 'rested:' .. agent)
end
return 1
