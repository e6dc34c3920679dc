"""What Redis does by itself in one trip, in Lua: the ends and the beginnings of turns (see memory.py)."""

LEASE_MS = 3000  # renewed while an answer is made; a retry outwaits a worker that died
REPLY_SECONDS = 120  # WeChat gives up after three tries, some fifteen seconds
CONVERSATION_SECONDS = 8 * 24 * 3600
LATE_SECONDS = 48 * 3600
OFFER_SECONDS = 3600
WAITERS = 3  # messages of one citizen that may wait at once: one who floods must not occupy every thread

OPEN, NONE, UNKNOWN = "1", "", "?"
"""What is known of a citizen's talk. A copy of it may follow on OPEN."""
BROKEN_OFF = "-"
"""Instead of one of these: the turn ends as if it had never begun, without a reply."""

TURN = f"""
local function is_held_by(lock, message) return lock and string.sub(lock, 1, #message + 1) == message .. ' ' end

local function finish(message, citizen, reply, conversation, late_told, offer)
  local lock_key, talk_key, offer_key = 'lock:' .. citizen, 'conv:' .. citizen, 'offer:' .. citizen
  local told, lock = unpack(redis.call('MGET', 'reply:' .. message .. ':told', lock_key))
  local over = {{}}
  if is_held_by(lock, message) then over[1] = lock_key end
  if conversation ~= '{BROKEN_OFF}' then
    redis.call('SET', 'reply:' .. message, reply, 'EX', {REPLY_SECONDS})
    if told then
      redis.call('SET', 'late:' .. citizen, reply, 'EX', {LATE_SECONDS})
    elseif late_told == '1' then
      over[#over + 1] = 'late:' .. citizen
    end
    if over[1] == lock_key then
      if conversation == '' then
        over[#over + 1] = talk_key
      else
        redis.call('SET', talk_key, conversation, 'EX', {CONVERSATION_SECONDS})
      end
    end
    if offer == '' then
      over[#over + 1] = offer_key
    else
      redis.call('SET', offer_key, offer, 'EX', {OFFER_SECONDS})
    end
  end
  if over[1] then redis.call('DEL', unpack(over)) end
end

local at = 2
for _ = 1, tonumber(ARGV[1]) do
  finish(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
  at = at + 6
end
local message, citizen = ARGV[at], ARGV[at + 1]
if not message then return {{}} end

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if now > tonumber(ARGV[at + 2]) then return {{5, ''}} end
local polling = ARGV[at + 3] == '1'
local reply_key, wait_key, lock_key, talk_key =
  'reply:' .. message, 'wait:' .. citizen, 'lock:' .. citizen, 'conv:' .. citizen
local seen = redis.call('MGET', reply_key, lock_key, talk_key, 'late:' .. citizen, 'warm', 'gen', 'offer:' .. citizen)
local reply, lock, conversation, late, warm, generation, offer = unpack(seen)
if reply then return {{0, reply}} end
local is_held = lock and tonumber(string.match(lock, '%d+$')) > now
if is_held and is_held_by(lock, message) then
  if polling then return {{1, redis.call('GET', reply_key .. ':tries') or '1'}} end
  local tries = redis.call('INCR', reply_key .. ':tries')
  redis.call('EXPIRE', reply_key .. ':tries', {REPLY_SECONDS})
  return {{1, tostring(tries)}}
end
local head = redis.call('LINDEX', wait_key, 0)
while head and head ~= message and redis.call('EXISTS', wait_key .. head) == 0 do
  redis.call('LPOP', wait_key)
  head = redis.call('LINDEX', wait_key, 0)
end
if is_held or (head and head ~= message) then
  if not redis.call('LPOS', wait_key, message) then
    if redis.call('LLEN', wait_key) >= {WAITERS} then
      for _, key in ipairs(redis.call('LRANGE', wait_key, 0, -1)) do
        if redis.call('EXISTS', wait_key .. key) == 0 then redis.call('LREM', wait_key, 0, key) end
      end
    end
    if redis.call('LLEN', wait_key) >= {WAITERS} then return {{3, ''}} end
    redis.call('RPUSH', wait_key, message)
    redis.call('PEXPIRE', wait_key, 15000)
  end
  redis.call('SET', wait_key .. message, '1', 'PX', 500)
  if polling then return {{2, '0'}} end
  local waits = redis.call('INCR', reply_key .. ':waits')
  redis.call('EXPIRE', reply_key .. ':waits', {REPLY_SECONDS})
  return {{2, tostring(waits - 1)}}
end
if head then redis.call('LPOP', wait_key) end
if lock then
  conversation = '?'
  redis.call('SET', talk_key, '?', 'EX', {CONVERSATION_SECONDS})
end
redis.call('SET', lock_key, message .. ' ' .. now + {LEASE_MS}, 'EX', {CONVERSATION_SECONDS})
if not conversation then conversation = (warm and warm == (generation or '0')) and '' or '?' end
return {{4, conversation, late or '', offer or ''}}
"""
"""Ends some turns and begins one; either may be missing. A lock outlasts its lease: found then, it says that a turn was
broken off and that nothing is known of the talk.
"""

KEEP_TURN = f"""
local lock, time = redis.call('GET', KEYS[1]), redis.call('TIME')
if lock and string.sub(lock, 1, #ARGV[1] + 1) == ARGV[1] .. ' ' then
  local until_ms = time[1] * 1000 + math.floor(time[2] / 1000) + {LEASE_MS}
  redis.call('SET', KEYS[1], ARGV[1] .. ' ' .. until_ms, 'EX', {CONVERSATION_SECONDS})
end
"""
