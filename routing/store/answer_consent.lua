-- A caller was asked whether the conversation may be recorded. A refusal counts whenever it comes, consent only as
-- the first word. ARGV: call SID, '1' when he refuses, names of the floor   Returns 1 for a call that is known
local F, sid = floor_of(ARGV[3], ''), ARGV[1]
local consent = redis.call('HGET', F.call .. sid, 'consent')
if not consent then
  return 0
end
if ARGV[2] == '1' or consent == 'ask' then
  answer_consent(F, sid, ARGV[2] == '1')
end
return 1
