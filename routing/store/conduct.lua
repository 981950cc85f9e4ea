-- Shared by the steps of warning and ending (docs/policy.md 1-3). A call's warnings are in its hash as JSON: id,
-- number, state (playing, played, failed), spoken, asked_ms, fail_ms, at_ms, conference.
local function warnings_of(F, call_sid)
  return cjson.decode(redis.call('HGET', F.call .. call_sid, 'warnings') or '[]')
end

local function keep_warnings(F, call_sid, warnings)
  redis.call('HSET', F.call .. call_sid, 'warnings', cjson.encode(warnings))
end

-- Those that the caller heard, in order.
local function heard_of(warnings)
  local heard = {}
  for _, one in ipairs(warnings) do
    if one.state == 'played' then
      heard[#heard + 1] = {number = one.number, at_ms = one.at_ms, spoken = one.spoken}
    end
  end
  return heard
end

local function tell_warning(F, call_sid, one)
  local call = redis.call('HMGET', F.call .. call_sid, 'state', 'queue', 'agent')
  local told = {number = one.number, state = one.state}
  add_event(F.events, 'call', {call = call_sid, state = call[1], queue = call[2] or '', agent = call[3] or '',
    warning = told})
  note(F, call_sid, {what = 'warning', number = one.number, state = one.state, spoken = one.spoken})
end

local function settle(F, call_sid, one, state)
  one.state, one.at_ms = state, F.now
  redis.call('ZREM', F.deadlines, 'warning:' .. call_sid)
  tell_warning(F, call_sid, one)
end

-- One that plays where the call is not any more (the adviser or the caller has left) has failed.
local function fail_left(F, call_sid, warnings)
  local conference = redis.call('HGET', F.call .. call_sid, 'conference')
  for _, one in ipairs(warnings) do
    if one.state == 'playing' and one.conference ~= conference then
      settle(F, call_sid, one, 'failed')
      keep_warnings(F, call_sid, warnings)
    end
  end
end

-- Whoever does not hear the adviser does not hear a warning either.
local function fail_playing(F, call_sid)
  local warnings = warnings_of(F, call_sid)
  for _, one in ipairs(warnings) do
    if one.state == 'playing' then
      settle(F, call_sid, one, 'failed')
      keep_warnings(F, call_sid, warnings)
    end
  end
end
