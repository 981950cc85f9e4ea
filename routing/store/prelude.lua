-- Shared by every script: the site's time in milliseconds. `offset_key` is empty outside the lab.
local function now_ms(offset_key)
  local time = redis.call('TIME')
  local ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  if offset_key ~= '' then
    ms = ms + (tonumber(redis.call('GET', offset_key)) or 0)
  end
  return ms
end

-- An entry of the call log, its id the site's time, and what is older than the log may be goes.
local function add_to_log(log, now, keep_ms, kind, sid, entry)
  local id = now .. '-*'
  local last = redis.call('XREVRANGE', log, '+', '-', 'COUNT', 1)[1]
  if last and tonumber(string.match(last[1], '^%d+')) > now then
    -- The clock was put back: the order of the entries counts for more than a few milliseconds.
    id = string.match(last[1], '^%d+') .. '-*'
  end
  redis.call('XADD', log, 'MINID', '=', now - keep_ms, id, 'kind', kind, 'call', sid, 'entry', entry)
end

-- Something to be done in the world, in the same step that made it necessary (routing/store/effects.py).
-- `target`: our leg's id or a CallSid, `data`: JSON, `deadline`: ms of the site's time. Returns the effect's id.
local function add_effect(stream, verb, target, data, deadline)
  -- Ids of the stream count the server's own time. A day old is far past every deadline.
  local oldest = (tonumber(redis.call('TIME')[1]) - 86400) * 1000
  return redis.call('XADD', stream, 'MINID', '~', oldest, '*', 'verb', verb, 'target', target, 'data', data,
    'deadline_ms', deadline)
end

-- For desks: what changed on the live floor (routing/store/events.py). `data` is a table.
local function add_event(stream, kind, data)
  redis.call('XADD', stream, 'MAXLEN', '~', 10000, '*', 'kind', kind, 'data', cjson.encode(data))
end
