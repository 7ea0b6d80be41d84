--- scripts in a transaction
>>> MULTI
>>> EVAL "return redis.call('incr', 'n')" 0
>>> EVAL "return redis.call('incr', 'n')" 0
>>> EVAL "error('x')" 0
>>> EVAL "x =" 0
>>> EVALSHA abc 0
>>> SCRIPT LOAD "return 1"
>>> EVAL "return redis.pcall('multi')" 0
>>> INCR n
>>> EXEC
>>> GET n
--- wrong scripts spoil no transaction but wrong calls do
>>> MULTI
>>> EVAL "return 1"
>>> EXEC
>>> MULTI
>>> EVAL "return 1" x
>>> EXEC
--- watched keys that a script writes
>>> WATCH k
>>> EVAL "redis.call('set', 'k', 'v')" 0
>>> MULTI
>>> GET k
>>> EXEC
>>> WATCH k
>>> EVAL "return redis.call('get', 'k')" 0
>>> MULTI
>>> GET k
>>> EXEC
>>> WATCH k
>>> EVAL "redis.call('flushall')" 0
>>> MULTI
>>> PING
>>> EXEC
--- a transaction with functions
>>> FUNCTION LOAD <<
#!lua name=lib
redis.register_function('f', function(keys, args) return redis.call('incr', keys[1]) end)
>>> MULTI
>>> FCALL f 1 n
>>> FCALL f 1 n
>>> FCALL nosuch 0
>>> EXEC
>>> MULTI
>>> FUNCTION LOAD "#!lua name=lib\nx"
>>> FUNCTION FLUSH
>>> FCALL f 1 n
>>> EXEC
--- discard
>>> MULTI
>>> EVAL "return redis.call('incr', 'n')" 0
>>> DISCARD
>>> GET n
--- read-only scripts and databases in a transaction
>>> MULTI
>>> SELECT 3
>>> EVAL "redis.call('set', 'k', 'three') redis.call('select', 4) return redis.call('get', 'k')" 0
>>> GET k
>>> EVAL_RO "return redis.call('set', 'k', 'x')" 0
>>> EXEC
>>> GET k
--- blocking inside a script inside a transaction
>>> MULTI
>>> EVAL "return redis.call('blpop', 'none', 0)" 0
>>> BLPOP none 0
>>> EXEC
