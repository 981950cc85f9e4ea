-- Shared by the steps that write a report: the record, its place in the lists, the deadline that has it filed in
-- the ledger and told to the reviewers, the event. `record`: a Statement as JSON; `more`: names and values by turns
-- (warnings, waited_ms, transfers, recording_sid). A report that is there already stays as it is.
local function write_report(F, id, by, record, more)
  local key = F.report .. id
  if redis.call('EXISTS', key) == 1 then
    return
  end
  local kind = cjson.decode(record).kind
  redis.call('HSET', key, 'by', by, 'at_ms', F.now, 'record', record, unpack(more))
  redis.call('ZADD', F.reports, F.now, id)
  redis.call('ZADD', F.reports_open, F.now, id)
  redis.call('ZADD', F.deadlines, F.now, 'report:' .. id)
  add_event(F.events, 'report', {id = id, kind = kind, state = 'open', by = by})
end
