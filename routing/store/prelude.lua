-- Shared by every script: the site's time in milliseconds. `offset_key` is empty outside the lab.
local function now_ms(offset_key)
  local time = redis.call('TIME')
  local ms = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
  if offset_key ~= '' then
    ms = ms + (tonumber(redis.call('GET', offset_key)) or 0)
  end
  return ms
end

local function leave_queue(prefix, seen, call, sid)
  local queue = redis.call('HGET', call, 'queue')
  if queue and queue ~= '' then
    redis.call('ZREM', prefix .. queue, sid)
  end
  redis.call('ZREM', seen, sid)
end
