//! Every command from inside a script, by every way to call it, in scripts that may write and that may not.

use keyglass::command::{all, spec::Spec};

use super::Batch;
use crate::case::Case;
use crate::rng::Rng;

/// Commands whose replies depend on the machine or the moment, or that would end or slow the real server.
const LEFT_OUT: &[&str] = &[
    "shutdown",
    "debug",
    "info",
    "time",
    "lolwut",
    "role",
    "lastsave",
    "randomkey",
    "monitor",
    "psync",
    "sync",
    "replicaof",
    "slaveof",
    "failover",
    "save",
    "bgsave",
    "bgrewriteaof",
    "command",
    "keys",
    "hello",
    "wait",
    "waitaof",
    "delex",
    "digest",
    "xackdel",
    "xdelex",
];

/// Commands that read their arguments otherwise since 7.0.
const YOUNGER: &[&str] = &[
    "bitcount", "bitpos", "xsetid", "hscan", "zrank", "zrevrank", "script",
];

pub fn cases(rng: &mut Rng) -> Vec<Case> {
    let mut batch = Batch::new("calls");
    let mut specs: Vec<&Spec> = all().collect();
    specs.sort_by_key(|spec| spec.name);
    specs.retain(|spec| !LEFT_OUT.contains(&spec.name));
    let heads = ["EVAL", "EVAL_RO"];
    let flags = [
        "",
        "#!lua\n",
        "#!lua flags=no-writes\n",
        "#!lua flags=allow-oom,allow-stale\n",
        "#!lua flags=allow-cross-slot-keys\n",
        "#!lua flags=no-cluster\n",
    ];
    for spec in specs {
        let name = spec.name;
        let sub = spec
            .subcommands
            .first()
            .map(|sub| format!(", '{}'", sub.name))
            .unwrap_or_default();
        // As many arguments as it asks for, more or fewer.
        let least = usize::from(spec.arity.unsigned_abs() as u16).saturating_sub(1);
        let right: String = (0..least)
            .map(|at| format!(", '{}'", ["k", "1", "v", "2"][at % 4]))
            .collect();
        let mut call = |args: &str, how: &str, rng: &mut Rng| {
            let script = format!("{}{}", rng.pick(&flags), how.replace("ARGS", args));
            batch.commands(&[vec![rng.pick(&heads).into(), script, "0".into()]]);
        };
        call(&format!("'{name}'"), "return redis.call(ARGS)", rng);
        call(&format!("'{name}'{right}"), "return redis.call(ARGS)", rng);
        call(
            &format!("'{}'{sub}{right}", name.to_ascii_uppercase()),
            "return redis.pcall(ARGS)",
            rng,
        );
        let how = rng.pick(&[
            "local r = redis.pcall(ARGS)\nif type(r) == 'table' and r.err then return {r.err, r.source, r.line, tostring(r.ignore_error_stats_update)} end\nreturn 'passed'",
            "local ok, e = pcall(redis.call, ARGS)\nreturn type(e) == 'table' and {tostring(ok), e.err, e.source, e.line} or tostring(e)",
            "local ok, e = pcall(function()\n return redis.call(ARGS) end)\nif ok then return 'passed' end\nerror(e)",
            "local r = redis.pcall(ARGS)\nif type(r) == 'table' and r.err then error(r) end return 'passed'",
        ]);
        call(&format!("'{name}'{sub}{right}, 'extra'"), how, rng);
        let younger = YOUNGER.contains(&name);
        batch
            .cases
            .iter_mut()
            .rev()
            .take(4)
            .for_each(|case| case.newer = younger);
    }
    batch.cases
}
