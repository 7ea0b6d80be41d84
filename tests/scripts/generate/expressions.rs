//! Operators over operands of every type, and trees of them.

use super::{Batch, SHOW};
use crate::case::Case;
use crate::rng::Rng;

const OPERANDS: &[&str] = &[
    "nil",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "-1",
    "2",
    "3.5",
    "-7.25",
    "1e15",
    "1e16",
    "123456789012345678",
    "1e300",
    "(1e308*10)",
    "(-1e308*10)",
    "(0/0)",
    "2^53",
    "0.1",
    "1/3",
    "'10'",
    "'0x10'",
    "' 7 '",
    "'abc'",
    "''",
    "'1e2'",
    "{}",
    "(function() end)",
    "'nan'",
    "'inf'",
    "'0x'",
    "'1 2'",
    "'ABC'",
    "'a\\0b'",
    "'a\\0c'",
];
const BINARY: &[&str] = &[
    "+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", "<=", ">", ">=", "and", "or",
];

/// A random expression over the names that `tree` scripts have in scope.
pub fn expression(rng: &mut Rng, depth: usize) -> String {
    const LEAVES: &[&str] = &[
        "a",
        "b",
        "c",
        "s",
        "t.x",
        "t.y",
        "t[1]",
        "up",
        "up2",
        "1",
        "2",
        "0",
        "-3",
        "0.5",
        "10",
        "'5'",
        "'x'",
        "nil",
        "true",
        "false",
        "t.n",
        "#t",
        "#s",
        "f(a)",
        "f(b,2)",
        "select('#',f())",
        "t:m(1)",
        "(f(1,2))",
    ];
    if depth == 0 || rng.percent(15) {
        return rng.pick(LEAVES).to_string();
    }
    match rng.below(12) {
        0 => format!("not {}", expression(rng, depth - 1)),
        1 => format!("- {}", expression(rng, depth - 1)),
        2 => format!("({})", expression(rng, depth - 1)),
        3 => format!(
            "{} {} {} {} {}",
            expression(rng, depth - 1),
            rng.pick(&["and", "or"]),
            expression(rng, depth - 1),
            rng.pick(&["and", "or"]),
            expression(rng, depth - 1)
        ),
        4 => format!(
            "({} == {})",
            expression(rng, depth - 1),
            expression(rng, depth - 1)
        ),
        5 => format!("t[{}]", expression(rng, depth - 1)),
        6 => format!("f({})", expression(rng, depth - 1)),
        _ => {
            // Mostly numbers' operators, so that not all trees end in an error.
            let op = if rng.percent(70) {
                rng.pick(&BINARY[..7])
            } else {
                rng.pick(BINARY)
            };
            format!(
                "{} {op} {}",
                expression(rng, depth - 1),
                expression(rng, depth - 1)
            )
        }
    }
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("expressions");
    for op in BINARY {
        for left in OPERANDS {
            let rows: Vec<_> = OPERANDS
                .iter()
                .flat_map(|right| {
                    [
                        format!("{left} {op} {right}"),
                        format!("(function(a,b) return a {op} b end)({left},{right})"),
                    ]
                })
                .collect();
            batch.rows("", &rows);
        }
    }
    for op in ["-", "not ", "#", "- -", "not not ", "-#", "-not "] {
        let rows: Vec<_> = OPERANDS
            .iter()
            .flat_map(|a| {
                [
                    format!("{op}{a}"),
                    format!("(function(a) return {op}a end)({a})"),
                ]
            })
            .collect();
        batch.rows("", &rows);
    }
    for _ in 0..250 {
        let mut script = format!(
            "{SHOW}local up,up2=7,'8'\nlocal function run(a,b,c,s)\nlocal t={{4,5,x=1,y='y',n=2.5,m=function(self,v) return v end}}\n\
             local function f(...) up=up or 0 return ... end\nreturn {{\n"
        );
        for _ in 0..8 {
            script += &format!("T(function() return {} end),\n", expression(rng, 3));
        }
        script += "}\nend\nreturn run(3,-2.5,'12','str')";
        batch.script(&script);
    }
    batch.cases
}
