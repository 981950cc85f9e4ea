-- One entry of the conduct ledger, with all that is derived from it.
-- KEYS: head, chain, contents, ids, entries of the caller, callers by address, deadlines, then the standings of
-- the addresses that the caller has afterwards, then those that lose theirs
-- ARGV: the change as JSON, see routing/store/offences.py: after_seq, after_digest (the head that it was made
-- for), key_mark, seq, id, caller, at_ms, entry (names and values by turns), contents (the same), forget (parts
-- of the contents), link (an address or ''), link_at (the place of its standing among KEYS), unlink
-- (addresses), drop (names), standing (names and values), keeps (how many standings are written)
-- Returns {'written'}, {'moved'} when another entry came between, {'taken', caller} for an address of somebody
-- else, {'broken'} when the end of the chain is not the head
local change = cjson.decode(ARGV[1])
local head = redis.call('HMGET', KEYS[1], 'seq', 'digest')
local last = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)[1]
if (head[1] or '0') .. '-0' ~= (last and last[1] or '0-0') then
  return {'broken'}
end
if (head[1] or '0') ~= change.after_seq or (head[2] or '') ~= change.after_digest then
  return {'moved'}
end
if change.link ~= '' then
  local whose = redis.call('HGET', KEYS[6], change.link)
  if whose and whose ~= change.caller then
    return {'taken', whose}
  end
  redis.call('HSET', KEYS[6], change.link, change.caller)
  redis.call('HSET', KEYS[change.link_at], 'last_contact_ms', change.at_ms)
end
for _, address in ipairs(change.unlink) do
  redis.call('HDEL', KEYS[6], address)
end
redis.call('XADD', KEYS[2], change.seq .. '-0', unpack(change.entry))
redis.call('HSET', KEYS[1], 'seq', change.seq, 'digest', change.digest, 'key_mark', change.key_mark)
redis.call('HSET', KEYS[3], unpack(change.contents))
for _, part in ipairs(change.forget) do
  redis.call('HDEL', KEYS[3], part)
end
redis.call('HSET', KEYS[4], change.id, change.seq)
redis.call('RPUSH', KEYS[5], change.seq)
-- What follows for people is looked after by whoever watches over this caller.
redis.call('ZADD', KEYS[7], change.at_ms, 'affairs:' .. change.caller)
for index = 8, #KEYS do
  redis.call('HDEL', KEYS[index], unpack(change.drop))
  if index < 8 + change.keeps then
    redis.call('HSET', KEYS[index], unpack(change.standing))
    -- The link between address and caller starts to age (docs/policy.md 20).
    redis.call('HSETNX', KEYS[index], 'last_contact_ms', change.at_ms)
  end
end
return {'written'}
