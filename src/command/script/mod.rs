//! Scripts and functions: their first lines, their keeping, and how the commands that they call run.

mod call;
mod eval;
mod function;
mod keep;
#[cfg(test)]
mod tests;

use super::spec::*;
pub(super) use call::call;
pub(super) use eval::flags;

const GROUP: &str = "scripting";
const SLOW: &[&str] = &["slow", "scripting"];
const WRITE_SLOW: &[&str] = &["write", "slow", "scripting"];
/// What all commands that run something have.
const RUNS: u32 = NOSCRIPT | STALE | SKIP_MONITOR | NO_MANDATORY_KEYS | MOVABLEKEYS;

const fn keys(notes: Option<&'static str>, flags: &'static [&'static str]) -> KeySpec {
    KeySpec {
        notes,
        flags,
        begin: Begin::Index(2),
        find: Find::KeyNum {
            index: 0,
            first: 1,
            step: 1,
        },
    }
}

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "eval",
        arity: -3,
        flags: RUNS | MAY_REPLICATE,
        categories: SLOW,
        group: GROUP,
        since: "2.6.0",
        complexity: "Depends on the script that is executed.",
        summary: "Runs a Lua script, with nothing in between.",
        keys: &[keys(
            Some("We cannot tell how the keys will be used so we assume the worst, RW and UPDATE"),
            &["RW", "access", "update"],
        )],
        args: &[
            string("script"),
            integer("numkeys"),
            key("key").optional().multiple(),
            string("arg").optional().multiple(),
        ],
        handler: Some(eval::eval),
        ..Row::NEW
    },
    Row {
        name: "eval_ro",
        arity: -3,
        flags: RUNS | READONLY,
        categories: SLOW,
        group: GROUP,
        since: "7.0.0",
        complexity: "Depends on the script that is executed.",
        summary: "Runs a Lua script that may only read.",
        keys: &[keys(
            Some("We cannot tell how the keys will be used so we assume the worst, RO and ACCESS"),
            &["RO", "access"],
        )],
        args: &[
            string("script"),
            integer("numkeys"),
            key("key").optional().multiple(),
            string("arg").optional().multiple(),
        ],
        handler: Some(eval::eval_ro),
        ..Row::NEW
    },
    Row {
        name: "evalsha",
        arity: -3,
        flags: RUNS | MAY_REPLICATE,
        categories: SLOW,
        group: GROUP,
        since: "2.6.0",
        complexity: "Depends on the script that is executed.",
        summary: "Runs a Lua script that the server knows, by its SHA-1.",
        keys: &[keys(None, &["RW", "access", "update"])],
        args: &[
            string("sha1"),
            integer("numkeys"),
            key("key").optional().multiple(),
            string("arg").optional().multiple(),
        ],
        handler: Some(eval::evalsha),
        ..Row::NEW
    },
    Row {
        name: "evalsha_ro",
        arity: -3,
        flags: RUNS | READONLY,
        categories: SLOW,
        group: GROUP,
        since: "7.0.0",
        complexity: "Depends on the script that is executed.",
        summary: "Runs a Lua script that the server knows and that may only read, by its SHA-1.",
        keys: &[keys(None, &["RO", "access"])],
        args: &[
            string("sha1"),
            integer("numkeys"),
            key("key").optional().multiple(),
            string("arg").optional().multiple(),
        ],
        handler: Some(eval::evalsha_ro),
        ..Row::NEW
    },
    Row {
        name: "fcall",
        arity: -3,
        flags: RUNS | MAY_REPLICATE,
        categories: SLOW,
        group: GROUP,
        since: "7.0.0",
        complexity: "Depends on the function that is executed.",
        summary: "Runs a function of a library.",
        keys: &[keys(
            Some("We cannot tell how the keys will be used so we assume the worst, RW and UPDATE"),
            &["RW", "access", "update"],
        )],
        args: &[
            string("function"),
            integer("numkeys"),
            key("key").optional().multiple(),
            string("arg").optional().multiple(),
        ],
        handler: Some(function::fcall),
        ..Row::NEW
    },
    Row {
        name: "fcall_ro",
        arity: -3,
        flags: RUNS | READONLY,
        categories: SLOW,
        group: GROUP,
        since: "7.0.0",
        complexity: "Depends on the function that is executed.",
        summary: "Runs a function that may only read.",
        keys: &[keys(
            Some("We cannot tell how the keys will be used so we assume the worst, RO and ACCESS"),
            &["RO", "access"],
        )],
        args: &[
            string("function"),
            integer("numkeys"),
            key("key").optional().multiple(),
            string("arg").optional().multiple(),
        ],
        handler: Some(function::fcall_ro),
        ..Row::NEW
    },
    Row {
        name: "function",
        arity: -2,
        categories: &["slow"],
        group: GROUP,
        since: "7.0.0",
        complexity: "Depends on subcommand.",
        summary: "Commands about functions and their libraries.",
        subcommands: &[
            Row {
                name: "delete",
                arity: 3,
                flags: WRITE | NOSCRIPT,
                categories: WRITE_SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(1)",
                summary: "Takes a library and its functions away.",
                tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
                args: &[string("library-name")],
                handler: Some(function::delete),
                ..Row::NEW
            },
            Row {
                name: "dump",
                arity: 2,
                flags: NOSCRIPT,
                categories: SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(N) where N is the number of functions",
                summary: "Answers all libraries as one payload, for FUNCTION RESTORE.",
                handler: Some(function::dump),
                ..Row::NEW
            },
            Row {
                name: "flush",
                arity: -2,
                flags: WRITE | NOSCRIPT,
                categories: WRITE_SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(N) where N is the number of functions deleted",
                summary: "Takes all libraries away.",
                tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
                args: &[one_of(
                    "flush-type",
                    &[flag("async", "ASYNC"), flag("sync", "SYNC")],
                )
                .optional()],
                handler: Some(function::flush),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(function::help),
                ..Row::NEW
            },
            Row {
                name: "kill",
                arity: 2,
                flags: NOSCRIPT | ALLOW_BUSY,
                categories: SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(1)",
                summary: "Ends the function that runs.",
                tips: &["request_policy:all_shards", "response_policy:one_succeeded"],
                handler: Some(function::kill),
                ..Row::NEW
            },
            Row {
                name: "list",
                arity: -2,
                flags: NOSCRIPT,
                categories: SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(N) where N is the number of functions",
                summary: "Lists the libraries and their functions.",
                tips: &["nondeterministic_output_order"],
                args: &[
                    string("library-name-pattern")
                        .token("LIBRARYNAME")
                        .optional(),
                    flag("withcode", "WITHCODE").optional(),
                ],
                handler: Some(function::list),
                ..Row::NEW
            },
            Row {
                name: "load",
                arity: -3,
                flags: WRITE | DENYOOM | NOSCRIPT,
                categories: WRITE_SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(1) (considering compilation time is redundant)",
                summary: "Makes a library from its code.",
                tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
                args: &[
                    flag("replace", "REPLACE").optional(),
                    string("function-code"),
                ],
                handler: Some(function::load),
                ..Row::NEW
            },
            Row {
                name: "restore",
                arity: -3,
                flags: WRITE | DENYOOM | NOSCRIPT,
                categories: WRITE_SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(N) where N is the number of functions on the payload",
                summary: "Makes the libraries of a payload of FUNCTION DUMP.",
                tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
                args: &[
                    string("serialized-value"),
                    one_of(
                        "policy",
                        &[
                            flag("flush", "FLUSH"),
                            flag("append", "APPEND"),
                            flag("replace", "REPLACE"),
                        ],
                    )
                    .optional(),
                ],
                handler: Some(function::restore),
                ..Row::NEW
            },
            Row {
                name: "stats",
                arity: 2,
                flags: NOSCRIPT | ALLOW_BUSY,
                categories: SLOW,
                group: GROUP,
                since: "7.0.0",
                complexity: "O(1)",
                summary: "Tells which function runs, and how many there are.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_shards",
                    "response_policy:special",
                ],
                handler: Some(function::stats),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "script",
        arity: -2,
        categories: &["slow"],
        group: GROUP,
        since: "2.6.0",
        complexity: "Depends on subcommand.",
        summary: "Commands about the scripts that the server knows.",
        subcommands: &[
            Row {
                name: "debug",
                arity: -3,
                flags: NOSCRIPT,
                categories: SLOW,
                group: GROUP,
                since: "3.2.0",
                complexity: "O(1)",
                summary: "Would have the next scripts run under a debugger.",
                args: &[
                    one_of(
                        "mode",
                        &[flag("yes", "YES"), flag("sync", "SYNC"), flag("no", "NO")],
                    ),
                    string("engine").optional().since("9.1.0"),
                ],
                missing: &["`YES`", "`SYNC`"],
                handler: Some(keep::debug),
                ..Row::NEW
            },
            Row {
                name: "exists",
                arity: -3,
                flags: NOSCRIPT | STALE,
                categories: SLOW,
                group: GROUP,
                since: "2.6.0",
                complexity: "O(N) with N being the number of scripts to check (so checking a single script is an O(1) operation).",
                summary: "Tells which scripts the server knows.",
                tips: &[
                    "request_policy:all_shards",
                    "response_policy:agg_logical_and",
                ],
                args: &[string("sha1").multiple()],
                handler: Some(keep::exists),
                ..Row::NEW
            },
            Row {
                name: "flush",
                arity: -2,
                flags: NOSCRIPT | STALE,
                categories: SLOW,
                group: GROUP,
                since: "2.6.0",
                complexity: "O(N) with N being the number of scripts in cache",
                summary: "Forgets all scripts.",
                history: &[(
                    "6.2.0",
                    "Added the `ASYNC` and `SYNC` flushing mode modifiers.",
                )],
                tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
                args: &[one_of(
                    "flush-type",
                    &[flag("async", "ASYNC"), flag("sync", "SYNC")],
                )
                .optional()
                .since("6.2.0")],
                handler: Some(keep::flush),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: SLOW,
                group: GROUP,
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(keep::help),
                ..Row::NEW
            },
            Row {
                name: "kill",
                arity: 2,
                flags: NOSCRIPT | ALLOW_BUSY,
                categories: SLOW,
                group: GROUP,
                since: "2.6.0",
                complexity: "O(1)",
                summary: "Ends the script that runs.",
                tips: &["request_policy:all_shards", "response_policy:one_succeeded"],
                handler: Some(keep::kill),
                ..Row::NEW
            },
            Row {
                name: "load",
                arity: 3,
                flags: NOSCRIPT | STALE,
                categories: SLOW,
                group: GROUP,
                since: "2.6.0",
                complexity: "O(N) with N being the length in bytes of the script body.",
                summary: "Keeps a script for EVALSHA, and answers its SHA-1.",
                tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
                args: &[string("script")],
                handler: Some(keep::load),
                ..Row::NEW
            },
            Row {
                name: "show",
                arity: 3,
                flags: NOSCRIPT | STALE,
                categories: SLOW,
                group: GROUP,
                since: "8.0.0",
                complexity: "O(1).",
                summary: "Answers a script that the server knows.",
                args: &[string("sha1")],
                handler: Some(keep::show),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
];
