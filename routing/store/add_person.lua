-- Somebody new. KEYS: person, people, API keys, manager (a person), audit, agents
-- ARGV: the change as JSON, see routing/store/people.py: id, created_ms, request, digest ('' without an API key),
-- has_manager, is_agent, fields and audit (names and values by turns)
-- Returns 'added', 'taken' when somebody has the name, 'no_manager' when the manager is nobody
local change = cjson.decode(ARGV[1])
local before = redis.call('HMGET', KEYS[1], 'id', 'request')
if before[1] then
  -- The same request again: its answer was lost on the way.
  return before[2] == change.request and 'added' or 'taken'
end
local manager = ''
if change.has_manager then
  manager = redis.call('HGET', KEYS[4], 'id')
  if not manager then
    return 'no_manager'
  end
end
redis.call('HSET', KEYS[1], 'id', change.id, 'request', change.request, 'manager', manager,
  'digest', change.digest, unpack(change.fields))
redis.call('ZADD', KEYS[2], change.created_ms, change.id)
if change.is_agent then
  redis.call('SADD', KEYS[6], change.id)
end
if change.digest ~= '' then
  redis.call('HSET', KEYS[3], change.digest, change.id)
end
redis.call('XADD', KEYS[5], '*', unpack(change.audit))
return 'added'
