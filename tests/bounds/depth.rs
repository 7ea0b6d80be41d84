//! Scripts that would go too deep, as they run or as they are compiled.

use std::time::Instant;

use super::{BYTES, MEMORY, PATIENCE, STEPS, Server, all_end, most_memory};

const OVERFLOW: &str = "stack overflow";

#[test]
fn calls_are_bounded() {
    all_end(&[
        (&[OVERFLOW], "local function f() return f() + 1 end f()"),
        (&[OVERFLOW], "local function f() f() end f()"),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x",
        ),
        (
            &["loop in gettable"],
            "local t = setmetatable({}, {}) getmetatable(t).__index = t return t.x",
        ),
        (
            &["loop in settable"],
            "local t = setmetatable({}, {}) getmetatable(t).__newindex = t t.x = 1",
        ),
        (
            &[OVERFLOW, STEPS],
            "local t = setmetatable({}, {}) getmetatable(t).__add = function(a, b) return a + b end return t + t",
        ),
        (
            &[OVERFLOW, STEPS],
            "local m = {} m.__eq = function(a, b) return a == b end return setmetatable({}, m) == setmetatable({}, m)",
        ),
        (
            &[OVERFLOW, STEPS],
            "local t = setmetatable({}, {}) getmetatable(t).__lt = function(a, b) return a < b end return t < t",
        ),
        (
            &[OVERFLOW, STEPS],
            "local t = setmetatable({}, {}) getmetatable(t).__concat = function(a, b) return a .. b end return t .. t",
        ),
        (
            &[OVERFLOW, STEPS],
            "local t = setmetatable({}, {}) getmetatable(t).__tostring = function(a) return tostring(a) end return tostring(t)",
        ),
        (
            &[OVERFLOW, "attempt to call", STEPS, BYTES],
            "local t = setmetatable({}, {}) getmetatable(t).__call = t return t()",
        ),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local t = setmetatable({}, {}) getmetatable(t).__call = function(t, ...) return t(...) + 1 end return t()",
        ),
        (
            &[OVERFLOW, STEPS, BYTES, ""],
            "local function f() return pcall(f) end return tostring(f())",
        ),
        (
            &[OVERFLOW, STEPS, BYTES, ""],
            "local function f() local ok, e = pcall(f) return e end return tostring(f())",
        ),
        (
            &[OVERFLOW, STEPS, BYTES, ""],
            "local function f() return xpcall(f, f) end return tostring(f())",
        ),
        (
            &[OVERFLOW, STEPS, BYTES, ""],
            "local function h(e) error(e) end return tostring(xpcall(error, h))",
        ),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local function f() return coroutine.wrap(f)() end return f()",
        ),
        (
            &[OVERFLOW, STEPS, BYTES, ""],
            "local function f() return coroutine.resume(coroutine.create(f)) end return tostring(f())",
        ),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local function f() coroutine.wrap(function() pcall(f) f() end)() end f()",
        ),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local function f() table.sort({1, 2}, function() f() end) end f()",
        ),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local function f() ('x'):gsub('x', f) end f()",
        ),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local function f() table.foreach({1}, f) end f()",
        ),
        (
            &[OVERFLOW, STEPS, BYTES, ""],
            "local function f() return load(f) end return tostring(f())",
        ),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local function f(n) return loadstring('return (...)(' .. n .. ')')(f) end f(1)",
        ),
        (
            &[OVERFLOW, STEPS, BYTES],
            "local function f() local t = setmetatable({}, {__index = f}) return t.x + 1 end f()",
        ),
    ]);
}

#[test]
fn data_is_bounded_in_depth() {
    all_end(&[
        // The error is the innermost element of what came before it.
        (
            &["lua stack limit", STEPS, BYTES, ""],
            "local t = {} t[1] = t return t",
        ),
        (
            &["lua stack limit", STEPS, BYTES, ""],
            "local t = {} t.map = {a = t} return t",
        ),
        (
            &["lua stack limit", STEPS, BYTES, ""],
            "local t = {} for i = 1, 1e5 do t = {t} end return t",
        ),
        (
            &["excessive"],
            "local t = {} t[1] = t return cjson.encode(t)",
        ),
        (
            &["excessive", OVERFLOW, STEPS, BYTES],
            "cjson.encode_max_depth(1e9) local t = {} t[1] = t return cjson.encode(t)",
        ),
        (
            &["excessive", OVERFLOW, STEPS, BYTES, ""],
            "cjson.encode_max_depth(1e9) local t = {} for i = 1, 1e5 do t = {t} end return #cjson.encode(t)",
        ),
        (&["nested"], "return cjson.decode(('['):rep(1e6))"),
        (
            &["nested", OVERFLOW, "Expected", STEPS, BYTES],
            "cjson.decode_max_depth(1e9) return cjson.decode(('['):rep(1e6))",
        ),
        (
            &["nested", OVERFLOW, "Expected", STEPS, BYTES],
            "cjson.decode_max_depth(1e9) return cjson.decode(('{\"a\":'):rep(1e5))",
        ),
        (
            &[OVERFLOW, "Missing bytes", STEPS, BYTES],
            "return cmsgpack.unpack(('\\145'):rep(1e6))",
        ),
        (
            &[OVERFLOW, "Missing bytes", STEPS, BYTES],
            "return cmsgpack.unpack(('\\129\\1'):rep(1e6))",
        ),
        (
            &[STEPS, BYTES, ""],
            "local t = {} t[1] = t return #cmsgpack.pack(t)",
        ),
    ]);
}

/// Sources that go deep, or are long, in every way that the grammar has.
fn sources() -> Vec<String> {
    let deep = |open: &str, close: &str, n: usize| {
        format!("return {}1{}", open.repeat(n), close.repeat(n))
    };
    let nested =
        |open: &str, close: &str| format!("{}{}", open.repeat(100_000), close.repeat(100_000));
    vec![
        deep("(", ")", 100_000),
        deep("{", "}", 100_000),
        deep("- ", "", 100_000),
        deep("not ", "", 100_000),
        deep("1 ^ ", "", 100_000),
        deep("'a' .. ", "", 100_000),
        deep("f(", ")", 100_000),
        deep("t[", "]", 100_000),
        deep("function() return ", " end", 50_000),
        nested("do ", "end "),
        nested("if x then ", "end "),
        nested("while x do ", "end "),
        nested("repeat ", "until x "),
        nested("for i = 1, 2 do ", "end "),
        nested("for k in x do ", "end "),
        format!("if x then {} end", "elseif x then ".repeat(100_000)),
        "local a = 1 ".repeat(100_000),
        format!("local {} b = 1", "a, ".repeat(100_000)),
        format!("{} a = 1", "a, ".repeat(100_000)),
        format!("local function f({} b) end", "a, ".repeat(100_000)),
        format!("return x{}", ".x".repeat(500_000)),
        format!("return x{}", "{}".repeat(500_000)),
        format!("return x{}", "''".repeat(500_000)),
        format!("return x{}", ":m()".repeat(200_000)),
        format!("x = {}1", "1 + ".repeat(500_000)),
        format!("x = {}1", "x and ".repeat(300_000)),
        format!("x = {}1", "x < ".repeat(300_000)),
        format!(
            "local t = {{{}}}",
            (0..400_000).map(|i| format!("{i}.5,")).collect::<String>()
        ),
        format!(
            "local t = {{{}}}",
            (0..200_000)
                .map(|i| format!("k{i}={i},"))
                .collect::<String>()
        ),
        format!("return '{}'", "x".repeat(5_000_000)),
        format!("--[{}[", "=".repeat(5_000_000)),
        format!("return [{}[ ]]", "=".repeat(5_000_000)),
        format!("return {}", "1".repeat(5_000_000)),
        format!("return 0x{}", "f".repeat(5_000_000)),
        "\n".repeat(5_000_000),
        "-".repeat(5_000_000),
        "x".repeat(5_000_000),
        "'".repeat(1_000_000),
        "\\".repeat(1_000_000),
        "[[".repeat(2_000_000),
        "break ".repeat(500_000),
        "local function f() end ".repeat(100_000),
    ]
}

#[test]
fn compiling_is_bounded() {
    let mut wrong = Vec::new();
    for source in &sources() {
        let mut server = Server::start();
        let before = server.store();
        let library = format!("#!lua name=l\n{source}");
        let inner = "local f, e = loadstring(ARGV[1]) return e and #e or 0";
        for words in [
            &["EVAL", source, "0"][..],
            &["SCRIPT", "LOAD", source],
            &["FUNCTION", "LOAD", &library],
            &["EVAL", inner, "0", source],
        ] {
            let began = Instant::now();
            let reply = server.ask(0, words);
            let took = began.elapsed();
            if reply.is_empty() || took > PATIENCE {
                let shown: String = source.chars().take(60).collect();
                wrong.push(format!(
                    "{} took {took:?} with {shown:?}: {:.80}",
                    words[0], reply
                ));
            }
        }
        assert_eq!(server.store(), before, "{source:.60}");
        assert_eq!(
            server.ask(0, &["EVAL", "return 1", "0"]),
            ":1\r\n",
            "{source:.60}"
        );
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(most_memory() < MEMORY, "{} kB", most_memory());
}
