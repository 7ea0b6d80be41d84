//! How numbers are written, read and cut.

use super::Batch;
use crate::case::Case;
use crate::rng::Rng;

/// A number as Lua source.
pub fn number(rng: &mut Rng) -> String {
    match rng.below(14) {
        0 => rng.between(-20, 20).to_string(),
        1 => rng
            .between(-1_000_000_000_000, 1_000_000_000_000)
            .to_string(),
        2 => format!("{}", rng.between(-1000, 1000) as f64 / 8.0),
        3 => format!("{}e{}", rng.between(1, 99999), rng.between(-30, 30)),
        4 => format!("{}.{}", rng.between(0, 99), rng.between(0, 999_999_999)),
        5 => format!("2^{}", rng.between(-60, 70)),
        6 => format!("(2^{}-1)", rng.between(30, 64)),
        7 => format!("{}/{}", rng.between(-50, 50), rng.between(1, 30)),
        8 => rng
            .pick(&[
                "1e308*10",
                "-1e308*10",
                "0/0",
                "-(0/0)",
                "-0",
                "1e-320",
                "4.9e-324",
                "1.7976931348623157e308",
            ])
            .into(),
        9 => format!("0x{:x}", rng.next() >> rng.between(0, 60)),
        10 => format!("{:e}", f64::from_bits(rng.next() & 0x7fef_ffff_ffff_ffff)),
        11 => rng
            .pick(&[
                "9007199254740992",
                "9007199254740993",
                "9223372036854775807",
                "-9223372036854775808",
                "1e15",
                "1e14",
                "123456789012345",
                "99999999999999.5",
                "0.1",
                "1e100",
            ])
            .into(),
        12 => format!(".{}", rng.between(1, 9999)),
        _ => format!("{}E+{}", rng.between(1, 9), rng.between(0, 20)),
    }
}

/// A text that may be a number.
pub fn text(rng: &mut Rng) -> String {
    const PIECES: &[&str] = &[
        "",
        " ",
        "\\t",
        "-",
        "+",
        "0",
        "1",
        "9",
        "12",
        "007",
        ".",
        ".5",
        "5.",
        "e",
        "e5",
        "E-3",
        "0x",
        "0X1f",
        "ff",
        "z",
        "Zz",
        "inf",
        "nan",
        "infinity",
        "0x.8",
        "0x1p4",
        "p1",
        "1e",
        "\\n",
        "\\0",
        "_",
        "1 2",
        "8",
        "a",
        "99999999999999999999",
    ];
    (0..rng.between(1, 4)).map(|_| rng.pick(PIECES)).collect()
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("numbers");
    for _ in 0..60 {
        let rows: Vec<_> = (0..6)
            .flat_map(|_| {
                let n = number(rng);
                [
                    format!("({n}), ({n}) .. '', #tostring({n})"),
                    format!("string.format('%.17g %g %.3f %e', {n}, {n}, {n}, {n})"),
                    format!("math.floor({n}), math.ceil({n}), math.abs({n}), math.modf({n})"),
                    format!("redis.call('echo', {n})"),
                    format!("math.frexp({n})"),
                    format!("string.format('%q', {n}), tostring(-({n}))"),
                    format!("tonumber('{n}'), tonumber({n}, 10)"),
                    format!("math.fmod({n}, 7), ({n}) % 7, ({n}) % -7, math.max({n}, 3), math.min({n}, 3)"),
                ]
            })
            .collect();
        batch.rows("", &rows);
    }
    // As replies: cut to whole numbers.
    for _ in 0..40 {
        let all: Vec<_> = (0..12).map(|_| number(rng)).collect();
        batch.script(&format!("return {{{}}}", all.join(", ")));
        let n = number(rng);
        batch.script(&format!("return {n}"));
        batch.script(&format!("return {{double={n}}}"));
        batch.script(&format!(
            "return redis.call('set', {n}, {n}) and redis.call('get', {n})"
        ));
    }
    for _ in 0..60 {
        let rows: Vec<_> = (0..10)
            .flat_map(|_| {
                let text = text(rng);
                let base = rng.pick(&[
                    "2", "8", "10", "16", "36", "37", "1", "0", "-1", "3", "35", "nil", "'16'",
                    "10.9", "1e10",
                ]);
                [
                    format!("tonumber('{text}')"),
                    format!("tonumber('{text}', {base})"),
                    format!("'{text}' + 0"),
                    format!("-'{text}'"),
                    format!("math.floor('{text}')"),
                ]
            })
            .collect();
        batch.rows("", &rows);
    }
    // The lexer's numbers, each a script since many do not compile.
    for text in [
        "1",
        "1.",
        ".1",
        "1e5",
        "1e",
        "1e+",
        "0x",
        "0x1",
        "0xg",
        "0x1.8",
        "0x1p4",
        "1..2",
        "1 ..2",
        "1.2.3",
        "3x",
        "0b1",
        "1e5x",
        "08",
        "1_000",
        "0xffffffffffffffff",
        "0x10000000000000000",
        "1e999",
        ".e1",
        "..1",
        "...",
        "1e-999",
        "0X1F",
        "0xabcdefg",
        "99999999999999999999999",
        "1.5e+3",
        "1.5E-3",
        "1e1.5",
        "5..5",
        "5 ..5",
        "0e12",
        "0x.1",
        "00x1",
        "1ee5",
        "1-e5",
    ] {
        batch.script(&format!("return tostring({text})"));
    }
    // Loops of numbers.
    for _ in 0..40 {
        let ends = [
            "0", "1", "-1", "5", "0.1", "0.3", "'1'", "'x'", "nil", "1e308*10", "0/0", "2^53",
            "3.5", "10", "-2.5",
        ];
        let rows: Vec<_> = (0..8)
            .map(|_| {
                let (a, b, c) = (rng.pick(&ends), rng.pick(&ends), rng.pick(&ends));
                format!("(function() local o,n='',0 for i={a},{b},{c} do o=o..i..' ' n=n+1 i=0 if n>9 then break end end return o end)()")
            })
            .collect();
        batch.rows("", &rows);
    }
    // Chance begins from the same seed in every script.
    for _ in 0..40 {
        let rows: Vec<_> = (0..10)
            .map(|_| match rng.below(7) {
                0 => "math.random()".into(),
                1 => format!("math.random({})", number(rng)),
                2 => format!(
                    "math.random({}, {})",
                    rng.between(-50, 50),
                    rng.between(-20, 100)
                ),
                3 => format!("math.random({}, {})", number(rng), number(rng)),
                4 => format!("math.randomseed({})", number(rng)),
                5 => "string.format('%.17g', math.random())".into(),
                _ => format!("math.random({})", rng.between(0, 1000)),
            })
            .collect();
        batch.rows("", &rows);
    }
    for name in [
        "abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "deg", "exp", "floor", "log",
        "log10", "rad", "sin", "sinh", "sqrt", "tan", "tanh", "frexp", "modf",
    ] {
        let rows: Vec<_> = (0..12)
            .map(|_| format!("math.{name}({})", number(rng)))
            .collect();
        batch.rows("", &rows);
    }
    for name in ["atan2", "fmod", "ldexp", "max", "min", "pow", "mod"] {
        let rows: Vec<_> = (0..14)
            .map(|_| format!("math.{name}({}, {})", number(rng), number(rng)))
            .collect();
        batch.rows("", &rows);
    }
    batch.cases
}
