-- A call is over. KEYS: call, waiting_seen, call log
-- ARGV: sid, offset key, queue prefix, how, keep log ms, prefix of the callers' live calls
-- Returns 1 if this was the first to say so, 0 for a repeat or a call that nobody knows.
local field = redis.call('HMGET', KEYS[1], 'state', 'began_ms', 'waits_from_ms', 'waited_ms', 'caller')
if not field[1] or field[1] == 'ended' then
  return 0
end
local now = now_ms(ARGV[2])
leave_queue(ARGV[3], KEYS[2], KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], 'state', 'ended', 'ended_ms', now, 'how', ARGV[4])
if field[5] and field[5] ~= '' then
  redis.call('SREM', ARGV[6] .. field[5], ARGV[1])
end
local entry = {how = ARGV[4], from = field[1], lasted_ms = now - (tonumber(field[2]) or now)}
if field[3] then
  entry.waited_ms = (tonumber(field[4]) or 0) + (field[1] == 'waiting' and now - tonumber(field[3]) or 0)
end
add_to_log(KEYS[3], now, tonumber(ARGV[5]), 'end', ARGV[1], cjson.encode(entry))
return 1
