-- A promised call and the site's time at that moment. KEYS: callback   ARGV: offset key
-- Returns {record or false, now ms}
return {redis.call('HGET', KEYS[1], 'record'), now_ms(ARGV[1])}
