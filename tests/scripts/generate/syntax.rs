//! Scripts that do not compile: right ones with tokens taken out, doubled, swapped or changed. What still
//! compiles returns before it does anything.

use super::Batch;
use crate::case::Case;
use crate::rng::Rng;

const RIGHT: &[&str] = &[
    "if redis.call('get', KEYS[1]) == ARGV[1] then\n  return redis.call('del', KEYS[1])\nelse\n  return 0\nend",
    "local t = {1, 2; 'three', [4] = 5, x = {y = 'z'}, f(), ...}\nfor k, v in pairs(t) do\n  t[k] = v .. ''\nend\nreturn #t",
    "for i = 1, 10, 2 do\n  if i > 5 then break end\n  local x = i * 2 ^ -3\nend",
    "local function fact(n, ...)\n  if n <= 1 then return 1 elseif n == 2 then return 2 else return n * fact(n - 1) end\nend\nreturn fact(5)",
    "local a, b, c = 1, 'two', [[three\nlines]]\nrepeat\n  local done = a >= 3\n  a = a + 1\nuntil done\nreturn a, b, c",
    "function t.a.b:m(x, y)\n  self.x, self.y = x, y\n  return function(...) return ..., self end\nend",
    "while not (x and y or z) do\n  x = -#y .. 'a' .. \"b\"\n  do local z <= 3 end\nend",
    "local s = 'a\\nb\\'c\\065' -- a remark\nlocal t = s:rep(3):upper()\n--[[ a long\nremark ]] return t",
    "a.b['c'].d(1, 2){x = 1}'str':m[[long]]\nreturn nil, true, false, ...",
    "return 1 + 2 * 3 / 4 - 5 % 6 ^ 7 == 8 and 1 < 2 or 3 >= 4 and 5 ~= 6",
    "local x = function() return end\nx(); (x)()\nreturn x",
    "local a = {[1] = {}, ['b'] = {c = {}}, d = function() end, 'e'; f = 0x1F, 1e10, .5}\nreturn a.b.c",
];

fn tokens(text: &str) -> Vec<String> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let from = at;
        let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
        if word(bytes[at]) {
            while at < bytes.len() && word(bytes[at]) {
                at += 1;
            }
        } else if bytes[at] == b'\'' || bytes[at] == b'"' {
            let quote = bytes[at];
            at += 1;
            while at < bytes.len() && bytes[at] != quote {
                at += if bytes[at] == b'\\' { 2 } else { 1 };
            }
            at += 1;
        } else {
            let two = text.get(at..at + 2).unwrap_or_default();
            at += if ["==", "~=", "<=", ">=", "..", "[[", "]]", "--"].contains(&two) {
                2
            } else {
                1
            };
        }
        at = at.min(bytes.len());
        tokens.push(text[from..at].to_string());
    }
    tokens
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    const OTHERS: &[&str] = &[
        "end", "if", "then", "do", "(", ")", "{", "}", "[", "]", "=", "==", "..", "...", ",", ";",
        ":", ".", "local", "function", "return", "break", "not", "and", "nil", "x", "1", "'s'",
        "'open", "[[", "]]", "--", "~", "!", "@", "$", "\\", "#", "\u{e4}", "goto", "::", "//",
        "&", "0x", "1e", "3x", "until", "for", "in", "else", "elseif", "while", "repeat",
        "\"open\n", "<", "%", "\u{1}", "?",
    ];
    let mut batch = Batch::new("syntax");
    for at in 0..620 {
        let mut tokens = tokens(RIGHT[at % RIGHT.len()]);
        for _ in 0..rng.pick(&[1, 1, 1, 2, 3]) {
            let solid: Vec<_> = (0..tokens.len())
                .filter(|&i| !tokens[i].trim().is_empty())
                .collect();
            let i = solid[rng.below(solid.len())];
            match rng.below(6) {
                0 | 1 => drop(tokens.remove(i)),
                2 => tokens.insert(i, format!("{} ", tokens[i])),
                3 => {
                    let j = solid[rng.below(solid.len())];
                    tokens.swap(i, j);
                }
                4 => tokens[i] = rng.pick(OTHERS).to_string(),
                _ => tokens.insert(i, format!(" {} ", rng.pick(OTHERS))),
            }
        }
        if rng.percent(10) {
            tokens.truncate(rng.below(tokens.len()) + 1);
        }
        let head = rng.pick(&[
            "do return 'compiled' end ",
            "do return 'compiled' end\n",
            "do return 'compiled' end\n\n",
        ]);
        batch.script(&format!("{head}{}", tokens.concat()));
    }
    // Limits of the compiler.
    let many = |n: usize, f: &dyn Fn(usize) -> String| (0..n).map(f).collect::<String>();
    for n in [199, 200, 201] {
        batch.script(&format!(
            "{} return 1",
            many(n, &|i| format!("local v{i} = {i}\n"))
        ));
        batch.script(&format!(
            "local {} = 1\nreturn v0",
            many(n, &|i| format!("{}v{i}", if i > 0 { "," } else { "" }))
        ));
        batch.script(&format!("return {}1{}", "(".repeat(n), ")".repeat(n)));
        batch.script(&format!("return {}{}", "{".repeat(n), "}".repeat(n)));
        batch.script(&format!("{} {}", "do ".repeat(n), "end ".repeat(n)));
        batch.script(&format!(
            "{} return 1 {}",
            "if true then ".repeat(n),
            "end ".repeat(n)
        ));
        batch.script(&format!("return {}1", "- ".repeat(n)));
        batch.script(&format!("return {}1", "not ".repeat(n)));
        batch.script(&format!("return {}'x'", "'a' .. ".repeat(n)));
        batch.script(&format!("return {}2", "1 ^ ".repeat(n)));
        batch.script(&format!(
            "return {} 1 {}",
            "function() return".repeat(n),
            " end".repeat(n)
        ));
        batch.script(&format!(
            "local f = tostring return {}1{}",
            "f(".repeat(n),
            ")".repeat(n)
        ));
        batch.script(&format!(
            "local function f({}) end return f()",
            many(n, &|i| format!("{}p{i}", if i > 0 { "," } else { "" }))
        ));
    }
    for n in [59, 60, 61] {
        batch.script(&format!(
            "{}return function() return {} end",
            many(n, &|i| format!("local u{i} = {i}\n")),
            many(n, &|i| format!("{}u{i}", if i > 0 { "+" } else { "" }))
        ));
    }
    for n in [248, 250, 251, 255, 260] {
        batch.script(&format!(
            "local t = {{}} return tostring(t.x({}))",
            many(n, &|i| format!("{}{i}", if i > 0 { "," } else { "" }))
        ));
        batch.script(&format!(
            "return select('#', {})",
            many(n, &|i| format!("{}{i}", if i > 0 { "," } else { "" }))
        ));
    }
    batch.script(&format!(
        "local t = {{{}}} return #t",
        many(1000, &|i| format!("{i},"))
    ));
    batch.script(&format!(
        "local t = {{{}}} return t.k700",
        many(1000, &|i| format!("k{i}={i},"))
    ));
    batch.script(&format!("return {}0", many(3000, &|i| format!("{i}+"))));
    batch.script(&format!(
        "local a = 0 {} return a",
        many(3000, &|i| format!("a = a + {i}.5 "))
    ));
    batch.cases
}
