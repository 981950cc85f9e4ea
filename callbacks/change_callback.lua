-- Writes one change of a promised call, whole or not at all, with all that follows from it.
-- KEYS: callback, history, open, every, deadlines, effects, standing, calls to this caller, do not call
-- ARGV: the change as JSON, see callbacks/ledger.py; `or` fields may be missing; numbers of ms are texts
-- Returns {'done'} (again for the same request: its answer was lost) | {'conflict'} | {'open', id of the other}
local callback, history, open = KEYS[1], KEYS[2], KEYS[3]
local change = cjson.decode(ARGV[1])
local now = now_ms(change.offset_key)

local before = redis.call('HMGET', callback, 'version', 'state')
local was = before[2]
if (before[1] or '0') ~= change.version then
  for _, entry in ipairs(redis.call('XREVRANGE', history, '+', '-', 'COUNT', 50)) do
    for i = 1, #entry[2], 2 do
      if entry[2][i] == 'request' and entry[2][i + 1] == change.request then
        return {'done'}
      end
    end
  end
  return {'conflict'}
end

-- One open call of a kind for each caller, also when one that was closed opens again.
local place = change.caller .. ':' .. change.kind
local holder = redis.call('HGET', open, place)
if change.is_open then
  if holder and holder ~= change.id then
    return {'open', holder}
  end
  redis.call('HSET', open, place, change.id)
elseif holder == change.id then
  redis.call('HDEL', open, place)
end

redis.call('HSET', callback, 'record', change.record, 'version', change.next, 'state', change.state,
  'owner', change.owner, 'when_ms', change.when_ms)
if was and was ~= change.state then
  redis.call('ZREM', change.state_prefix .. was, change.id)
end
redis.call('ZADD', change.state_prefix .. change.state, change.when_ms, change.id)
redis.call('ZADD', KEYS[4], change.when_ms, change.id)
redis.call('XADD', history, '*', 'at_ms', now, 'request', change.request, unpack(change.entry))

local deadline = 'callback:' .. change.id
if change.look_at_ms then
  redis.call('ZADD', KEYS[5], change.look_at_ms, deadline)
else
  redis.call('ZREM', KEYS[5], deadline)
end
for _, effect in ipairs(change.effects) do
  add_effect(KEYS[6], effect.verb, effect.target, effect.data, now + effect.within_ms)
end
for _, posted in ipairs(change.posted) do
  redis.call('ZADD', KEYS[8], posted.at_ms, posted.attempt)
  redis.call('ZREMRANGEBYSCORE', KEYS[8], '-inf', now - change.keep_calls_ms)
  redis.call('PEXPIRE', KEYS[8], change.keep_calls_ms)
end
if change.affairs ~= '' then
  redis.call('ZADD', KEYS[5], now, 'affairs:' .. change.affairs)
end
if change.do_not_call then
  redis.call('HSETNX', KEYS[9], change.caller, change.id)
end

-- Who rings in is asked for by the standing: the call under way, else one that is due, else the next.
local rank, best_when, best_id, best_owner
for _, kind in ipairs(change.kinds) do
  local id = redis.call('HGET', open, change.caller .. ':' .. kind)
  local other = id and redis.call('HMGET', change.callback_prefix .. id, 'state', 'owner', 'when_ms')
  local its_rank = other and change.expected[other[1]]
  local its_when = other and tonumber(other[3])
  if its_rank and (not rank or its_rank < rank or (its_rank == rank and its_when < best_when)) then
    rank, best_when, best_id, best_owner = its_rank, its_when, id, other[2]
  end
end
if best_id then
  redis.call('HSET', KEYS[7], 'callback_owner', best_owner, 'callback_id', best_id)
else
  redis.call('HDEL', KEYS[7], 'callback_owner', 'callback_id')
end
if not was and change.caller ~= '' then
  -- Whom we promise a call has just been in contact with us (docs/policy.md 20).
  redis.call('HSET', KEYS[7], 'last_contact_ms', now)
end
return {'done'}
