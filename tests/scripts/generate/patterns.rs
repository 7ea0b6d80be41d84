//! Patterns from their grammar, right ones and broken ones, over subjects that they may match.

use super::Batch;
use crate::case::Case;
use crate::rng::Rng;

fn class(rng: &mut Rng) -> String {
    const SETS: &[&str] = &[
        "[abc]",
        "[^abc]",
        "[a-c]",
        "[%a_]",
        "[^%s]",
        "[%d.]",
        "[]]",
        "[^]]",
        "[]a]",
        "[a-]",
        "[-a]",
        "[%-x]",
        "[a%]]",
        "[%w%p]",
        "[^%d%a]",
        "[z-a]",
        "[%a-z]",
        "[\\0-\\31]",
        "[^\\0]",
    ];
    match rng.below(10) {
        0..4 => rng
            .pick(&["a", "b", "c", "x", "1", "2", " ", "_", ",", "="])
            .into(),
        4 => ".".into(),
        5..8 => format!(
            "%{}",
            rng.pick(&[
                'a', 'c', 'd', 'l', 'p', 's', 'u', 'w', 'x', 'z', 'A', 'D', 'S', 'W', 'L', '.',
                '%', '-', '(', 'q'
            ])
        ),
        _ => rng.pick(SETS).into(),
    }
}

fn pattern(rng: &mut Rng, broken: bool) -> String {
    let mut text = String::new();
    if rng.percent(15) {
        text.push('^');
    }
    let mut open = 0;
    for _ in 0..rng.between(1, 5) {
        match rng.below(16) {
            0 | 1 => {
                text.push('(');
                open += 1;
            }
            2 if open > 0 => {
                text.push(')');
                open -= 1;
            }
            3 => text += "()",
            4 => {
                text += rng
                    .pick(&[
                        "%b()", "%bxy", "%b[]", "%f[%w]", "%f[%s]", "%f[^%w]", "%1", "%b''",
                    ])
                    .replace('\'', "\\'")
                    .as_str()
            }
            _ => {
                text += &class(rng);
                text += rng.pick(&["", "", "*", "+", "-", "?"]);
            }
        }
    }
    if open > 0 && !(broken && rng.percent(40)) {
        text += &")".repeat(open);
    }
    if rng.percent(15) {
        text.push('$');
    }
    if broken {
        text += rng.pick(&[
            "%", "[", "[a", "[^", "[%", "%b", "%bx", "%f", "%fa", "%9", "%0", ")", "(", "()%2",
            "[a-", "[]", "*", "^", "(()",
        ]);
    }
    text
}

fn subject(rng: &mut Rng) -> String {
    const PIECES: &[&str] = &[
        "a",
        "b",
        "ab",
        "abc",
        "x",
        "y",
        "1",
        "12",
        " ",
        "_",
        ",",
        "=",
        "key=value",
        "(x(y)z)",
        "[a]",
        "A",
        "Hello",
        "\\0",
        "\\n",
        "\\255",
        "]",
        "%",
        "-",
        ".",
        "xy",
        "xxyy",
    ];
    (0..rng.between(0, 5)).map(|_| rng.pick(PIECES)).collect()
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("patterns");
    for at in 0..260 {
        let broken = at % 5 == 4;
        let mut rows = Vec::new();
        for _ in 0..3 {
            let p = pattern(rng, broken);
            for _ in 0..2 {
                let s = subject(rng);
                let from = rng.pick(&[
                    "",
                    ", 1",
                    ", 2",
                    ", -1",
                    ", -3",
                    ", 0",
                    ", 10",
                    ", -10",
                    ", 2, true",
                    ", nil, true",
                    ", '2'",
                    ", 1.7",
                ]);
                rows.push(format!("string.find('{s}', '{p}'{from})"));
                rows.push(format!(
                    "('{s}'):match('{p}'{})",
                    from.replace(", true", "")
                ));
                let with = rng.pick(&[
                    "''",
                    "'<%0>'",
                    "'%1'",
                    "'%2-%1'",
                    "'%%'",
                    "'x%'",
                    "'%y'",
                    "'%9'",
                    "5",
                    "{a=1, ab=true, abc=false, x='X', ['1']=2}",
                    "function(...) return select('#', ...) end",
                    "function(a) return a .. '!' end",
                    "function() return nil end",
                    "function() return false end",
                    "function() return {} end",
                    "setmetatable({}, {__index=function(_, k) return k..k end})",
                    "nil",
                    "true",
                    "function(a) error('in it ' .. tostring(a)) end",
                    "string.upper",
                    "'a\\0b'",
                    "{a={}}",
                    "print",
                ]);
                let most = rng.pick(&[
                    "", "", ", 1", ", 0", ", -1", ", 2", ", 1.5", ", '1'", ", 'x'",
                ]);
                rows.push(format!("string.gsub('{s}', '{p}', {with}{most})"));
                rows.push(format!(
                    "(function() local o, n = {{}}, 0 for a, b in string.gmatch('{s}', '{p}') do n = n + 1 o[n] = tostring(a) .. '|' .. tostring(b) if n > 8 then break end end return table.concat(o, ';') end)()"
                ));
            }
        }
        batch.rows("", &rows);
    }
    // An error that nothing catches, raised by a pattern.
    for _ in 0..40 {
        let (p, s) = (pattern(rng, true), subject(rng));
        batch.script(&format!(
            "local s = '{s}'\nreturn s:{}('{p}'{})",
            rng.pick(&["find", "match", "gsub"]),
            rng.pick(&["", ", 'x'", ", {}"])
        ));
    }
    batch.cases
}
