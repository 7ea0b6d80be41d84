//! What becomes of Lua values as replies, and of replies as Lua values, in both protocols.

use super::{Batch, DEEP, numbers};
use crate::case::Case;
use crate::rng::Rng;

fn reply(rng: &mut Rng, depth: usize) -> String {
    match rng.below(if depth == 0 { 8 } else { 22 }) {
        0 => rng.pick(&["nil", "true", "false"]).into(),
        1 => numbers::number(rng),
        2 => rng.between(-5, 5).to_string(),
        3 | 4 => rng
            .pick(&[
                "'a'",
                "''",
                "'two words'",
                "'\\0\\255'",
                "'line\\r\\nline'",
                "'12'",
            ])
            .into(),
        5 => rng
            .pick(&[
                "{}",
                "function() end",
                "coroutine.create(function() end)",
                "cjson.null",
                "redis.call",
                "{nil}",
                "{nil,1}",
            ])
            .into(),
        6 => rng
            .pick(&[
                "{ok='fine'}",
                "{err='ERR bad'}",
                "{err='bad'}",
                "{err=''}",
                "{ok=''}",
                "{err='CODE text'}",
                "{err='-CODE text'}",
                "{ok=5}",
                "{err=5}",
                "{ok='a\\r\\nb'}",
                "{err='a\\r\\nb'}",
                "{err={}}",
                "{ok={}}",
                "{ok=false,err='x'}",
            ])
            .into(),
        7 => rng
            .pick(&[
                "redis.status_reply('st')",
                "redis.error_reply('er')",
                "redis.error_reply('ERR er')",
                "redis.error_reply('-X y')",
                "redis.status_reply('')",
                "redis.error_reply('')",
                "redis.pcall('get')",
                "redis.pcall('nosuch')",
                "redis.call('ping')",
            ])
            .into(),
        8 => format!("{{double={}}}", numbers::number(rng)),
        9 => rng
            .pick(&[
                "{double='1.5'}",
                "{double='x'}",
                "{double={}}",
                "{double=1e308*10}",
                "{double=-1e308*10}",
                "{double=0/0}",
                "{double=3,1,2}",
            ])
            .into(),
        10 => rng
            .pick(&[
                "{big_number='123456789012345678901234567890'}",
                "{big_number='-5'}",
                "{big_number='a\\r\\nb'}",
                "{big_number=12}",
                "{big_number=''}",
                "{big_number={}}",
            ])
            .into(),
        11 => rng
            .pick(&[
                "{verbatim_string={format='txt',string='hello'}}",
                "{verbatim_string={format='markdown',string='x'}}",
                "{verbatim_string={format='tx',string='x'}}",
                "{verbatim_string='x'}",
                "{verbatim_string={string='x'}}",
                "{verbatim_string={format='txt'}}",
                "{verbatim_string={format='txt',string=5}}",
            ])
            .into(),
        12 | 13 => {
            let fields: Vec<_> = (0..rng.below(2))
                .map(|_| {
                    format!(
                        "[{}]={}",
                        rng.pick(&["'a'", "1", "true", "'b'", "1.5", "{}"]),
                        reply(rng, depth - 1)
                    )
                })
                .collect();
            format!("{{map={{{}}}}}", fields.join(","))
        }
        14 => {
            let fields: Vec<_> = (0..rng.below(2))
                .map(|_| {
                    format!(
                        "[{}]={}",
                        rng.pick(&["'a'", "1", "false", "'b'"]),
                        rng.pick(&["true", "1", "false", "'x'"])
                    )
                })
                .collect();
            format!("{{set={{{}}}}}", fields.join(","))
        }
        15 => rng
            .pick(&[
                "{map=5}",
                "{set='x'}",
                "{map={},set={}}",
                "{ok='o',1,2}",
                "{err='e',ok='o',double=1}",
                "{map={a=1},double=2}",
                "{set={a=true},map={b=1}}",
                "{1,2,ok='o'}",
                "{null=1}",
                "{attributes={}}",
                "{len=3}",
            ])
            .into(),
        16 => format!(
            "setmetatable({{{}}},{{__index=function(_,k) return type(k)=='number' and k<4 and k or nil end}})",
            reply(rng, 0)
        ),
        17 => format!(
            "setmetatable({{}},{{__index={{{}='meta'}}}})",
            rng.pick(&["ok", "err", "double", "map"])
        ),
        _ => {
            let items: Vec<_> = (0..rng.below(6)).map(|_| reply(rng, depth - 1)).collect();
            format!(
                "{{{}{}}}",
                items.join(","),
                rng.pick(&["", "", ",x=1", ",[10]=1"])
                    .trim_start_matches(if items.is_empty() { ',' } else { '\n' })
            )
        }
    }
}

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("conversions");
    for at in 0..330 {
        let before = rng.pick(&["", "", "redis.setresp(3) ", "redis.setresp(2) "]);
        let value = reply(rng, if at % 3 == 0 { 1 } else { 3 });
        let several = rng.pick(&["", "", "", ", 2", ", nil"]);
        batch.script(&format!("{before}return {value}{several}"));
        batch.cases.last_mut().unwrap().resp3 = rng.percent(60);
    }
    // Each command's reply, as the script sees it and as the client gets it when the script hands it on.
    let filled = [
        "set s 12",
        "set f 1.5",
        "rpush l a b c",
        "sadd one m",
        "sadd ints 1 2 3",
        "hset h f v",
        "zadd z 1 a 2.5 b inf c",
        "xadd x 1-1 f v g w",
        "xgroup create x g 0",
        "set t x ex 1000",
        "pfadd p a b",
        "geoadd geo 13.361389 38.115556 P 15.087269 37.502669 C",
        "setbit bits 7 1",
    ];
    let calls = [
        "get s",
        "get none",
        "set k v",
        "set k v nx get",
        "incr s",
        "incrbyfloat f 1",
        "lrange l 0 -1",
        "lrange none 0 -1",
        "lpop l",
        "lpop none",
        "lpop l 2",
        "lpop none 2",
        "lpos l b",
        "lpos l q",
        "lmpop 1 l left",
        "lmpop 1 none left",
        "smembers one",
        "smembers ints",
        "smembers none",
        "sismember one m",
        "smismember one m q",
        "spop one",
        "spop none",
        "spop one 1",
        "srandmember one",
        "srandmember none 2",
        "hgetall h",
        "hgetall none",
        "hget h f",
        "hget h q",
        "hmget h f q",
        "hkeys h",
        "hvals h",
        "hrandfield h",
        "hrandfield h 1 withvalues",
        "hscan h 0",
        "zscore z b",
        "zscore z q",
        "zmscore z a q c",
        "zrange z 0 -1",
        "zrange z 0 -1 withscores",
        "zrangebyscore z 1 2 withscores limit 0 1",
        "zrank z a",
        "zrank z q",
        "zrank z b withscore",
        "zincrby z 1.5 a",
        "zadd z incr 1 a",
        "zadd z nx incr 1 a",
        "zpopmin z",
        "zpopmin none",
        "zpopmax z 2",
        "zmpop 1 z min",
        "zmpop 1 none min",
        "zrandmember none",
        "zunion 1 z withscores",
        "zscan z 0",
        "xrange x - +",
        "xread streams x 0",
        "xread streams x $",
        "xread block 0 streams x $",
        "xreadgroup group g c streams x >",
        "xinfo stream x",
        "xinfo groups x",
        "xpending x g",
        "xlen x",
        "xadd x * a b",
        "geopos geo P none",
        "geodist geo P C",
        "geodist geo P q",
        "geohash geo P",
        "geosearch geo fromlonlat 15 37 byradius 200 km withcoord withdist",
        "type s",
        "type none",
        "ttl s",
        "ttl none",
        "exists s none",
        "del s l",
        "object encoding s",
        "object help",
        "bitcount bits",
        "bitfield bits get u8 0",
        "bitfield bits overflow fail incrby u2 0 9",
        "pfcount p",
        "sort l alpha",
        "sort none",
        "blpop none 0",
        "blpop l 0",
        "brpop none l 0",
        "blmove none l left right 0",
        "blmpop 0 1 none left",
        "bzpopmin z 0",
        "bzpopmin none 0",
        "bzmpop 0 1 z max",
        "brpoplpush l l2 0",
        "wait 0 0",
        "echo x",
        "ping",
        "ping x",
        "dbsize",
        "config get maxmemory",
        "config get maxmemor?",
        "command count",
        "command getkeys get a",
        "command list filterby pattern xlen",
        "lcs s f",
        "lcs s f idx",
        "getrange s 0 0",
        "mget s none l",
        "substr s 0 0",
        "strlen s",
        "append s x",
        "setnx s x",
        "msetnx s 1 n 2",
        "getdel s",
        "getex s",
        "randomkey",
        "rename none k",
        "renamenx s f",
        "copy s s2",
        "touch s f",
        "unlink s",
        "persist t",
        "expire s 10",
        "expire s -1",
        "pexpire none 1",
        "expiretime s",
        "keys none*",
        "scan 0 match none*",
        "select 1",
        "swapdb 0 1",
        "move s 1",
        "flushdb",
        "publish ch m",
        "spublish ch m",
        "pubsub channels",
        "pubsub numsub ch",
        "client id",
        "client getname",
        "client setname x",
        "client no-evict on",
        "script exists abc",
        "function list",
        "function stats",
        "memory usage s",
        "memory doctor",
        "memory help",
        "latency latest",
        "acl whoami",
        "acl cat nosuch",
        "hello 3",
        "reset",
        "role",
        "time",
        "lolwut",
        "info nosuch",
        "hexpire h 10 fields 1 f",
        "httl h fields 1 f q",
        "hgetex h fields 1 f",
        "hsetex h fields 1 f v",
        "set s 1 ifeq 12",
        "delifeq s 12",
        "delifeq s 13",
        "dump none",
        "restore k 0 x",
        "object freq s",
        "object idletime none",
        "xautoclaim x g c 0 0",
        "xclaim x g c 0 1-1",
        "xack x g 1-1",
        "xtrim x maxlen 0",
        "xdel x 1-1",
        "xsetid x 9-9",
        "xgroup createconsumer x g c",
        "xgroup delconsumer x g c",
        "zdiff 2 z none withscores",
        "zinter 1 z",
        "zintercard 1 z",
        "zlexcount z - +",
        "zcount z -inf +inf",
        "zremrangebyrank z 0 0",
        "zrangestore d z 0 -1",
        "sunionstore d one ints",
        "sdiff one ints",
        "sintercard 2 one ints",
        "smove one ints m",
        "srem one m",
        "lset l 0 z",
        "lset l 99 z",
        "lset none 0 z",
        "lrem l 0 a",
        "linsert l before b x",
        "linsert l before q x",
        "ltrim l 1 1",
        "lindex l 0",
        "lindex l 99",
        "llen l",
        "llen s",
        "rpoplpush l l",
        "lmove l l left left",
        "hincrby h n 1",
        "hincrbyfloat h f 1",
        "hincrbyfloat h n 1.5",
        "hstrlen h f",
        "hexists h f",
        "hsetnx h f v",
        "hdel h f",
        "hlen h",
    ];
    /// What 7.0 does not take, or answers in another order or with other texts.
    const YOUNGER: &[&str] = &[
        "zrank z b withscore",
        "object help",
        "memory help",
        "lcs s f idx",
        "set s 1 ifeq",
    ];
    for call in calls {
        let from = batch.cases.len();
        let words = call
            .split(' ')
            .map(|w| format!("'{w}'"))
            .collect::<Vec<_>>()
            .join(",");
        let mut fill: Vec<Vec<String>> = filled
            .iter()
            .map(|line| line.split(' ').map(String::from).collect())
            .collect();
        let chance = [
            "spop",
            "srandmember",
            "randomkey",
            "xadd x *",
            "lolwut",
            "time",
            "role",
            "client id",
            "command count",
            "memory usage",
            "object idletime",
            "scan 0",
        ]
        .iter()
        .any(|c| call.starts_with(c));
        let clocks = [
            "xinfo",
            "xpending",
            "expiretime",
            "memory doctor",
            "hello",
            "xreadgroup",
            "pexpire none",
        ]
        .iter()
        .any(|c| call.starts_with(c));
        let mut all = fill.clone();
        all.push(vec![
            "EVAL".into(),
            format!(
                "{DEEP}local r=redis.pcall({words}) return {}",
                if chance || clocks { "type(r)" } else { "D(r)" }
            ),
            "0".into(),
        ]);
        batch.commands(&all);
        let mut all = fill.clone();
        all.push(vec![
            "EVAL".into(),
            format!(
                "{DEEP}redis.setresp(3) local r=redis.pcall({words}) return {}",
                if chance || clocks { "type(r)" } else { "D(r)" }
            ),
            "0".into(),
        ]);
        batch.commands(&all);
        if !(chance || clocks) {
            fill.push(vec![
                "EVAL".into(),
                format!(
                    "redis.setresp({}) return redis.call({words})",
                    rng.pick(&["2", "3"])
                ),
                "0".into(),
            ]);
            let resp3 = rng.percent(50);
            batch.commands(&fill).resp3 = resp3;
        }
        let younger = YOUNGER.iter().any(|y| call.starts_with(y));
        batch.cases[from..]
            .iter_mut()
            .for_each(|case| case.newer = younger);
    }
    batch.cases
}
