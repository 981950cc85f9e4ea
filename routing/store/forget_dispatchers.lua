-- Dispatchers come and go, each under a name of its own: forget those that are long gone and owe nothing.
-- KEYS: effects   ARGV: group, gone for ms
local forgotten = 0
for _, fields in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local consumer = {}
  for i = 1, #fields, 2 do
    consumer[fields[i]] = fields[i + 1]
  end
  -- To delete one with pending effects would lose them.
  if consumer.pending == 0 and consumer.idle > tonumber(ARGV[2]) then
    forgotten = forgotten + 1
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], consumer.name)
  end
end
return forgotten
