//! Metatables with any of the events, and what uses them.

use super::Batch;
use crate::case::Case;
use crate::rng::Rng;

const EVENTS: &[&str] = &[
    "add",
    "sub",
    "mul",
    "div",
    "mod",
    "pow",
    "unm",
    "concat",
    "len",
    "eq",
    "lt",
    "le",
    "index",
    "newindex",
    "call",
    "tostring",
    "metatable",
    "mode",
    "gc",
    "name",
    "pairs",
];

fn handler(rng: &mut Rng, event: &str) -> String {
    match rng.below(12) {
        0 if matches!(event, "index" | "newindex") => rng
            .pick(&[
                "{x=1,y='Y',[1]='one'}",
                "'str'",
                "5",
                "setmetatable({},{__index=function(_,k) return 'deep'..tostring(k) end})",
                "false",
            ])
            .into(),
        0 => rng
            .pick(&[
                "5",
                "'text'",
                "{}",
                "nil",
                "true",
                "setmetatable({},{__call=function(self,...) return 'called',select('#',...) end})",
            ])
            .into(),
        1 => format!("function(a,b) error('in {event}') end"),
        2 => format!("function(a,b) error({{event='{event}'}}) end"),
        3 => "function() end".into(),
        4 => "function() return nil,2,3 end".into(),
        5 => "function(...) return select('#',...) end".into(),
        6 if event == "newindex" => "function(t,k,v) rawset(t,k,v and v..'!') end".into(),
        7 if event == "index" => "function(t,k) return rawget(t,'_'..tostring(k)) end".into(),
        8 if matches!(event, "eq" | "lt" | "le") => rng
            .pick(&[
                "function(a,b) return true end",
                "function() return false end",
                "function() return 1 end",
            ])
            .into(),
        _ => format!(
            "function(...) log[#log+1]='{event}'..select('#',...)..type((...))..type((select(2,...))) return '{event}' end"
        ),
    }
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("metatables");
    const USES: &[&str] = &[
        "a+b",
        "a-1",
        "2*a",
        "a/b",
        "a%2",
        "a^b",
        "-a",
        "a..b",
        "a..'s'",
        "'s'..a",
        "1 ..a",
        "a..b..a",
        "#a",
        "a==b",
        "a~=b",
        "a==a",
        "a==1",
        "a<b",
        "a<=b",
        "a>b",
        "a>=b",
        "a<1",
        "a<='s'",
        "a.x",
        "a[1]",
        "a.zz",
        "a[a]",
        "(function() a.x=1 return rawget(a,'x') end)()",
        "(function() a[1]='v' return a[1] end)()",
        "a()",
        "a(1,nil,3)",
        "a:m(1)",
        "a'str'",
        "tostring(a)",
        "tostring(b)",
        "getmetatable(a)",
        "setmetatable(a,{})",
        "setmetatable(a,nil)",
        "rawequal(a,b)",
        "rawget(a,'x')",
        "rawset(a,'q',1).q",
        "next(a)",
        "pairs(a)",
        "ipairs(a)",
        "unpack(a)",
        "table.concat({a})",
        "string.rep(a,2)",
        "a and 1",
        "not a",
        "pcall(a,1)",
        "select(2,pcall(a,1))",
        "string.format('%s',a)",
        "error(a)",
        "#a+1",
        "a.x.y",
        "a.m()",
        "math.max(a,1)",
        "table.sort({a,b,a})",
        "tonumber(a)",
        "type(a)",
        "coroutine.wrap(function() return a+b end)()",
        "loadstring(a)",
        "(function() for k,v in a do return k end end)()",
        "string.gsub('abc','b',a)",
        "table.insert(a,1)",
        "table.remove(a)",
        "table.getn(a)",
        "a<b and b<a",
        "- - a",
        "a+b+a",
        "redis.call('set','k',a)",
        "redis.call(a)",
        "cjson.encode(a)",
        "(a)",
        "xpcall(a,a)",
        "xpcall(error,a)",
        "unpack({a,b})",
        "a==nil",
        "nil==a",
        "a.x==b.x",
        "(function() a.zz=nil return #log end)()",
    ];
    for _ in 0..170 {
        let meta = |rng: &mut Rng| -> String {
            let events: Vec<_> = EVENTS.iter().filter(|_| rng.percent(50)).copied().collect();
            let fields: Vec<_> = events
                .iter()
                .map(|e| format!("__{e}={}", handler(rng, e)))
                .collect();
            format!("{{{}}}", fields.join(","))
        };
        let (one, other) = (meta(rng), meta(rng));
        let other = if rng.percent(40) {
            "ma".to_string()
        } else {
            other
        };
        let before = format!(
            "local log={{}} local ma={one} local mb={other}\nlocal a,b=setmetatable({{}},ma),setmetatable({{3,2,1}},mb)\n{}",
            rng.pick(&["", "a,b=b,a", "b='str'", "b=7", "b=nil", "b={}"])
        );
        let mut rows: Vec<String> = (0..14).map(|_| rng.pick(USES).to_string()).collect();
        rows.push("table.concat(log,' ')".into());
        batch.rows(&before, &rows);
    }
    // Uncaught, so that the reply shows how the error is worded and placed.
    for at in 0..70 {
        let event = EVENTS[at % EVENTS.len()];
        batch.script(&format!(
            "local log={{}}\nlocal a=setmetatable({{}},{{__{event}={}}})\nlocal b=a\nreturn {{{}}}",
            handler(rng, event),
            rng.pick(USES)
        ));
    }
    batch.cases
}
