--- load, call, list, delete
>>> FUNCTION LOAD <<
#!lua name=mylib
redis.register_function('one', function(keys, args) return {keys, args, #keys, #args} end)
redis.register_function{function_name = 'two', callback = function() return 'two' end, flags = {'no-writes'}, description = 'the second'}
>>> FCALL one 2 a b c d
>>> FCALL two 0
>>> FCALL_RO two 0
>>> FCALL_RO one 0
>>> FCALL ONE 0
>>> FCALL nosuch 0
>>> FCALL
>>> FCALL one
>>> FCALL one x
>>> FCALL one -1
>>> FCALL one 1
>>> FCALL_RO
>>> FCALL_RO nosuch 0
>>> FUNCTION LIST LIBRARYNAME mylib
>>> FUNCTION LIST LIBRARYNAME nosuch
>>> FUNCTION LIST LIBRARYNAME my*
>>> FUNCTION LIST LIBRARYNAME
>>> FUNCTION LIST NOSUCH
>>> FUNCTION LIST WITHCODE LIBRARYNAME nosuch
>>> FUNCTION LIST WITHCODE WITHCODE
>>> FUNCTION LIST LIBRARYNAME a LIBRARYNAME b
>>> FUNCTION STATS
>>> FUNCTION DELETE mylib
>>> FUNCTION DELETE mylib
>>> FUNCTION DELETE
>>> FCALL one 0
>>> FUNCTION LIST
>>> FUNCTION STATS
--- list of one function with code [resp3]
>>> FUNCTION LOAD <<
#!lua name=mylib
redis.register_function{function_name = 'f', callback = function() return 1 end, flags = {'no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys'}, description = 'said'}
>>> FUNCTION LIST WITHCODE
>>> FUNCTION STATS
--- load again
>>> FUNCTION LOAD "#!lua name=lib\nredis.register_function('f', function() return 1 end)"
>>> FUNCTION LOAD "#!lua name=lib\nredis.register_function('f', function() return 2 end)"
>>> FCALL f 0
>>> FUNCTION LOAD REPLACE "#!lua name=lib\nredis.register_function('f', function() return 3 end)"
>>> FCALL f 0
>>> FUNCTION LOAD REPLACE "#!lua name=lib\nredis.register_function('g', function() return 4 end)"
>>> FCALL f 0
>>> FCALL g 0
>>> FUNCTION LOAD REPLACE "#!lua name=lib\nx ="
>>> FCALL g 0
>>> FUNCTION LOAD "#!lua name=other\nredis.register_function('g', function() return 5 end)"
>>> FUNCTION LOAD "#!lua name=other\nredis.register_function('h', function() return 5 end)\nredis.register_function('h', function() return 6 end)"
>>> FUNCTION LOAD NOSUCH "#!lua name=lib\nx"
>>> FUNCTION LOAD
>>> FUNCTION LOAD REPLACE
>>> FUNCTION LOAD REPLACE REPLACE "#!lua name=lib\nx"
--- what may not be loaded
>>> FUNCTION LOAD ""
>>> FUNCTION LOAD "return 1"
>>> FUNCTION LOAD "#!lua"
>>> FUNCTION LOAD "#!lua\nreturn 1"
>>> FUNCTION LOAD "#!lua name=\nreturn 1"
>>> FUNCTION LOAD "#!lua name=a-b\nreturn 1"
>>> FUNCTION LOAD "#!lua name=a b\nreturn 1"
>>> FUNCTION LOAD "#!lua name=a name=b\nreturn 1"
>>> FUNCTION LOAD "#!lua nosuch=a\nreturn 1"
>>> FUNCTION LOAD "#!nosuch name=a\nreturn 1"
>>> FUNCTION LOAD "#!lua name=a\nreturn 1"
>>> FUNCTION LOAD "#!lua name=a\n"
>>> FUNCTION LOAD "#!lua name=a\nx ="
>>> FUNCTION LOAD "#!lua name=a\nerror('x')"
>>> FUNCTION LOAD "#!lua name=a\nerror({err = 'CODE x'})"
>>> FUNCTION LOAD "#!lua name=a\nredis.call('ping')"
>>> FUNCTION LOAD "#!lua name=a\nreturn redis.pcall"
>>> FUNCTION LOAD "#!lua name=a\nnothing = 1"
>>> FUNCTION LOAD "#!lua name=a\nreturn nothing"
>>> FUNCTION LOAD "#!lua name=a\nfunction f() end"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('f')"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function()"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('f', 'g')"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('f', function() end, {})"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function(5, function() end)"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function({}, function() end)"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('a-b', function() end)"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('', function() end)"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = 'f'}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{callback = function() end}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = 5, callback = function() end}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = {}, callback = function() end}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = 'f', callback = 5}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = 'f', callback = function() end, nosuch = 1}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = 'f', callback = function() end, flags = 'no-writes'}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = 'f', callback = function() end, flags = {'nosuch'}}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = 'f', callback = function() end, flags = {5}}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{function_name = 'f', callback = function() end, description = {}}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function{1, 2}"
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('f', redis.sha1hex)"
>>> FUNCTION LOAD "#!lua name=a\nlocal ok, e = pcall(redis.register_function, 'f') error(e)"
>>> FUNCTION LOAD "#!lua name=a\nredis.setresp(3)"
>>> FUNCTION LOAD "#!lua name=a\nmath.random()"
>>> FUNCTION LOAD "#!lua name=a\nredis.log(redis.LOG_NOTICE, 'x')"
>>> FUNCTION LOAD "#!lua name=a\nreturn KEYS"
>>> FUNCTION LOAD "#!lua name=a\nreturn ARGV[1]"
>>> FUNCTION LIST
--- what a library's code may use [newer]
>>> FUNCTION LOAD <<
#!lua name=lib
local k = {}
for key in pairs(redis) do k[#k + 1] = key end
table.sort(k)
local g = {}
for key in pairs(_G) do g[#g + 1] = key end
table.sort(g)
redis.register_function('k', function() return k end)
redis.register_function('g', function() return g end)
redis.register_function('inside', function() local i = {} for key in pairs(redis) do i[#i + 1] = key end table.sort(i) return i end)
>>> FCALL k 0
>>> FCALL g 0
>>> FCALL inside 0
--- state of a library
>>> FUNCTION LOAD <<
#!lua name=lib
local n = 0
local function helper(x) return x * 2 end
redis.register_function('count', function() n = n + 1 return n end)
redis.register_function('twice', function(keys, args) return helper(args[1]) end)
redis.register_function('global', function() n2 = 5 end)
redis.register_function('read', function() return nothing end)
redis.register_function('keys', function() return KEYS end)
redis.register_function('fail', function() error('failed') end)
redis.register_function('call', function(keys, args) return redis.call(unpack(args)) end)
redis.register_function('pcall', function(keys, args) return redis.pcall(unpack(args)) end)
redis.register_function('err', function() return redis.error_reply('CODE text') end)
redis.register_function('raise', function() error({err = 'CODE text'}) end)
redis.register_function('nested', function() local function f() local x = nil return x.y end return f() end)
redis.register_function('register', function() redis.register_function('x', function() end) end)
redis.register_function('change', function(keys) keys[1] = 'x' return keys end)
redis.register_function('many', function(...) return select('#', ...) end)
redis.register_function('map', function() redis.setresp(3) return {map = {a = 1}} end)
redis.register_function('where', function() return type(redis.call) .. type(redis.register_function) .. tostring(_G.KEYS) end)
>>> FCALL count 0
>>> FCALL count 0
>>> FCALL twice 0 21
>>> FCALL twice 0 x
>>> FCALL global 0
>>> FCALL read 0
>>> FCALL keys 0
>>> FCALL fail 0
>>> FCALL call 0 set k v
>>> FCALL call 0 get k
>>> FCALL call 0 nosuch
>>> FCALL call 0 get
>>> FCALL call 0 lpush k x
>>> FCALL pcall 0 nosuch
>>> FCALL call 0 eval "return 1" 0
>>> FCALL call 0 fcall count 0
>>> FCALL call 0 function list
>>> FCALL call 0 multi
>>> FCALL call 0
>>> FCALL err 0
>>> FCALL raise 0
>>> FCALL nested 0
>>> FCALL register 0
>>> FCALL change 1 a
>>> FCALL many 1 a b
>>> FCALL map 0
>>> FCALL where 0
>>> EVAL "return redis.call('fcall', 'count', 0)" 0
>>> EVAL "return count" 0
>>> FCALL_RO count 0
>>> FUNCTION STATS
--- flags of functions
>>> FUNCTION LOAD <<
#!lua name=lib
redis.register_function{function_name = 'w', callback = function(keys) return redis.call('set', keys[1], 'v') end}
redis.register_function{function_name = 'r', callback = function(keys) return redis.call('get', keys[1]) end, flags = {'no-writes'}}
redis.register_function{function_name = 'bad', callback = function(keys) return redis.call('set', keys[1], 'v') end, flags = {'no-writes'}}
redis.register_function{function_name = 'oom', callback = function(keys) return redis.call('set', keys[1], 'v') end, flags = {'allow-oom'}}
>>> FCALL w 1 k
>>> FCALL r 1 k
>>> FCALL bad 1 k
>>> FCALL oom 1 k
>>> FCALL_RO w 1 k
>>> FCALL_RO r 1 k
>>> FCALL_RO bad 1 k
>>> FCALL_RO oom 1 k
--- dump and restore
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('fa', function() return 'a' end)"
>>> FUNCTION RESTORE x
>>> FUNCTION RESTORE ""
>>> FUNCTION RESTORE x NOSUCH
>>> FUNCTION RESTORE x FLUSH
>>> FUNCTION RESTORE
>>> FCALL fa 0
>>> FUNCTION DUMP x
>>> FUNCTION FLUSH NOSUCH
>>> FUNCTION FLUSH ASYNC
>>> FCALL fa 0
>>> FUNCTION FLUSH SYNC
>>> FUNCTION FLUSH SYNC ASYNC
>>> FUNCTION KILL
>>> FUNCTION KILL x
>>> FUNCTION
>>> FUNCTION NOSUCH
>>> FUNCTION CREATE
--- an empty dump [newer]
>>> FUNCTION DUMP
--- a dump [newer]
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('fa', function() return 'a' end)"
>>> FUNCTION DUMP
--- functions survive FLUSHALL and SCRIPT FLUSH
>>> FUNCTION LOAD "#!lua name=a\nredis.register_function('fa', function() return 'a' end)"
>>> FLUSHALL
>>> SCRIPT FLUSH
>>> FCALL fa 0
--- errors in functions of several lines
>>> FUNCTION LOAD <<
#!lua name=lib

local function inner(x)
  return x.y.z
end
redis.register_function('f', function(keys, args)
  local t = {}
  return inner(t)
end)
redis.register_function('g', function(keys, args)
  error('at two', 2)
end)
redis.register_function('h', function(keys, args)
  error('at nothing', 0)
end)
redis.register_function('p', function(keys, args)
  local ok, e = pcall(inner, {})
  return e
end)
redis.register_function('t', function(keys, args)
  local r = redis.pcall('nosuch')
  return {r.err, r.source, r.line}
end)
>>> FCALL f 0
>>> FCALL g 0
>>> FCALL h 0
>>> FCALL p 0
>>> FCALL t 0
--- a syntax error on its line
>>> FUNCTION LOAD <<
#!lua name=lib
redis.register_function('f', function(keys, args)
  return 1
end
--- an error while loading on its line
>>> FUNCTION LOAD <<
#!lua name=lib

local x = nil
return x.y
--- server. in a library [newer]
>>> FUNCTION LOAD "#!lua name=lib\nserver.register_function('f', function() return server.call('ping') end)"
>>> FCALL f 0
--- HELP [newer]
>>> FUNCTION HELP
--- SCRIPT HELP [newer]
>>> SCRIPT HELP
--- counted calls
>>> FUNCTION LOAD "#!lua name=lib\nredis.register_function('f', function() return redis.call('nosuch') end)"
>>> CONFIG RESETSTAT
>>> FCALL f 0
>>> FCALL nosuch 0
>>> INFO errorstats
