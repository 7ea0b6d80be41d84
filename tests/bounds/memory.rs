//! Scripts that would fill all memory.

use super::{BYTES, STEPS, all_end};

#[test]
fn memory_is_bounded() {
    all_end(&[
        (&[BYTES, "too large"], "return ('x'):rep(1e9)"),
        (&[""], "return ('x'):rep(2^40)"),
        (&[""], "return ('x'):rep(2^62)"),
        (
            &[BYTES, "too large"],
            "local s = ('x'):rep(1e6) return s:rep(1e6)",
        ),
        (&[BYTES], "local s = 'x' while true do s = s .. s end"),
        (
            &[BYTES],
            "local s = 'x' while true do pcall(function() s = s .. s end) end",
        ),
        (
            &[BYTES, STEPS],
            "local s = 'x' while true do s = s .. 'x' end",
        ),
        (&[BYTES], "local t = {} for i = 1, 1e9 do t[i] = {} end"),
        (&[BYTES], "local t = {} for i = 1, 1e9 do t[i] = i end"),
        (
            &[BYTES, STEPS],
            "local t = {} for i = 1, 1e9 do t['k' .. i] = i end",
        ),
        (&[BYTES], "local t = {} while true do t = {t} end"),
        (
            &[BYTES],
            "local f = tostring while true do local g = f f = function() return g end end",
        ),
        (
            &[BYTES, STEPS],
            "local t = {} while true do t[#t + 1] = coroutine.create(function() end) end",
        ),
        (
            &[BYTES, STEPS],
            "local t = {} while true do local co = coroutine.wrap(function() coroutine.yield() end) co() t[#t + 1] = co end",
        ),
        (
            &[BYTES],
            "local s, t = ('x'):rep(1e5), {} for i = 1, 1e4 do t[i] = s end return table.concat(t)",
        ),
        (
            &[BYTES],
            "local s, t = ('x'):rep(1e6), {} for i = 1, 1e4 do t[i] = s end return cjson.encode(t)",
        ),
        (
            &[BYTES],
            "local s, t = ('x'):rep(1e6), {} for i = 1, 1e4 do t[i] = s end return cmsgpack.pack(t)",
        ),
        (
            &[BYTES],
            "local s, t = ('x'):rep(1e6), {} for i = 1, 1e4 do t[i] = s end return t",
        ),
        (
            &[BYTES],
            "local s, t = ('x'):rep(1e6), {} for i = 1, 5000 do t[i] = s end return redis.call('exists', unpack(t))",
        ),
        (
            &[BYTES],
            "local s, t = ('x'):rep(1e6), {} for i = 1, 100 do t[i] = s end return string.format(('%s'):rep(100), unpack(t))",
        ),
        (
            &[BYTES],
            "local s, t = ('x'):rep(1e6), {} for i = 1, 100 do t[i] = s end return struct.pack(('s'):rep(100), unpack(t))",
        ),
        (
            &[BYTES],
            "return (('x'):rep(1e4):gsub('x', ('y'):rep(1e5)))",
        ),
        (&[BYTES], "return (('x'):rep(1e4):gsub('', ('y'):rep(1e5)))"),
        (
            &[BYTES, STEPS],
            "return (('x'):rep(1e4):gsub('x', function() return ('y'):rep(1e5) end))",
        ),
        (
            &[BYTES],
            "return (('x'):rep(1e5):gsub('.*', ('%0'):rep(1e4)))",
        ),
        (
            &[BYTES, STEPS],
            "local t = {'x'} for i = 1, 40 do t = {t, t} end return t",
        ),
        (
            &[BYTES, STEPS],
            "local t = {'x'} for i = 1, 40 do t = {t, t} end return cjson.encode(t)",
        ),
        // It packs what is deeper than 16 as nil.
        (
            &[BYTES, STEPS, ""],
            "local t = {'x'} for i = 1, 40 do t = {t, t} end return #cmsgpack.pack(t)",
        ),
        (
            &[BYTES, STEPS],
            "local t = {1} for i = 1, 40 do t = {map = {a = t, b = t}} end return t",
        ),
        (
            &[BYTES, STEPS, "stack overflow"],
            "local function f(...) return f(1, 2, 3, 4, ...) end f()",
        ),
        (
            &[BYTES, STEPS, "stack overflow"],
            "local function f(...) return select('#', ...) + f(1, 2, 3, 4, ...) end f()",
        ),
        (&["too many results to unpack"], "return unpack({}, 1, 1e7)"),
        (
            &["too many results to unpack"],
            "return unpack({}, 1, 2^31 - 1)",
        ),
        (
            &["too many results to unpack"],
            "return unpack({}, -1e9, 1e9)",
        ),
        (
            &["string slice too long"],
            "return ('x'):rep(1e7):byte(1, -1)",
        ),
        (
            &[BYTES, STEPS],
            "local t = {} while true do t[#t + 1] = redis.call('lrange', 'list', 0, -1) end",
        ),
        (
            &[BYTES],
            "local t = {} while true do t[#t + 1] = ('x'):rep(1e5) .. #t end",
        ),
        (
            &[BYTES, STEPS],
            "local t = {} while true do t[#t + 1] = loadstring('local x = ' .. #t .. ' return function() return x end') end",
        ),
        (
            &[BYTES, STEPS],
            "return loadstring('return ' .. ('{1},'):rep(1e7))",
        ),
        (
            &[BYTES, STEPS],
            "local t = setmetatable({}, {__concat = function() return ('x'):rep(1e7) end}) local s = '' while true do s = s .. (t .. '') end",
        ),
        (
            &[BYTES],
            "local s = ('x'):rep(1e7) return #cmsgpack.pack(s, s, s, s)",
        ),
        (
            &["Missing bytes", BYTES, STEPS],
            "return cmsgpack.unpack('\\221\\255\\255\\255\\255')",
        ),
        (
            &["Missing bytes", BYTES, STEPS],
            "return cmsgpack.unpack('\\223\\255\\255\\255\\255\\1\\1')",
        ),
        (
            &["Missing bytes", BYTES, STEPS],
            "return cmsgpack.unpack('\\219\\255\\255\\255\\255')",
        ),
        (
            &["too short", "limits", BYTES],
            "return struct.unpack('c2000000000', 'x')",
        ),
        (
            &["too short", "limits", BYTES],
            "return struct.pack('c2000000000', 'x')",
        ),
        (
            &["invalid", BYTES, STEPS],
            "return string.format('%' .. ('0'):rep(1e7) .. 'd', 1)",
        ),
        (
            &[BYTES, STEPS],
            "local s, t = ('x'):rep(3e6), {} for i = 1, 1e6 do t[i] = s:sub(i) end",
        ),
    ]);
}
