-- Hands out what is due, and moves it forward by the lease: what nobody finishes comes back.
-- KEYS: deadlines, those in hand   ARGV: offset key, how many, lease ms
-- Returns {leased until ms, member, due ms, member, due ms, …}, the longest due first.
local now = now_ms(ARGV[1])
local until_ms = now + tonumber(ARGV[3])
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local handed = {until_ms}
for i = 1, #due, 2 do
  redis.call('ZADD', KEYS[1], until_ms, due[i])
  redis.call('ZADD', KEYS[2], now, due[i])
  handed[#handed + 1] = due[i]
  handed[#handed + 1] = due[i + 1]
end
return handed
