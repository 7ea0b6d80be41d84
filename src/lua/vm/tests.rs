use super::*;

/// What a chunk returns, written as text; or the error that ends it.
fn run(source: &str) -> String {
    let mut vm = Vm::default();
    let function = vm.compile(source.as_bytes(), b"@t", false).unwrap();
    let function = match function {
        Ok(function) => function,
        Err(message) => return String::from_utf8_lossy(&message).into_owned(),
    };
    let exit = vm.start(function, &[]);
    let show = |vm: &Vm, value: &Value| match value {
        Value::Str(id) => String::from_utf8_lossy(vm.state.bytes(*id)).into_owned(),
        Value::Number(number) => number.to_string(),
        other => format!("{other:?}"),
    };
    match exit {
        Exit::Done => {
            let results: Vec<String> = vm.results.iter().map(|value| show(&vm, value)).collect();
            results.join(" ")
        }
        Exit::Failed(Error::Raised(value)) => format!("error: {}", show(&vm, &value)),
        other => format!("{other:?}"),
    }
}

#[test]
fn chunks_run() {
    let cases = [
        ("return 1 + 2 * 3", "7"),
        ("local t = {1, 2, 3, x = 5} return #t, t.x, t[2]", "3 5 2"),
        ("local s = 0 for i = 1, 10 do s = s + i end return s", "55"),
        (
            "local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end return fib(20)",
            "6765",
        ),
        ("local a, b = 1 return a, b", "1 Nil"),
        (
            "local function f(...) return ... end return f(1, 2, 3)",
            "1 2 3",
        ),
        (
            "local function f(...) local a, b = ... return b, a end return f(1, 2, 3)",
            "2 1",
        ),
        ("return 'a' .. 1 .. 'b' .. 2.5", "a1b2.5"),
        (
            "local x return x.y",
            "error: t:1: attempt to index local 'x' (a nil value)",
        ),
        (
            "return y.z",
            "error: t:1: attempt to index global 'y' (a nil value)",
        ),
        (
            "local t = {} t.a.b = 1",
            "error: t:1: attempt to index field 'a' (a nil value)",
        ),
        (
            "return 1 < 'x'",
            "error: t:1: attempt to compare number with string",
        ),
        (
            "return {} .. 'x'",
            "error: t:1: attempt to concatenate a table value",
        ),
        (
            "f()",
            "error: t:1: attempt to call global 'f' (a nil value)",
        ),
        (
            "local function f(n) if n == 0 then return 'end' end return f(n - 1) end return f(100000)",
            "end",
        ),
        (
            "local function f() return f() + 1 end return f()",
            "error: t:1: stack overflow",
        ),
        (
            "local fs = {} for i = 1, 3 do fs[i] = function() i = i + 1 return i end end return fs[1](), fs[1](), fs[2]()",
            "2 3 3",
        ),
        (
            "local t = {n = 0} function t:m(x) self.n = self.n + x return self.n end t:m(2) return t:m(3)",
            "5",
        ),
        ("return 10 % 3, -10 % 3, 2 ^ 10, 7 / 2", "1 2 1024 3.5"),
        ("return not nil, not 0, #'abc'", "Bool(true) Bool(false) 3"),
        (
            "return 'a' < 'b', 'a' < 'A', 'a' <= 'a'",
            "Bool(true) Bool(false) Bool(true)",
        ),
        (
            "local i = 0 while true do i = i + 1 if i > 5 then break end end return i",
            "6",
        ),
        (
            "local function f(...) return arg.n, arg[2] end return f(5, 6, 7)",
            "3 6",
        ),
        (
            "return nil == false, 1 == 1, 'x' == 'x', {} == {}",
            "Bool(false) Bool(true) Bool(true) Bool(false)",
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(run(source), expected, "{source}");
    }
}
