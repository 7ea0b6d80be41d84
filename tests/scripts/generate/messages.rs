//! Errors that name what they are about: every way to name a value, every way to misuse it.

use super::Batch;
use crate::case::Case;
use crate::rng::Rng;

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("messages");
    // Before, and the expression.
    let access: &[(&str, &str)] = &[
        ("local x = V", "x"),
        ("local up = V; local function g() return", "up"),
        ("local t = {field = V}", "t.field"),
        ("local t = {a = {b = V}}", "t.a.b"),
        ("local t = {V}", "t[1]"),
        ("local k, t = 'k', {k = V}", "t[k]"),
        ("local t = {['a b'] = V}", "t['a b']"),
        ("local function f() return V end", "f()"),
        ("", "(V)"),
        ("local t = {}; function t:m() return V end", "t:m()"),
        ("local x, y = 1, V", "(x and y)"),
    ];
    let uses: &[&str] = &[
        "local r = X()",
        "X()",
        "return X()",
        "return X.y",
        "X.y = 1",
        "return X[1]",
        "X[1] = 2",
        "return X + 1",
        "return 1 + X",
        "return X .. 'a'",
        "return 'a' .. X",
        "return 'a' .. X .. 'b'",
        "return X < 1",
        "return 1 <= X",
        "return X < X",
        "return -X",
        "return #X",
        "return X:method()",
        "X:method(1, 2)",
        "for i = X, 2 do end",
        "for i = 1, X do end",
        "for i = 1, 2, X do end",
        "for k in X do end",
        "return X.y.z",
        "return X['k'] ^ 2",
        "return X % 2",
        "return {} < X",
        "return X.a.b.c",
        "return (X)()",
        "return X'str'",
        "return X{}",
        "error(X)",
        "return tostring(X) + X",
        "X.y.z = 3",
        "return string.rep(X, 2)",
        "return math.floor(X)",
        "return ('x'):rep(X)",
        "return setmetatable(X, {})",
        "return ipairs(X)",
        "return next(X)",
        "return table.concat(X)",
        "return table.concat({X})",
        "return redis.call(X)",
        "return redis.call('get', X)",
        "return tonumber('1', X)",
    ];
    let values = [
        "nil",
        "true",
        "5",
        "'str'",
        "{}",
        "(function() end)",
        "redis.call",
    ];
    for (before, name) in access {
        for usage in uses {
            let value = rng.pick(&values);
            let line = usage.replace('X', name);
            let script = if before.contains("g() return") {
                let before = before.replace("V", value).replace(" return", "");
                format!("{before}\n{line}\nend\ng()")
            } else {
                format!("{}\n{line}", before.replace('V', value))
                    .replace("(V)", &format!("({value})"))
            };
            batch.script(&script);
        }
    }
    // Globals: those that are there, by name; others are refused.
    for usage in uses {
        batch.script(&usage.replace(
            'X',
            rng.pick(&["KEYS", "ARGV", "math", "nothing", "redis", "string.nothing"]),
        ));
    }
    // The order of a library's functions is another in 7.0.
    batch
        .cases
        .iter_mut()
        .filter(|case| case.commands[0][1].starts_with(b"return next("))
        .for_each(|case| case.newer = true);
    // Arguments of library functions.
    for call in [
        "string.rep",
        "string.sub",
        "string.byte",
        "string.char",
        "string.format",
        "string.find",
        "string.gsub",
        "string.len",
        "string.upper",
        "string.reverse",
        "table.insert",
        "table.remove",
        "table.sort",
        "table.concat",
        "table.maxn",
        "table.getn",
        "table.foreach",
        "math.floor",
        "math.max",
        "math.random",
        "math.fmod",
        "math.ldexp",
        "math.pow",
        "tonumber",
        "tostring",
        "type",
        "select",
        "unpack",
        "next",
        "pairs",
        "ipairs",
        "rawget",
        "rawset",
        "rawequal",
        "setmetatable",
        "getmetatable",
        "assert",
        "error",
        "pcall",
        "xpcall",
        "loadstring",
        "load",
        "coroutine.create",
        "coroutine.wrap",
        "coroutine.resume",
        "coroutine.status",
        "cjson.encode",
        "cjson.decode",
        "cmsgpack.pack",
        "cmsgpack.unpack",
        "struct.pack",
        "struct.unpack",
        "struct.size",
        "bit.tobit",
        "bit.band",
        "bit.lshift",
        "bit.tohex",
        "redis.sha1hex",
        "redis.error_reply",
        "redis.status_reply",
        "redis.log",
        "redis.setresp",
        "redis.call",
        "redis.pcall",
        "redis.set_repl",
        "redis.replicate_commands",
        "redis.debug",
        "redis.acl_check_cmd",
        "redis.register_function",
        "os.time",
        "string.gmatch",
        "string.dump",
        "math.modf",
        "math.frexp",
        "math.abs",
        "math.log",
        "math.exp",
        "math.randomseed",
        "math.atan2",
        "string.lower",
    ] {
        // Every place of an argument holds something that may not stand there.
        let rows: Vec<_> = [
            "",
            "nil",
            "{}",
            "'x'",
            "1",
            "true",
            "'x',{}",
            "{},'x'",
            "1,nil",
            "'a','b','c','d'",
            "{},{}",
            "-1,-1",
        ]
        .iter()
        .flat_map(|args| {
            [
                format!("{call}({args})"),
                format!("l({args})"),
                format!("t.f({args})"),
                format!("t:f({args})"),
            ]
        })
        .collect();
        batch.rows(&format!("local l={call} local t={{f=l}}"), &rows);
        batch.cases.last_mut().unwrap().newer = call.starts_with("os.");
    }
    batch.cases
}
