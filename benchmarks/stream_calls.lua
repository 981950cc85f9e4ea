-- wrk sends each request of a file of equally long raw requests once.
-- arguments: file, bytes of one request, "repeat" or "once", "check" or "count", the text each answer must hold
local threads = {}
ran_dry, good, bad, first_bad = 0, 0, 0, ""

function setup(thread) table.insert(threads, thread) end

function init(args)
  calls, length, may_repeat = io.open(args[1], "rb"), tonumber(args[2]), args[3] == "repeat"
  if args[4] ~= "check" then return end
  local expected = args[5]
  -- Defined only when wanted: reading every answer in Lua takes time from the server on a small machine.
  response = function(status, headers, body)
    if status == 200 and body:find(expected, 1, true) then good = good + 1; return end
    if bad == 0 then first_bad = status .. " " .. body:sub(1, 300) end
    bad = bad + 1
  end
end

function request()
  local raw = calls:read(length)
  if raw then last = raw; return raw end
  if may_repeat then calls:seek("set", 0); return calls:read(length) end
  ran_dry = ran_dry + 1
  wrk.thread:stop()
  return last
end

function done(summary, latency, requests)
  local dry, ok, wrong, example = 0, 0, 0, ""
  for _, thread in ipairs(threads) do
    dry, ok, wrong = dry + thread:get("ran_dry"), ok + thread:get("good"), wrong + thread:get("bad")
    if example == "" then example = thread:get("first_bad") end
  end
  local e = summary.errors
  print(string.format("SUMMARY requests=%d duration_us=%d bytes=%d broken=%d refused=%d ran_dry=%d good=%d bad=%d p50_us=%d p99_us=%d",
    summary.requests, summary.duration, summary.bytes, e.connect + e.read + e.write + e.timeout, e.status,
    dry, ok, wrong, latency:percentile(50), latency:percentile(99)))
  print("FIRST_BAD " .. example:gsub("%s+", " "))
end
