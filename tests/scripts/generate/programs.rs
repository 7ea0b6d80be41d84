//! Whole small programs: closures, varargs, loops, protected calls and coroutines, nested at random.

use super::expressions::expression;
use super::{Batch, SHOW};
use crate::case::Case;
use crate::rng::Rng;

struct Writer<'r> {
    rng: &'r mut Rng,
    text: String,
    /// How many loops are around.
    loops: usize,
    names: usize,
}

impl Writer<'_> {
    fn line(&mut self, text: &str) {
        self.text += text;
        self.text.push('\n');
    }

    fn expression(&mut self) -> String {
        expression(self.rng, 2)
    }

    fn target(&mut self) -> String {
        self.rng
            .pick(&[
                "a", "b", "c", "s", "t.x", "t.y", "t[1]", "up", "t[a]", "t.n",
            ])
            .to_string()
    }

    fn block(&mut self, depth: usize) {
        for _ in 0..self.rng.between(1, 4) {
            self.statement(depth);
        }
    }

    fn statement(&mut self, depth: usize) {
        let kind = if depth == 0 {
            self.rng.below(7)
        } else {
            self.rng.below(19)
        };
        match kind {
            0 | 1 => {
                let (target, value) = (self.target(), self.expression());
                self.line(&format!("{target} = {value}"));
            }
            2 => {
                let (x, y, p, q) = (
                    self.target(),
                    self.target(),
                    self.expression(),
                    self.expression(),
                );
                self.line(&format!("{x}, {y} = {p}, {q}"));
            }
            3 => {
                let value = self.expression();
                self.line(&format!("log(pcall(function() return {value} end))"));
            }
            4 => {
                let value = self.expression();
                let name = self.rng.pick(&["a", "b", "c"]);
                self.line(&format!("local {name} = {value}"));
            }
            5 => self.line("log(a, b, c, s, t.x, t.y, t[1], up)"),
            6 => {
                let value = self.expression();
                self.line(&format!("log({value})"));
            }
            7 => {
                let condition = self.expression();
                self.line(&format!("if {condition} then"));
                self.block(depth - 1);
                if self.rng.percent(40) {
                    let condition = self.expression();
                    self.line(&format!("elseif {condition} then"));
                    self.block(depth - 1);
                }
                if self.rng.percent(50) {
                    self.line("else");
                    self.block(depth - 1);
                }
                self.line("end");
            }
            8 | 9 if self.loops < 2 => {
                let head = match self.rng.below(5) {
                    0 => format!(
                        "for i = {}, {} do",
                        self.rng.between(-2, 3),
                        self.rng.between(0, 5)
                    ),
                    1 => format!(
                        "for i = {}, {}, {} do",
                        self.rng.between(-2, 9),
                        self.rng.between(0, 5),
                        self.rng.pick(&["2", "-1", "-2", "0.5"])
                    ),
                    2 => "for i, v in ipairs({a, b, c}) do".into(),
                    3 => "for i in ('a b,c'):gmatch('%a') do".into(),
                    _ => "for i, v in next, {5, 6, x = 7} do".into(),
                };
                self.loops += 1;
                self.line(&head);
                self.line("log(i)");
                self.block(depth - 1);
                if self.rng.percent(30) {
                    let condition = self.expression();
                    self.line(&format!("if {condition} then break end"));
                }
                if self.rng.percent(40) {
                    self.line("t[#t + 1] = function() up = i return i, a end");
                }
                self.line("end");
                self.loops -= 1;
            }
            10 if self.loops < 2 => {
                self.loops += 1;
                let n = self.name();
                self.line(&format!("local {n} = 0"));
                let repeat = self.rng.percent(50);
                if repeat {
                    self.line("repeat");
                } else {
                    let most = self.rng.below(5);
                    self.line(&format!("while {n} < {most} do"));
                }
                self.line(&format!("{n} = {n} + 1"));
                self.block(depth - 1);
                if repeat {
                    let most = self.rng.below(4);
                    self.line(&format!("local last = {n} > {most}"));
                    self.line("until last");
                } else {
                    self.line("end");
                }
                self.loops -= 1;
            }
            11 | 12 => {
                let name = self.name();
                let dots = self.rng.percent(40);
                self.line(&format!(
                    "local function {name}({})",
                    if dots { "a, ..." } else { "a, b" }
                ));
                if dots {
                    self.line("log(select('#', ...), ...)");
                    self.line("local b, c = ...");
                    self.line("t.z = {...}");
                }
                self.block(depth - 1);
                let value = self.expression();
                let tail = self.rng.pick(&["", "f(a)", "a, b", "f(b, a)", "(f(1, 2))"]);
                match tail {
                    "" => self.line(&format!("return {value}")),
                    tail => self.line(&format!("do return {tail} end")),
                }
                self.line("end");
                let value = self.expression();
                self.line(&format!("log(pcall({name}, {value}, c, nil))"));
                if self.rng.percent(40) {
                    self.line(&format!("f = guard({name})"));
                }
            }
            13 => {
                self.line("log(pcall(function(...)");
                self.block(depth - 1);
                let raise = self.rng.pick(&[
                    "error('raised')",
                    "error('raised', 0)",
                    "error('raised', 2)",
                    "error({code = a})",
                    "error(nil)",
                    "error()",
                    "return ..., 'end'",
                    "error('raised', 3)",
                    "error(setmetatable({}, {__tostring = function() return 'shown' end}))",
                    "error(a)",
                    "assert(a == nil, 'assertion')",
                    "assert(false)",
                    "assert(nil, a)",
                    "return f(...)",
                ]);
                self.line(&format!("do {raise} end"));
                self.line("end, a, b))");
            }
            14 => {
                self.line("log(xpcall(function()");
                self.block(depth - 1);
                let value = self.expression();
                self.line(&format!("do return {value}, a.b.c end"));
                let handler = self.rng.pick(&[
                    "function(e) return 'H:' .. tostring(e) end",
                    "tostring",
                    "function(e) error(e) end",
                    "function() return nil, 2 end",
                    "type",
                    "nil",
                    "5",
                ]);
                self.line(&format!("end, {handler}))"));
            }
            15 | 16 => {
                let co = self.name();
                self.line(&format!(
                    "local {co} = coroutine.create(function(a, b, ...)"
                ));
                self.block(depth - 1);
                self.line("local got = coroutine.yield(a, b)");
                self.line("log('got', got, coroutine.status(coroutine.running()))");
                self.block(depth - 1);
                self.line("c = coroutine.yield(got)");
                let end = self.rng.pick(&[
                    "return a, b, c",
                    "error('in it')",
                    "return f(a)",
                    "a.b.c = 1",
                    "error({})",
                    "pcall(coroutine.yield, 1)",
                    "return coroutine.yield()",
                ]);
                self.line(&format!("do {end} end"));
                self.line("end)");
                for _ in 0..self.rng.between(1, 5) {
                    let given = self.rng.below(9);
                    self.line(&format!(
                        "log(coroutine.resume({co}, {given}, a)) log(coroutine.status({co}))"
                    ));
                }
            }
            17 => {
                self.line("do");
                self.block(depth - 1);
                self.line("end");
            }
            _ => {
                self.line("for w in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do");
                self.loops += 1;
                self.line("log(w)");
                if self.loops < 3 {
                    self.block(depth - 1);
                }
                self.loops -= 1;
                self.line("end");
            }
        }
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("n{}", self.names)
    }
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("programs");
    for _ in 0..420 {
        let mut writer = Writer {
            rng,
            text: format!("{SHOW}local out, up, up2 = {{}}, 7, '8'\n"),
            loops: 0,
            names: 0,
        };
        writer.line("local function log(...) if #out < 300 then out[#out + 1] = P(...) end end");
        writer.line("local calls = 0");
        writer.line("local function guard(g) return function(...) calls = calls + 1 if calls > 60 then error('too many calls') end return g(...) end end");
        writer.line("local f = guard(function(...) return ... end)");
        writer.line("local function run(a, b, c, s)");
        writer.line(
            "local t = {4, 5, x = 1, y = 'y', n = 2.5, m = function(self, v) return v, self.x end}",
        );
        writer.block(3);
        writer.block(3);
        writer.line("log(a, b, c, s, #t)");
        writer.line("end");
        writer.line("local ok, e = pcall(run, 3, -2.5, '12', 'str')");
        writer.line("out[#out + 1] = P(ok, e)");
        // Half of them end in an error that nothing catches, if there is one.
        if writer.rng.percent(50) {
            writer.line("if not ok and type(e) == 'string' then out[#out + 1] = #e calls = 0 run(1, 2, 3, '4') end");
        }
        writer.line("return out");
        let script = writer.text;
        batch.script(&script);
    }
    batch.cases
}
