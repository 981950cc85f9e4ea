-- What became of a warning. ARGV: call SID, warning id ('' for whichever plays), conference where it was heard ('' for
-- any), 'played' | 'failed' | 'expired', names of the floor, nonce
-- Played counts only where the call still is, with the caller in it. Returns 'played' | 'failed', '' for no news
local F, sid, id, said = floor_of(ARGV[5], ARGV[6]), ARGV[1], ARGV[2], ARGV[4]
local call = redis.call('HMGET', F.call .. sid, 'state', 'conference')
local warnings = warnings_of(F, sid)
fail_left(F, sid, warnings)
for _, one in ipairs(warnings) do
  local is_it = one.state == 'playing' and (id == '' or one.id == id) and (ARGV[3] == '' or one.conference == ARGV[3])
  if is_it and not (said == 'expired' and F.now < one.fail_ms) then
    settle(F, sid, one, said == 'played' and call[1] == 'talking' and 'played' or 'failed')
    keep_warnings(F, sid, warnings)
    return one.state
  end
end
return ''
