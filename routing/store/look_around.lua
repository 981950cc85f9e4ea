-- What the rules need to know before a step of a call. Reads only.
-- KEYS: standing, call, queue of the slow callers, config version, agents, those signed in
-- ARGV: offset key, look up a standing ('1'|''), what the keys of agents begin with
-- Returns {now ms, config version (-1: no number stands there), waiting in the slow queue, StirVerstat as first
-- said, standing: fields and values by turns, or '' when something else stands under the key, whether the owner
-- of the call that we owe this caller can take it now ('1'|''), people whose role is agent, people signed in,
-- what the caller was told of recording (see answer_consent.lua)}
local standing = {}
if ARGV[2] == '1' then
  standing = redis.pcall('HGETALL', KEYS[1])
  if standing.err then
    standing = ''
  end
end
local owner, owed = '', ''
for i = 1, #standing, 2 do
  if standing[i] == 'callback_owner' then
    owner = standing[i + 1]
  elseif standing[i] == 'callback_id' then
    owed = standing[i + 1]
  end
end
local free = ''
if owner ~= '' and owed ~= '' then
  local agent = redis.pcall('HMGET', ARGV[3] .. string.lower(owner), 'status', 'offer')
  if not agent.err and (agent[1] == 'available' or agent[2] == owed) then
    free = '1'
  end
end
return {
  now_ms(ARGV[1]),
  tonumber(redis.call('GET', KEYS[4]) or '0') or -1,
  redis.call('ZCARD', KEYS[3]),
  redis.call('HGET', KEYS[2], 'verification') or '',
  standing,
  free,
  redis.call('SCARD', KEYS[5]),
  redis.call('SCARD', KEYS[6]),
  redis.call('HGET', KEYS[2], 'consent') or '',
}
