-- Shared by the scripts of the live floor: who is paired with whom, and what follows for caller and agent.
-- `F` is made by `floor_of`: what the keys of each kind begin with, the lengths (routing/store/floor_scripts.py),
-- the time, and what new ids are made of.
local function floor_of(names, nonce)
  local F = cjson.decode(names)
  F.now, F.nonce, F.made = now_ms(F.offset_key), nonce, 0
  return F
end

local function is_call(member)
  return string.sub(member, 1, 2) == 'CA'
end

local function agent_key(F, id)
  return F.agent .. string.lower(id)
end

local function effect(F, verb, target, data)
  add_effect(F.effects, verb, target, cjson.encode(data or {}), F.now + F.effect_ms)
end

local function set_agent(F, id, status, reason)
  redis.call('HSET', agent_key(F, id), 'status', status, 'reason', reason, 'since_ms', F.now)
  redis.call(status == 'offline' and 'SREM' or 'SADD', F.signed_in, id)
  add_event(F.events, 'agent', {id = id, status = status, reason = reason, since_ms = F.now})
end

-- What an agent serves: {skill set, level, 1 for calls that need a certified agent}, the latest that Python computed.
local function skill_sets_of(F, id)
  return cjson.decode(redis.call('HGET', agent_key(F, id), 'skill_sets') or '[]')
end

local function leave_idle(F, id)
  for _, one in ipairs(skill_sets_of(F, id)) do
    redis.call('ZREM', F.idle .. one[1], id)
  end
end

-- The first of a line-up who can be offered, and his rank; who cannot any more is taken out on the way.
local function head_of(F, skill_set)
  while true do
    local head = redis.call('ZRANGE', F.line_up .. skill_set, 0, 0, 'WITHSCORES')
    if not head[1] then
      return nil
    end
    local call = is_call(head[1]) and redis.call('HMGET', F.call .. head[1], 'state', 'offer')
    if not call or (call[1] == 'waiting' and not call[2]) then
      return head[1], tonumber(head[2])
    end
    redis.call('ZREM', F.line_up .. skill_set, head[1])
  end
end

-- What happened to a call, in order, for whoever looks at it later.
local function note(F, call_sid, entry)
  entry.at_ms = F.now
  redis.call('RPUSH', F.timeline .. call_sid, cjson.encode(entry))
  redis.call('EXPIRE', F.timeline .. call_sid, F.call_record_s)
end

local function change_offer(F, id, call, agent, state, how)
  redis.call('HSET', F.offer .. id, 'state', state, 'how', how, state .. '_ms', F.now)
  redis.call('EXPIRE', F.offer .. id, F.offer_record_s)
  if state == 'made' then
    redis.call('ZADD', F.deadlines, F.now + F.offer_look_ms, 'offer:' .. id)
  else
    redis.call('ZREM', F.deadlines, 'offer:' .. id)
  end
  add_event(F.events, 'offer', {id = id, call = call, agent = agent, state = state, how = how})
  note(F, call, {what = 'offer', offer = id, agent = agent, state = state, how = how})
end

-- The intent is written before the call is posted, as every leg's (routing/store/legs.py).
local function make_offer(F, call_sid, agent)
  F.made = F.made + 1
  local id = F.nonce .. string.format('%02x', F.made)
  local offer, leg = 'of' .. id, 'lg' .. id
  local phone = redis.call('HGET', F.person .. string.lower(agent), 'phone')
  local from = redis.call('HGET', F.call .. call_sid, 'from_') or ''
  local rings_s = string.sub(phone, 1, 7) == 'client:' and F.softphone_rings_s or F.phone_rings_s
  redis.call('HSET', F.leg .. leg, 'role', 'agent', 'purpose', 'offer:' .. offer, 'to', phone, 'from_', from,
    'rings_s', rings_s, 'priority', 1, 'person', agent, 'data', '{}', 'state', 'intent')
  redis.call('EXPIRE', F.leg .. leg, F.leg_record_s)
  redis.call('ZADD', F.deadlines, F.now + F.posted_within_ms, 'leg:' .. leg)
  redis.call('HSET', F.offer .. offer, 'call', call_sid, 'agent', agent, 'leg', leg)
  redis.call('HSET', F.call .. call_sid, 'offer', offer)
  redis.call('HSET', agent_key(F, agent), 'offer', offer)
  change_offer(F, offer, call_sid, agent, 'made', '')
  set_agent(F, agent, 'reserved', '')
  effect(F, 'create', leg)
end

local function pair(F, skill_set, member, agent)
  leave_idle(F, agent)
  redis.call('ZREM', F.line_up .. skill_set, member)
  if is_call(member) then
    make_offer(F, member, agent)
  else
    redis.call('HSET', agent_key(F, agent), 'offer', member)
    set_agent(F, agent, 'reserved', '')
    effect(F, 'ring_for', member, {agent = agent})
  end
end

-- An agent is free: the first of all whom he serves is offered to him; without one he is among the idle.
-- The idle of a skill set stand by level, the highest first, then by how long they have been free.
local function serve_next(F, agent)
  local now = redis.call('HMGET', agent_key(F, agent), 'rest_until_ms', 'since_ms', 'on_phone_until_ms')
  if (tonumber(now[3]) or 0) > F.now then
    return -- on_hook.lua or the deadline `rested` comes back to him
  end
  local rests = (tonumber(now[1]) or 0) > F.now
  local sets, best = {}, nil
  for _, one in ipairs(skill_sets_of(F, agent)) do
    if not (rests and one[3] == 1) then
      sets[#sets + 1] = one
      local member, rank = head_of(F, one[1])
      if member and (not best or rank < best.rank) then
        best = {member = member, rank = rank, skill_set = one[1]}
      end
    end
  end
  if best then
    pair(F, best.skill_set, best.member, agent)
    return
  end
  for _, one in ipairs(sets) do
    redis.call('ZADD', F.idle .. one[1], (tonumber(now[2]) or F.now) - one[2] * 1e13, agent)
  end
end

-- Whoever is on the telephone still, to hear goodbye, is not rung until he has put it down: it would be engaged.
local function stays_on_phone(F, agent, leg)
  local state = redis.call('HGET', F.leg .. leg, 'state')
  if state == 'answered' or state == 'joined' then
    local until_ms = F.now + F.goodbye_ms
    redis.call('HSET', agent_key(F, agent), 'on_phone', leg, 'on_phone_until_ms', until_ms)
    redis.call('ZADD', F.deadlines, until_ms, 'rested:' .. agent)
  end
end

-- Somebody came into this line-up: while agents are idle for it, each takes the first of all whom he serves.
local function match(F, skill_set)
  for _ = 1, 100 do
    local agent = redis.call('ZRANGE', F.idle .. skill_set, 0, 0)[1]
    if not agent or not head_of(F, skill_set) then
      return
    end
    redis.call('ZREM', F.idle .. skill_set, agent)
    local is_free = redis.call('HGET', agent_key(F, agent), 'status') == 'available'
      and redis.call('HGET', F.person .. string.lower(agent), 'enabled') == '1'
    leave_idle(F, agent)
    if is_free then
      serve_next(F, agent)
    end
  end
end

local function tell_queue(F, queue)
  add_event(F.events, 'queue', {queue = queue, waiting = redis.call('ZCARD', F.queue .. queue)})
end

local function tell_call(F, call_sid, state, queue, agent)
  add_event(F.events, 'call', {call = call_sid, state = state, queue = queue or '', agent = agent or ''})
  note(F, call_sid, {what = 'call', state = state, queue = queue or '', agent = agent or ''})
end

-- The call may be offered now, or from the moment on that its queue sets.
local function line_up(F, call_sid)
  local call = redis.call('HMGET', F.call .. call_sid, 'skill_set', 'rank_ms', 'eligible_ms')
  if not call[1] then
    return
  end
  if tonumber(call[3]) > F.now then
    redis.call('ZADD', F.deadlines, call[3], 'eligible:' .. call_sid)
  else
    redis.call('ZADD', F.line_up .. call[1], call[2], call_sid)
    match(F, call[1])
  end
end

-- Out of the waiting room, however it goes on.
local function leave_queue(F, call_sid)
  local call = redis.call('HMGET', F.call .. call_sid, 'queue', 'skill_set')
  redis.call('ZREM', F.seen, call_sid)
  redis.call('ZREM', F.deadlines, 'eligible:' .. call_sid)
  if call[2] then
    redis.call('ZREM', F.line_up .. call[2], call_sid)
  end
  if call[1] and call[1] ~= '' and redis.call('ZREM', F.queue .. call[1], call_sid) == 1 then
    tell_queue(F, call[1])
  end
end

-- An agent is done with an offer or a call: he is what he asked for meanwhile, else `to`, available if not said.
-- `missed` says in words why he did not take an offer: after so many in a row he is not asked any more.
local function free_agent(F, agent, missed, to)
  local key = agent_key(F, agent)
  local asked = redis.call('HMGET', key, 'next_status', 'next_reason')
  redis.call('HDEL', key, 'offer', 'call', 'next_status', 'next_reason', 'wrap_until_ms')
  redis.call('ZREM', F.deadlines, 'wrap_up:' .. agent)
  if missed then
    local before = redis.call('HGET', key, 'missed_why')
    redis.call('HSET', key, 'missed_why', missed)
    if redis.call('HINCRBY', key, 'missed', 1) >= F.most_missed and not asked[1] then
      redis.call('HDEL', key, 'missed', 'missed_why')
      local both = before == missed and missed .. ' twice' or before and before .. ', then ' .. missed
      set_agent(F, agent, 'not_answering', both or missed)
      return
    end
  end
  set_agent(F, agent, asked[1] or to or 'available', asked[1] and asked[2] or '')
  if (asked[1] or to or 'available') == 'available' then
    serve_next(F, agent)
  end
end

local function send_away(F, agent, leg, why)
  stays_on_phone(F, agent, leg)
  effect(F, 'send_away', leg, {why = why})
end

-- The call waits again, where it would be had it never left. `is_unheard`: it is offered once it was heard of.
local function back_to_wait(F, call_sid, is_unheard)
  local key = F.call .. call_sid
  redis.call('HDEL', key, 'offer', 'agent', 'agent_leg', 'conference', 'agent_in')
  redis.call('HSET', key, 'state', 'waiting', 'waits_from_ms', F.now)
  local call = redis.call('HMGET', key, 'queue', 'waiting_since_ms')
  redis.call('ZADD', F.queue .. call[1], call[2], call_sid)
  redis.call('ZADD', F.seen, F.now, call_sid)
  redis.call('ZREM', F.deadlines, 'connect:' .. call_sid)
  tell_queue(F, call[1])
  tell_call(F, call_sid, 'waiting', call[1])
  if not is_unheard then
    line_up(F, call_sid)
  end
end

-- After a conversation the agent writes down how it went; whatever comes first, his word or the limit, ends that.
local function wrap_up(F, agent, call_sid)
  local limit = tonumber(redis.call('HGET', F.call .. call_sid, 'wrap_up_ms')) or F.wrap_up_ms
  redis.call('HSET', agent_key(F, agent), 'wrap_until_ms', F.now + limit, 'call', call_sid)
  redis.call('HDEL', agent_key(F, agent), 'offer')
  redis.call('ZADD', F.deadlines, F.now + limit, 'wrap_up:' .. agent)
  set_agent(F, agent, 'wrap_up', '')
end

-- What the caller was told of recording, in `consent`: 'announce', 'ask' (the question is being asked), 'agreed',
-- 'refused'. `not_recorded` is there while the conversation must not be.
local function answer_consent(F, call_sid, refuses)
  local key = F.call .. call_sid
  redis.call('HSET', key, 'consent', refuses and 'refused' or 'agreed')
  if refuses then
    redis.call('HSET', key, 'not_recorded', 1)
  else
    redis.call('HDEL', key, 'not_recorded')
  end
end

-- Counted in the hour that it is, hours since 1970.
local function count(F, what, queue, by)
  local key = F.figures .. string.format('%d', math.floor(F.now / 3600000))
  redis.call('HINCRBY', key, what .. ':' .. queue, by)
  redis.call('EXPIRE', key, F.figures_s)
end

-- The caller is not to be had any more. Whoever was asked is free at once, whoever talked to him writes it up, and
-- neither meets silence. `was`: the call's state until now.
local function leave_agent(F, call_sid, was, how)
  local key = F.call .. call_sid
  local id = redis.call('HGET', key, 'offer')
  local offer = redis.call('HMGET', F.offer .. id, 'state', 'agent', 'leg')
  redis.call('HDEL', key, 'offer', 'agent_leg', 'conference', 'agent_in')
  if offer[1] ~= 'made' and offer[1] ~= 'accepted' then
    return
  end
  change_offer(F, id, call_sid, offer[2], 'over', how)
  send_away(F, offer[2], offer[3], how)
  if was == 'talking' or was == 'held' then
    wrap_up(F, offer[2], call_sid)
  else
    free_agent(F, offer[2])
  end
end
