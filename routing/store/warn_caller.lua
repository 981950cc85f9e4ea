-- A warning: played to both, or said by the adviser. ARGV: call SID, agent, warning id, '1' when he said it
-- himself, gap between warnings ms, failed after ms by its number (a JSON list), played within ms, names, nonce
-- Returns {'ok', number, state} | {'not_yours' | 'safety_suspends' | 'caller_on_hold' | 'caller_not_connected' |
-- 'warning_playing' | 'two_warnings_given' | 'too_soon'}
local F, sid, id, spoken = floor_of(ARGV[8], ARGV[9]), ARGV[1], ARGV[3], ARGV[4] == '1'
local call = redis.call('HMGET', F.call .. sid, 'state', 'agent', 'conference', 'language', 'safety')
if call[2] ~= ARGV[2] then
  return {'not_yours'}
elseif call[5] then
  return {'safety_suspends'}
elseif call[1] == 'held' then
  return {'caller_on_hold'}
elseif call[1] ~= 'talking' then
  return {'caller_not_connected'}
end
local warnings = warnings_of(F, sid)
fail_left(F, sid, warnings)
local last = warnings[#warnings]
if last and last.state == 'playing' then
  return {'warning_playing'}
end
local heard = heard_of(warnings)
if #heard >= 2 then
  return {'two_warnings_given'}
elseif #heard == 1 and F.now < heard[1].at_ms + tonumber(ARGV[5]) then
  return {'too_soon'}
end

local one = {id = id, number = #heard + 1, spoken = spoken, asked_ms = F.now, conference = call[3]}
warnings[#warnings + 1] = one
if spoken then
  settle(F, sid, one, 'played')
else
  one.state = 'playing'
  one.fail_ms = F.now + cjson.decode(ARGV[6])[one.number]
  redis.call('ZADD', F.deadlines, one.fail_ms, 'warning:' .. sid)
  add_effect(F.effects, 'warn', sid, cjson.encode({warning = id, number = one.number, conference = call[3],
    language = call[4] or ''}), F.now + tonumber(ARGV[7]))
  tell_warning(F, sid, one)
end
keep_warnings(F, sid, warnings)
return {'ok', one.number, one.state}
