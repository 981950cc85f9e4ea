-- What the rules need to know before a step of a call. Reads only.
-- KEYS: standing, call, queue of the slow callers, config version
-- ARGV: offset key, look up a standing ('1'|'')
-- Returns {now ms, config version (-1: no number stands there), waiting in the slow queue, StirVerstat as first
-- said, standing: fields and values by turns, or '' when something else stands under the key}
local standing = {}
if ARGV[2] == '1' then
  standing = redis.pcall('HGETALL', KEYS[1])
  if standing.err then
    standing = ''
  end
end
return {
  now_ms(ARGV[1]),
  tonumber(redis.call('GET', KEYS[4]) or '0') or -1,
  redis.call('ZCARD', KEYS[3]),
  redis.call('HGET', KEYS[2], 'verification') or '',
  standing,
}
