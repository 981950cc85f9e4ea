-- A worker begins to send a mail. KEYS: mail   ARGV: offset key, lease ms
-- Returns {to, subject, text, written ms, number of this try}, or {} when it is settled or somebody else's now.
local mail = redis.call('HMGET', KEYS[1], 'state', 'until_ms', 'to', 'subject', 'text', 'written_ms')
local now = now_ms(ARGV[1])
if mail[1] ~= 'waiting' and not (mail[1] == 'sending' and now >= tonumber(mail[2])) then
  return {}
end
redis.call('HSET', KEYS[1], 'state', 'sending', 'until_ms', now + tonumber(ARGV[2]))
return {mail[3], mail[4], mail[5], mail[6], redis.call('HINCRBY', KEYS[1], 'tries', 1)}
