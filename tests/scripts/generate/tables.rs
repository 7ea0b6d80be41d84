//! Tables: what functions do to them, in which order they are gone through, how long they are.

use super::{Batch, SHOW};
use crate::case::Case;
use crate::rng::Rng;

fn key(rng: &mut Rng) -> String {
    match rng.below(9) {
        0..3 => rng.between(1, 12).to_string(),
        3 => rng
            .pick(&[
                "0", "-1", "1.5", "2^31", "2^53", "-0", "1e100", "16", "32", "33", "1e308*10",
            ])
            .into(),
        4 => rng.pick(&["true", "false"]).into(),
        5 => format!("'k{}'", rng.below(40)),
        _ => format!(
            "'{}'",
            rng.pick(&[
                "a",
                "b",
                "c",
                "name",
                "value",
                "x",
                "y",
                "id",
                "ok",
                "err",
                "1",
                "",
                "a longer key that is more than thirty-two bytes long",
                "n"
            ])
        ),
    }
}

fn value(rng: &mut Rng) -> String {
    match rng.below(6) {
        0 => "nil".into(),
        1 => format!("'v{}'", rng.below(9)),
        _ => rng.between(-9, 9).to_string(),
    }
}

fn constructor(rng: &mut Rng) -> String {
    let count = rng.pick(&[0, 1, 2, 3, 4, 5, 8, 12, 20]);
    let fields: Vec<_> = (0..count)
        .map(|_| match rng.below(6) {
            0 => format!("[{}]={}", key(rng), value(rng)),
            1 => format!("f{}={}", rng.below(6), value(rng)),
            _ => value(rng),
        })
        .collect();
    format!(
        "{{{}{}}}",
        fields.join(","),
        rng.pick(&["", "", ",f()", ",f(),", ";(f())", ",unpack({1,nil,3})"])
            .trim_start_matches(if count == 0 { ',' } else { '\n' })
            .trim_start_matches(if count == 0 { ';' } else { '\n' })
    )
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("tables");
    let head = format!(
        "{SHOW}local function f() return 7,nil,8 end\nlocal function W(t) local o={{}} for k,v in pairs(t) do o[#o+1]=type(k):sub(1,1)..tostring(k)..'='..tostring(v) end return table.concat(o,' ')..' #'..#t end\n"
    );
    // Keys come and go; the order is looked at in between.
    for _ in 0..140 {
        let mut script = format!("{head}local t={}\nlocal out={{W(t)}}\n", constructor(rng));
        for _ in 0..rng.between(3, 25) {
            script += &match rng.below(10) {
                0 => "out[#out+1]=W(t)\n".into(),
                1 => format!("out[#out+1]=T(next,t,{})\n", key(rng)),
                2 => format!("t[{}]=nil\n", key(rng)),
                3 => format!(
                    "for i={},{} do t[i]={} end\n",
                    rng.between(-1, 5),
                    rng.between(3, 20),
                    value(rng)
                ),
                4 => format!("for i={},1,-1 do t['s'..i]=i end\n", rng.between(1, 12)),
                5 => "for k in pairs(t) do t[k]=nil end\n".into(),
                6 => format!(
                    "for k,v in pairs(t) do if v=={} then t[k]=nil end end\n",
                    rng.between(-3, 3)
                ),
                _ => format!("t[{}]={}\n", key(rng), value(rng)),
            };
        }
        script += "out[#out+1]=W(t)\nreturn out";
        batch.script(&script);
        // The order is another in 7.0, and so is what is taken out on the way.
        batch.cases.last_mut().unwrap().newer = true;
    }
    // Table functions.
    for _ in 0..160 {
        let mut script = format!(
            "{head}local t={}\nlocal out={{}}\nlocal function o(...) out[#out+1]=T(...) end\n",
            constructor(rng)
        );
        for _ in 0..rng.between(4, 14) {
            let at = rng.pick(&[
                "0", "1", "2", "3", "5", "-1", "#t", "#t+1", "#t+3", "'2'", "1.5", "nil", "'x'",
            ]);
            script += &match rng.below(16) {
                0 | 1 => format!("o(table.insert,t,{})\n", value(rng)),
                2 | 3 => format!("o(table.insert,t,{at},{})\n", value(rng)),
                4 => "o(table.remove,t)\n".into(),
                5 | 6 => format!("o(table.remove,t,{at})\n"),
                7 => format!("o(table.concat,t,{},{at})\n", rng.pick(&["','", "''", "nil", "5", "{}"])),
                8 => format!("o(table.concat,t,'-',{at},{})\n", rng.between(-2, 8)),
                9 => "o(table.maxn,t) o(table.getn,t)\n".into(),
                10 => format!("o(unpack,t,{at},{})\n", rng.between(-2, 8)),
                11 => "o(table.foreach,t,function(k,v) if v==3 then return k end end)\n".into(),
                12 => "o(table.foreachi,t,function(k,v) out[#out+1]=tostring(v) if k==3 then return v end end)\n".into(),
                13 => "o(ipairs,t) for i,v in ipairs(t) do out[#out+1]=i..tostring(v) end\n".into(),
                14 => format!("o(select,{at},unpack(t))\n"),
                _ => "o(table.setn,t,3) out[#out+1]=W(t)\n".into(),
            };
        }
        script += "out[#out+1]=W(t)\nreturn out";
        batch.script(&script);
    }
    // Sorting, with orders that are none as well: what comes out then is the algorithm's own.
    for at in 0..90 {
        let count = rng.pick(&[0, 1, 2, 3, 4, 5, 6, 7, 10, 20, 50, 101]);
        let words = rng.percent(30);
        let items: Vec<_> = (0..count)
            .map(|_| {
                if words {
                    format!("'{}'", rng.below(60))
                } else {
                    rng.between(-30, 30).to_string()
                }
            })
            .collect();
        let mixed = if at % 9 == 8 {
            rng.pick(&[",'x'", ",{}", ",nil,5", ",true"])
        } else {
            ""
        };
        let order = rng.pick(&[
            "",
            "",
            ",function(a,b) return a>b end",
            ",function(a,b) return a<b end",
            ",function(a,b) return a<=b end",
            ",function() return true end",
            ",function() return false end",
            ",function(a,b) return tostring(a)<tostring(b) end",
            ",function(a,b) n=n+1 if n>7 then error('enough') end return a<b end",
            ",function(a,b) n=n+1 return n%3==0 end",
            ",nil",
            ",5",
            ",function(a,b) return nil end",
            ",function(a,b) n=n+1 return a%7<b%7 end",
        ]);
        let list = format!("{{{}{mixed}}}", items.join(",")).replace("{,", "{");
        batch.script(&format!(
            "{SHOW}local n=0 local t={list}\nlocal r=T(table.sort,t{order})\nlocal o={{}} for i=1,#t do o[i]=tostring(t[i]) end return {{r,n,table.concat(o,' ')}}"
        ));
    }
    // Constructors: how long they are, as it depends on how they are written.
    for _ in 0..60 {
        let rows: Vec<_> = (0..6).map(|_| format!("W({})", constructor(rng))).collect();
        batch.rows(&head[SHOW.len()..], &rows);
    }
    batch.cases
}
