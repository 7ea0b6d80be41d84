//! Scripts that would run for ever.

use super::{BYTES, STEPS, all_end};

#[test]
fn endless_loops_end() {
    all_end(&[
        (&[STEPS], "while true do end"),
        (&[STEPS], "repeat until false"),
        (&[STEPS], "for i = 1, 1/0 do end"),
        (&[STEPS], "for i = 1, 0, 0 do end while true do end"),
        (&[STEPS], "local function f() return f() end f()"),
        (&[STEPS], "pcall(function() while true do end end)"),
        (
            &[STEPS],
            "while true do pcall(function() while true do end end) end",
        ),
        (&[STEPS], "while true do pcall(error) end"),
        (
            &[STEPS],
            "pcall(pcall, pcall, pcall, function() while true do end end) while true do end",
        ),
        (
            &[STEPS],
            "xpcall(function() while true do end end, function() while true do end end)",
        ),
        (&[STEPS], "xpcall(error, function() while true do end end)"),
        (
            &[STEPS],
            "local function f() pcall(function() while true do end end) f() end f()",
        ),
        (
            &[STEPS],
            "coroutine.wrap(function() while true do end end)()",
        ),
        (
            &[STEPS],
            "coroutine.resume(coroutine.create(function() while true do end end)) while true do end",
        ),
        (
            &[STEPS],
            "coroutine.wrap(function() pcall(function() while true do end end) end)()",
        ),
        (
            &[STEPS],
            "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
        ),
        (
            &[STEPS, BYTES],
            "while true do coroutine.wrap(function() end)() end",
        ),
        (&[STEPS], "while true do redis.call('get', 'kept') end"),
        (&[STEPS], "while true do redis.pcall('nosuch') end"),
        (
            &[STEPS],
            "while true do pcall(redis.call, 'lpush', 'kept', 'x') end",
        ),
        (
            &[STEPS],
            "local t = setmetatable({}, {__index = function(t, k) while true do end end}) return t.x",
        ),
        (
            &[STEPS],
            "table.sort({1, 2, 3}, function() while true do end end)",
        ),
        (
            &[STEPS],
            "('x'):gsub('x', function() while true do end end)",
        ),
        (&[STEPS], "load(function() while true do end end)"),
        (&[STEPS], "load(function() return ' ' end)"),
        (&[STEPS, BYTES], "load(function() return '5' end)"),
        (&[STEPS], "for k in function() return 1 end do end"),
        (
            &[STEPS, BYTES],
            "while true do loadstring('return 1')() end",
        ),
        (
            &[STEPS],
            "while true do local t = {} local f = function() return t end end",
        ),
        (
            &[STEPS],
            "while true do setmetatable({}, {__index = {}}) end",
        ),
        (&[STEPS], "while true do redis.sha1hex('x') end"),
        (
            &[STEPS],
            "while true do redis.log(redis.LOG_DEBUG, 'x') end",
        ),
        (&[STEPS], "while true do redis.setresp(3) end"),
        (&[STEPS], "while true do math.random() end"),
        (&[STEPS], "while true do tostring({}) end"),
        (
            &[STEPS],
            "table.foreach({1}, function() table.foreachi({1}, function() while true do end end) end)",
        ),
    ]);
}

/// A library function may do much at one call, and is called over and over.
#[test]
fn work_inside_library_functions_counts() {
    all_end(&[
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do s:find('y', 1, true) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do s:upper() end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do s:reverse() end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) local i = 0 while true do i = i + 1 local t = s .. i end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do s:sub(2) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do string.format('%s', s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do string.format('%q', s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do redis.sha1hex(s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do redis.call('echo', s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do cjson.encode(s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do cmsgpack.pack(s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) while true do struct.pack('s', s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('1'):rep(1e6) while true do tonumber(s, 36) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('1'):rep(1e6) while true do tonumber(s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('1'):rep(1e6) while true do local n = s + 1 end",
        ),
        (
            &[STEPS, BYTES],
            "local s = (' '):rep(1e6) while true do loadstring(s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x=1 '):rep(1e5) while true do loadstring(s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = '[' .. ('1,'):rep(1e5) .. '1]' while true do cjson.decode(s) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = ('x'):rep(1e6) local a, b = s .. 'a', s .. 'b' while true do local c = a < b end",
        ),
        (
            &[STEPS, BYTES],
            "local t = {} for i = 1, 1e5 do t[i] = '' end while true do table.concat(t) end",
        ),
        (
            &[STEPS],
            "local t = {} for i = 1, 2e5 do t[i] = 1 end while true do table.maxn(t) end",
        ),
        (
            &[STEPS],
            "local t = {} for i = 1, 2e5 do t[i] = 1 end while true do local k = next(t) if k then t[k] = nil end end",
        ),
        (
            &[STEPS],
            "local t = {} for i = 1, 7000 do t[i] = i end while true do local n = select('#', unpack(t)) end",
        ),
        (
            &[STEPS, BYTES],
            "local t = {} for i = 1, 7000 do t[i] = i end while true do local u = {unpack(t)} end",
        ),
        (
            &[STEPS, BYTES],
            "local t = {} for i = 1, 7000 do t[i] = 65 end while true do string.char(unpack(t)) end",
        ),
        (
            &[STEPS],
            "local s = ('x'):rep(7000) while true do s:byte(1, -1) end",
        ),
        (
            &[STEPS, BYTES],
            "local t = {} while true do table.insert(t, 1, 1) end",
        ),
        (
            &[STEPS],
            "local t = {} for i = 1, 2e5 do t[i] = i end while true do table.insert(t, 1, table.remove(t)) end",
        ),
        (
            &[STEPS],
            "local t = {} for i = 1, 2e5 do t[i] = i end while true do table.remove(t, 1) t[#t + 1] = 1 end",
        ),
        (&[STEPS, ""], "return (''):rep(2^53)"),
        (&[STEPS, BYTES], "while true do ('x'):rep(1e5) end"),
        (
            &[STEPS, BYTES],
            "while true do string.format('%99.99f', 1e300) end",
        ),
        (
            &[STEPS],
            "local t = {} for i = 1, 1e6 do t[i] = (i * 7919) % 1e6 end while true do table.sort(t) end",
        ),
        (
            &[STEPS, "invalid order function"],
            "local t = {} for i = 1, 2e5 do t[i] = i end table.sort(t, function() return true end)",
        ),
        (
            &[STEPS, "invalid order function"],
            "local t = {} for i = 1, 2e5 do t[i] = i end table.sort(t, function(a, b) return a <= b end) while true do end",
        ),
        (
            &[STEPS, BYTES],
            "local t = {} for i = 1, 1e4 do t[i] = i end while true do cmsgpack.pack(t) end",
        ),
        (
            &[STEPS, BYTES],
            "local s = cmsgpack.pack(('x'):rep(1e6)) while true do cmsgpack.unpack(s) end",
        ),
        (
            &[STEPS, BYTES],
            "redis.call('echo', ('x'):rep(1e6)) while true do redis.call('lrange', 'list', 0, -1) end",
        ),
    ]);
}

#[test]
fn patterns_are_bounded() {
    all_end(&[
        (
            &[STEPS],
            "return ('a'):rep(40):find(('a?'):rep(40) .. ('a'):rep(40) .. 'b')",
        ),
        (
            &[STEPS],
            "return ('a'):rep(1000):find(('.-'):rep(10) .. 'b')",
        ),
        (
            &[STEPS],
            "return ('a'):rep(1000):match(('a*'):rep(10) .. 'b')",
        ),
        (&[STEPS], "return ('a'):rep(1e6):match('.-b')"),
        (&[STEPS], "return ('('):rep(1e6):find('%b()')"),
        (&[STEPS], "return ('a'):rep(1e6):gsub('a-b', '')"),
        (&[STEPS], "for _ in ('a'):rep(1e6):gmatch('.-b') do end"),
        (&[STEPS], "return ('a'):rep(2000):find('(.-)%1b')"),
        (&[STEPS], "return ('a'):rep(1e6):find('[^b]*b')"),
        (&[STEPS], "return pcall(string.find, ('a'):rep(1e6), '.-b')"),
        (
            &[STEPS, "pattern too complex", "stack overflow", ""],
            "return #('a'):rep(3e5):match(('a?'):rep(3e5))",
        ),
        (
            &[STEPS, "pattern too complex", "stack overflow"],
            "return ('a'):rep(1e5):match(('(a?)'):rep(20) .. ('a?'):rep(1e5) .. 'b')",
        ),
    ]);
}
