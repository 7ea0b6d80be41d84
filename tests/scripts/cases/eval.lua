--- one frozen time [newer]
local a = redis.call('time')
for i = 1, 100000 do end
local b = redis.call('time')
return a[1] == b[1] and a[2] == b[2]
--- order of a library's functions [newer]
local k = {}
for _, t in ipairs({string, table, math, coroutine, bit, struct, cmsgpack, cjson, redis, os}) do
  for key in pairs(t) do k[#k + 1] = key end
end
return k
--- order of the globals [newer]
local k = {}
for key in pairs(_G) do k[#k + 1] = key end
return k
--- which globals there are [newer]
local k = {}
for key, v in pairs(_G) do k[#k + 1] = key .. ' ' .. type(v) end
table.sort(k)
return k
--- what redis holds [newer]
local k = {}
for key, v in pairs(redis) do k[#k + 1] = key .. ' ' .. type(v) end
table.sort(k)
return k
--- version [newer]
return {redis.REDIS_VERSION, tostring(redis.REDIS_VERSION_NUM), tostring(server.SERVER_NAME), tostring(server.SERVER_VERSION_NUM)}
--- keys and arguments
>>> EVAL << 2 a b c d
return {KEYS, ARGV, #KEYS, #ARGV, KEYS[3], ARGV[3]}
>>> EVAL "return KEYS[1]" 1 ""
>>> EVAL "return ARGV[1]" 0 "\x00\xff\r\n"
>>> EVAL "return #ARGV[1]" 0 "\x00\xff\r\n"
>>> EVAL "return ARGV[1] + 1" 0 10
>>> EVAL "return ARGV[1] + 1" 0 ten
>>> EVAL "return type(ARGV[1])" 0 10
>>> EVAL "ARGV[1] = 5 KEYS = nil return {ARGV[1], tostring(KEYS)}" 0 10
>>> EVAL "return {KEYS[1], ARGV[1]}" 0
--- wrong numbers
>>> EVAL
>>> EVAL "return 1"
>>> EVAL "return 1" x
>>> EVAL "return 1" -1
>>> EVAL "return 1" 1
>>> EVAL "return 1" 2 a
>>> EVAL "return 1" 1.5
>>> EVAL "return 1" 99999999999999999999
>>> EVAL "return 1" ""
>>> EVAL "" 0
>>> EVAL " " 0
>>> EVAL "\n\nreturn 1" 0
>>> EVAL_RO
>>> EVAL_RO "return 1"
>>> EVAL_RO "return 1" x
>>> EVALSHA
>>> EVALSHA abc
>>> EVALSHA abc 0
>>> EVALSHA abc x
>>> EVALSHA abc -1
>>> EVALSHA abc 1
>>> EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
>>> EVALSHA_RO abc 0
>>> EVALSHA_RO
--- by hash
>>> SCRIPT LOAD "return 1"
>>> EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
>>> EVALSHA E0E1F9FABFC9D4800C877A703B823AC0578FF8DB 0
>>> EVALSHA_RO e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
>>> EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0 a b
>>> EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8d 0
>>> EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8dbb 0
>>> SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db abc E0E1F9FABFC9D4800C877A703B823AC0578FF8DB
>>> SCRIPT FLUSH
>>> SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db
>>> EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
>>> EVAL "return 1" 0
>>> EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
>>> SCRIPT FLUSH ASYNC
>>> EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
>>> EVAL_RO "return 1" 0
>>> SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db
>>> SCRIPT FLUSH SYNC
>>> SCRIPT FLUSH NOSUCH
>>> SCRIPT FLUSH SYNC ASYNC
--- what SCRIPT says
>>> SCRIPT
>>> SCRIPT NOSUCH
>>> SCRIPT LOAD
>>> SCRIPT LOAD "return"
>>> SCRIPT LOAD ""
>>> SCRIPT LOAD "return 1" x
>>> SCRIPT LOAD "x ="
>>> SCRIPT LOAD "nothing = 1"
>>> SCRIPT LOAD "#!lua\nreturn 1"
>>> SCRIPT LOAD "#!nosuch\nreturn 1"
>>> SCRIPT LOAD "#!lua flags=nosuch\nreturn 1"
>>> SCRIPT LOAD "#!lua name=x\nreturn 1"
>>> SCRIPT LOAD "#!lua flags=no-writes"
>>> SCRIPT EXISTS
>>> SCRIPT EXISTS ""
>>> SCRIPT KILL
>>> SCRIPT KILL x
--- SCRIPT SHOW [newer]
>>> SCRIPT SHOW
>>> SCRIPT SHOW abc
>>> SCRIPT SHOW e0e1f9fabfc9d4800c877a703b823ac0578ff8db
>>> SCRIPT LOAD "return 1"
>>> SCRIPT SHOW e0e1f9fabfc9d4800c877a703b823ac0578ff8db
>>> SCRIPT SHOW E0E1F9FABFC9D4800C877A703B823AC0578FF8DB
>>> SCRIPT LOAD "#!lua flags=no-writes\nreturn 2"
>>> SCRIPT SHOW 26c6a09c8c4b0e0b7d90a5ab4a6f4ea2a6d6f9e8
>>> SCRIPT SHOW a b
>>> SCRIPT HELP
--- shebangs
>>> EVAL "#!lua\nreturn 1" 0
>>> EVAL "#!lua \nreturn 1" 0
>>> EVAL "#!lua flags=\nreturn 1" 0
>>> EVAL "#!lua flags=no-writes\nreturn redis.call('set', 'k', 'v')" 0
>>> EVAL "#!lua flags=no-writes\nreturn redis.call('get', 'k')" 0
>>> EVAL "#!lua flags=no-writes\nreturn redis.pcall('set', 'k', 'v')" 0
>>> EVAL "#!lua flags=no-writes,allow-stale\nreturn 1" 0
>>> EVAL "#!lua flags=no-writes, allow-stale\nreturn 1" 0
>>> EVAL "#!lua flags=no-writes flags=allow-oom\nreturn 1" 0
>>> EVAL "#!lua flags=nosuch\nreturn 1" 0
>>> EVAL "#!lua nosuch=x\nreturn 1" 0
>>> EVAL "#!lua nosuch\nreturn 1" 0
>>> EVAL "#!LUA\nreturn 1" 0
>>> EVAL "#!python\nreturn 1" 0
>>> EVAL "#!\nreturn 1" 0
>>> EVAL "#! lua\nreturn 1" 0
>>> EVAL "#!lua" 0
>>> EVAL "#!lua\n" 0
>>> EVAL "#!lua return 1" 0
>>> EVAL "# !lua\nreturn 1" 0
>>> EVAL " #!lua\nreturn 1" 0
>>> EVAL "#!lua\n\nerror('third')" 0
>>> EVAL "#!lua\nx =" 0
>>> EVAL "#!lua flags=allow-oom\nreturn redis.call('set', 'k', 'v')" 0
>>> EVAL "#!lua flags=no-cluster\nreturn 1" 0
>>> EVAL "#!lua flags=allow-cross-slot-keys\nreturn 1" 0
>>> EVAL "#!lua\r\nreturn 1" 0
>>> EVAL "#!lua flags=no-writes\r\nreturn 1" 0
>>> EVAL "#!lua name=x\nreturn 1" 0
>>> EVAL "#!lua \"flags=no-writes\"\nreturn 1" 0
>>> EVAL "#!lua \"flags\nreturn 1" 0
>>> EVAL_RO "#!lua\nreturn redis.call('set', 'k', 'v')" 0
>>> EVAL_RO "#!lua flags=no-writes\nreturn redis.call('get', 'k')" 0
--- read only
>>> SET k v
>>> EVAL_RO "return redis.call('get', KEYS[1])" 1 k
>>> EVAL_RO "return redis.call('set', KEYS[1], 'x')" 1 k
>>> EVAL_RO "return redis.pcall('set', KEYS[1], 'x')" 1 k
>>> EVAL_RO "return redis.pcall('set', KEYS[1], 'x').err" 1 k
>>> EVAL_RO "redis.pcall('set', KEYS[1], 'x') return redis.call('get', KEYS[1])" 1 k
>>> EVAL_RO "return redis.call('publish', 'a', 'b')" 0
>>> EVAL_RO "return redis.call('select', 1)" 0
>>> EVAL_RO "return redis.call('pfcount', 'h')" 0
>>> EVAL_RO "return redis.call('sort', 'l')" 0
>>> EVAL_RO "return redis.call('sort_ro', 'l')" 0
>>> EVAL_RO "return redis.call('getex', 'k')" 0
>>> EVAL_RO "return redis.call('nosuch')" 0
>>> EVAL_RO "return redis.call('set')" 0
>>> EVAL_RO "return redis.call('expire', 'k', 10)" 0
>>> EVAL_RO "return redis.call('georadius', 'g', 0, 0, 1, 'm')" 0
>>> EVAL_RO "return redis.call('xreadgroup', 'group', 'g', 'c', 'streams', 'x', '>')" 0
>>> EVAL_RO "return redis.call('eval_ro', 'return 1', 0)" 0
>>> GET k
--- a write before an error stays
>>> EVAL "redis.call('set', 'k', 'v') error('after')" 0
>>> GET k
>>> EVAL "redis.call('set', 'a', '1') redis.call('nosuch') redis.call('set', 'b', '2')" 0
>>> MGET a b
>>> EVAL "redis.call('set', 'c', '1') nothing = 1" 0
>>> GET c
--- database of a script and after it
>>> SET k zero
>>> EVAL "redis.call('select', 5) redis.call('set', 'k', 'five') return redis.call('get', 'k')" 0
>>> GET k
>>> SELECT 5
>>> GET k
>>> EVAL "return redis.call('get', 'k')" 0
>>> EVAL "redis.call('select', 0) return redis.call('get', 'k')" 0
>>> GET k
>>> EVAL "return redis.call('swapdb', 0, 5)" 0
>>> GET k
>>> EVAL "redis.call('flushall') return redis.call('dbsize')" 0
--- protocol of a script and after it in RESP3 [resp3]
>>> HSET h f v
>>> EVAL "redis.setresp(3) return redis.call('hgetall', 'h')" 0
>>> EVAL "return redis.call('hgetall', 'h')" 0
>>> EVAL "return redis.call('hgetall', 'h')" 0
>>> EVAL "redis.setresp(3) return redis.call('hgetall', 'h')" 0
>>> EVAL "redis.setresp(3) return {1, false, true, {double = 2.5}, redis.call('get', 'none')}" 0
>>> EVAL "return {1, false, true, {double = 2.5}, redis.call('get', 'none')}" 0
>>> EVAL "return true" 0
>>> EVAL "return false" 0
>>> EVAL "return nil" 0
>>> EVAL "return {map = {a = {set = {b = true}}}}" 0
>>> EVAL "return {err = 'ERR x'}" 0
>>> EVAL "return {big_number = '-123456789012345678901234567890'}" 0
>>> EVAL "return {verbatim_string = {format = 'txt', string = 'hello'}}" 0
>>> EVAL "return {double = 1e100}" 0
>>> EVAL "return {double = 0/0}" 0
>>> EVAL "return {double = -1/0}" 0
>>> EVAL "return {double = 3}" 0
--- protocol of a script and after it
>>> HSET h f v
>>> EVAL "redis.setresp(3) return redis.call('hgetall', 'h')" 0
>>> EVAL "return redis.call('hgetall', 'h')" 0
>>> EVAL "return redis.call('hgetall', 'h')" 0
>>> EVAL "redis.setresp(3) return redis.call('hgetall', 'h')" 0
>>> EVAL "redis.setresp(3) return {1, false, true, {double = 2.5}, redis.call('get', 'none')}" 0
>>> EVAL "return {1, false, true, {double = 2.5}, redis.call('get', 'none')}" 0
>>> EVAL "return true" 0
>>> EVAL "return false" 0
>>> EVAL "return nil" 0
>>> EVAL "return {map = {a = {set = {b = true}}}}" 0
>>> EVAL "return {err = 'ERR x'}" 0
>>> EVAL "return {big_number = '-123456789012345678901234567890'}" 0
>>> EVAL "return {verbatim_string = {format = 'txt', string = 'hello'}}" 0
>>> EVAL "return {double = 1e100}" 0
>>> EVAL "return {double = 0/0}" 0
>>> EVAL "return {double = -1/0}" 0
>>> EVAL "return {double = 3}" 0
--- numbers that change on the way
>>> EVAL "return {1.999, -1.999, 0.999, 1e18, 2^62, 2^63, -2^63, 2^64, 1/0, -1/0, 0/0}" 0
>>> EVAL "redis.call('set', 'k', 3.0) return redis.call('get', 'k')" 0
>>> EVAL "redis.call('set', 'k', 1e21) return redis.call('get', 'k')" 0
>>> EVAL "redis.call('set', 'k', 1e16) return redis.call('get', 'k')" 0
>>> EVAL "redis.call('set', 'k', 2^63) return redis.call('get', 'k')" 0
>>> EVAL "redis.call('set', 'k', 123456789.123) return redis.call('get', 'k')" 0
>>> EVAL "redis.call('set', 'k', -1e-5) return redis.call('get', 'k')" 0
>>> EVAL "redis.call('set', 'k', '0x10') return redis.call('incr', 'k')" 0
>>> EVAL "return redis.call('incrby', 'n', 2^53)" 0
>>> EVAL "return redis.call('incrby', 'n', 1.5)" 0
>>> EVAL "return redis.call('incrby', 'm', 9223372036854775807)" 0
>>> SET big 9007199254740993
>>> EVAL "return redis.call('incr', 'big')" 0
>>> EVAL "return tostring(redis.call('incr', 'big'))" 0
--- the article's release
>>> SET lock mine
>>> EVAL << 1 lock theirs
if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('del', KEYS[1])
end
return 0
>>> EVAL << 1 lock mine
if redis.call('get', KEYS[1]) == ARGV[1] then
  return redis.call('del', KEYS[1])
end
return 0
>>> EXISTS lock
--- a token bucket
>>> EVAL << 1 bucket 10 5 100
local state = redis.call('hmget', KEYS[1], 'tokens', 'at')
local rate, burst, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local tokens = tonumber(state[1]) or burst
local at = tonumber(state[2]) or now
tokens = math.min(burst, tokens + (now - at) * rate / 1000)
local allowed = tokens >= 1
if allowed then tokens = tokens - 1 end
redis.call('hset', KEYS[1], 'tokens', tokens, 'at', now)
redis.call('pexpire', KEYS[1], math.ceil(burst / rate * 1000))
return {allowed and 1 or 0, tostring(tokens)}
>>> HGETALL bucket
--- a sliding window
>>> EVAL << 1 window 1000 100 3
redis.call('zremrangebyscore', KEYS[1], '-inf', ARGV[1] - ARGV[2])
local n = redis.call('zcard', KEYS[1])
if n < tonumber(ARGV[3]) then
  redis.call('zadd', KEYS[1], ARGV[1], ARGV[1] .. ':' .. n)
  redis.call('pexpire', KEYS[1], ARGV[2])
  return {1, ARGV[3] - n - 1}
end
return {0, 0}
>>> ZRANGE window 0 -1 WITHSCORES
--- a queue's move
>>> RPUSH waiting a b c
>>> EVAL << 2 waiting working 2
local moved = {}
for i = 1, ARGV[1] do
  local job = redis.call('lmove', KEYS[1], KEYS[2], 'left', 'right')
  if not job then break end
  moved[i] = job
end
return moved
>>> LRANGE waiting 0 -1
>>> LRANGE working 0 -1
--- a lock with several steps and errors that are caught
>>> EVAL << 2 a b
local log = {}
local function step(name, f, ...)
  local ok, e = pcall(f, ...)
  log[#log + 1] = name .. ' ' .. tostring(ok) .. ' ' .. (type(e) == 'table' and tostring(e.err or e.ok) or tostring(e))
end
step('set', redis.call, 'set', KEYS[1], 'x')
step('push', redis.call, 'lpush', KEYS[1], 'y')
step('incr', redis.call, 'incr', KEYS[1])
step('none', redis.call, 'nosuch')
step('few', redis.call, 'get')
step('error', error, 'raised')
step('table', error, {err = 'CODE raised'})
step('nil', function() return KEYS.x.y end)
return log
--- scripts keep nothing
>>> EVAL "local t = {} t.x = 1 return 1" 0
>>> EVAL "return tostring(x)" 0
>>> EVAL "local ok = pcall(function() y = 5 end) return tostring(ok)" 0
>>> EVAL "return y" 0
>>> EVAL "math.randomseed(7) return math.random(1000)" 0
>>> EVAL "return math.random(1000)" 0
>>> EVAL "return math.random(1000)" 0
>>> EVAL "cjson.encode_max_depth(3) return 1" 0
>>> EVAL "return cjson.encode({{{{1}}}})" 0
>>> SCRIPT FLUSH
>>> EVAL "return cjson.encode({{{{1}}}})" 0
--- errors are counted
>>> CONFIG RESETSTAT
>>> EVAL "return redis.call('nosuch')" 0
>>> EVAL "return redis.pcall('nosuch')" 0
>>> EVAL "redis.pcall('nosuch') return 1" 0
>>> EVAL "error('x')" 0
>>> EVAL "return redis.error_reply('MINE x')" 0
>>> EVAL "error({err = 'MINE y'})" 0
>>> EVAL "x =" 0
>>> EVALSHA abc 0
>>> INFO errorstats
--- what a script's deadline sees
>>> SET k v PX 1000000
>>> EVAL "return {redis.call('pttl', 'k') > 0, redis.call('persist', 'k'), redis.call('ttl', 'k')}" 0
>>> EVAL "redis.call('set', 'a', '1', 'pxat', 1) return redis.call('exists', 'a')" 0
>>> EVAL "redis.call('set', 'b', '1', 'ex', 0)" 0
--- commands that wait do not
>>> EVAL "return redis.call('blpop', 'none', 0)" 0
>>> EVAL "return redis.call('brpop', 'none', 'other', 0)" 0
>>> EVAL "return redis.call('blmove', 'a', 'b', 'left', 'left', 0)" 0
>>> EVAL "return redis.call('blmpop', 0, 1, 'none', 'left')" 0
>>> EVAL "return redis.call('bzpopmax', 'none', 0)" 0
>>> EVAL "return redis.call('bzmpop', 0, 1, 'none', 'min')" 0
>>> EVAL "return redis.call('xread', 'block', 10, 'streams', 'none', '0')" 0
>>> EVAL "redis.call('xgroup', 'create', 'x', 'g', '0', 'mkstream') return redis.call('xreadgroup', 'group', 'g', 'c', 'block', 0, 'streams', 'x', '>')" 0
>>> EVAL "redis.call('rpush', 'l', '1') return redis.call('blpop', 'l', 0)" 0
>>> EVAL "return redis.call('wait', 1, 0)" 0
--- publishing from a script
>>> SUBSCRIBE c
>>> EVAL "return redis.call('publish', 'c', 'm')" 0
--- access control
>>> EVAL "return {redis.acl_check_cmd('get', 'k'), redis.acl_check_cmd('set', 'k', 'v')}" 0
>>> EVAL "return redis.acl_check_cmd('get', 'k')" 0
>>> EVAL "return redis.acl_check_cmd('nosuch', 'k')" 0
--- a long script
local total = 0
for i = 1, 1000 do
  redis.call('set', 'k' .. i, i)
  total = total + redis.call('incrby', 'sum', i)
end
return {total, redis.call('dbsize'), redis.call('get', 'sum')}
--- closures share their variables
local function counter()
  local n = 0
  return function() n = n + 1 return n end, function() n = n - 1 return n end
end
local up, down = counter()
local up2 = counter()
return {up(), up(), down(), up2(), up()}
--- each turn of a loop has its own variable
local fs = {}
for i = 1, 3 do local j = i * 10 fs[#fs + 1] = function() j = j + 1 return i, j end end
local out = {}
for _, f in ipairs(fs) do f() for _, v in ipairs({f()}) do out[#out + 1] = v end end
return out
--- the order of assignment
local a = {1, 2, 3}
local i = 1
i, a[i] = i + 1, 20
local x, y, z = (function() return 1, 2, 3 end)(), 10
return {i, a[1], a[2], x, y, tostring(z)}
--- varargs
local function f(...)
  local a, b = ...
  local t = {..., 'last'}
  local n = select('#', ...)
  return n, #t, a, b, (...)
end
return {f(), f(1), f(1, 2), f(nil, nil, 3)}
--- tail calls and their lines
local function a() error('deep') end
local function b() return a() end
local function c() b() end
c()
--- an error in a function of several lines
local t = {
  f = function(x)
    return x
      .field
      .other
  end,
}
return t.f({})
--- a call over several lines
local f
f(
  1,
  2
)
--- an error at a level
local function check(v)
  if type(v) ~= 'number' then
    error('want a number, got ' .. type(v), 2)
  end
end
check('x')
--- an error at a level of a tail call
local function check(v) error('bad', 2) end
local function outer(v)
  return check(v)
end
outer(1)
--- an error handler's own error
return {xpcall(function() local x = nil + 1 end, function(e) return e .. ' ' .. nil end)}
--- metamethods that compare
local mt = {}
mt.__eq = function(a, b) return a.v == b.v end
mt.__lt = function(a, b) return a.v < b.v end
local function new(v) return setmetatable({v = v}, mt) end
local a, b, c = new(1), new(1), new(2)
return {tostring(a == b), tostring(a ~= c), tostring(a < c), tostring(c <= a), tostring(a >= c), tostring(a == 1)}
--- inheritance
local Base = {} Base.__index = Base
function Base.new(n) return setmetatable({n = n}, Base) end
function Base:name() return 'base ' .. self.n end
local Sub = setmetatable({}, {__index = Base}) Sub.__index = Sub
function Sub.new(n) local o = Base.new(n) return setmetatable(o, Sub) end
function Sub:shout() return self:name():upper() end
return {Sub.new(5):shout(), Sub.new(6):name(), tostring(rawget(Sub, 'name'))}
--- a metatable that is protected
local t = setmetatable({}, {__metatable = 'locked'})
return {getmetatable(t), pcall(setmetatable, t, {})}
--- weak tables and __gc do nothing to see
local t = setmetatable({}, {__mode = 'k', __gc = function() end})
t[{}] = 1
return type(next(t))
--- string coercions
return {1 .. '', '5' * '2', 10 .. 20, '3' + 4, -'2', '0x1p4' == 16, tostring('10' == 10)}
--- integer keys that are floats
local t = {}
t[1] = 'a' t[1.0] = 'b' t['1'] = 'c' t[2^31] = 'd' t[-0] = 'e'
return {t[1], t['1'], t[2147483648], t[0]}
--- comments of every kind
--[[ long ]] local a = 1 -- short
--[==[ with ]] in it
]==] local b = 2 --[[]] return a + b --
--- a script that is only a comment
-- nothing
--- line breaks of every kind
>>> EVAL "local a = 1\r\nlocal b = 2\r\rerror('line')" 0
>>> EVAL "local a = 1\n\r\n\rerror('line')" 0
>>> EVAL "local s = 'a\\\r\nb' error(s)" 0
>>> EVAL "\n\n\nx =" 0
>>> EVAL "return 'a\nb'" 0
>>> EVAL "return \"a\\\nb\"" 0
>>> EVAL "\xff" 0
>>> EVAL "return '\xff\x00'" 0
>>> EVAL "return 1\x00 2" 0
>>> EVAL "local \xc3\xa4 = 1 return \xc3\xa4" 0
>>> EVAL "\xef\xbb\xbfreturn 1" 0
>>> EVAL "\x1bLua" 0
