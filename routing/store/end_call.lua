-- A call is over; whoever was rung for it or talked to it is done with it in the same step.
-- KEYS: call log   ARGV: sid, how, keep log ms, names of the floor, nonce
-- Returns 1 if this was the first to say so, 0 for a repeat or a call that nobody knows.
local F, sid = floor_of(ARGV[4], ARGV[5]), ARGV[1]
local key = F.call .. sid
local field = redis.call('HMGET', key, 'state', 'began_ms', 'waits_from_ms', 'waited_ms', 'queue', 'offer', 'caller',
  'agent')
local state = field[1]
if not state or state == 'ended' then
  return 0
end
leave_queue(F, sid)
redis.call('ZREM', F.deadlines, 'connect:' .. sid)
redis.call('HSET', key, 'state', 'ended', 'ended_ms', F.now, 'how', ARGV[2])
if field[7] and field[7] ~= '' then
  redis.call('SREM', F.live_calls .. field[7], sid)
end
local waited = field[3] and (tonumber(field[4]) or 0) + (state == 'waiting' and F.now - tonumber(field[3]) or 0)
if state == 'waiting' or state == 'connecting' then
  count(F, waited < F.short_abandon_ms and 'short' or 'abandoned', field[5], 1)
  redis.call('XADD', F.abandoned, 'MAXLEN', '~', F.abandoned_kept, '*', 'call', sid, 'queue', field[5],
    'waited_ms', waited, 'at_ms', F.now)
end
if field[6] then
  leave_agent(F, sid, state, 'caller_gone')
end
tell_call(F, sid, 'ended', field[5], field[8])
local entry = {how = ARGV[2], from = state, lasted_ms = F.now - (tonumber(field[2]) or F.now), waited_ms = waited or nil}
add_to_log(KEYS[1], F.now, tonumber(ARGV[3]), 'end', sid, cjson.encode(entry))
return 1
