-- A call is ended for abuse: the caller hears why, a report is written, the adviser is in recovery; all at once.
-- ARGV: call SID, who ends it, the adviser, report id, statement as JSON, transfers, '1' for at once, gap between
-- warnings ms, recovery ms, closing looked at after ms, names of the floor, nonce
-- Returns {'ok', report id} (the same for a repeat) | {'not_yours' | 'not_talking' | 'safety_suspends' |
-- 'second_warning_missing' | 'too_soon'}
local F, sid, by, adviser, report = floor_of(ARGV[11], ARGV[12]), ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local key = F.call .. sid
local call = redis.call('HMGET', key, 'state', 'agent', 'offer', 'agent_leg', 'queue', 'language', 'visit', 'report',
  'ended_by', 'safety', 'waited_ms', 'recording_sid')
if call[8] and call[9] == by then
  return {'ok', call[8]}
elseif call[2] ~= adviser or (by ~= adviser and not call[10]) then
  return {'not_yours'}
elseif call[1] ~= 'talking' and call[1] ~= 'held' then
  return {'not_talking'}
elseif call[10] and by == adviser then
  return {'safety_suspends'}
end
local heard = heard_of(warnings_of(F, sid))
if ARGV[7] ~= '1' then
  if #heard < 2 then
    return {'second_warning_missing'}
  elseif F.now < heard[2].at_ms + tonumber(ARGV[8]) then
    return {'too_soon'}
  end
end

redis.call('HSET', key, 'state', 'closing', 'report', report, 'ended_by', by, 'ended_at_once', #heard < 2 and 1 or 0)
fail_playing(F, sid)
write_report(F, report, by, ARGV[5], {'warnings', #heard > 0 and cjson.encode(heard) or '[]',
  'waited_ms', call[11] or 0, 'transfers', ARGV[6], 'recording_sid', call[12] or ''})
effect(F, 'tell_reason', sid)
redis.call('ZADD', F.deadlines, F.now + tonumber(ARGV[10]), 'closing:' .. sid)
change_offer(F, call[3], sid, adviser, 'over', 'ended')
send_away(F, adviser, call[4], 'ended')

-- A protected break, never taken back whatever the verdict (docs/policy.md 6).
local until_ms = F.now + tonumber(ARGV[9])
redis.call('HSET', agent_key(F, adviser), 'recovery_until_ms', until_ms, 'recovery_report', report, 'call', sid)
redis.call('HDEL', agent_key(F, adviser), 'offer')
redis.call('HSET', F.report .. report, 'recovery_began_ms', F.now)
redis.call('ZADD', F.deadlines, until_ms, 'recovery:' .. adviser)
set_agent(F, adviser, 'recovery', '')
tell_call(F, sid, 'closing', call[5], adviser)
note(F, sid, {what = 'ended_for_abuse', by = by, report = report})
return {'ok', report}
