//! What keeps a server: settings, statistics, memory, tests; and what a lone server answers about
//! replicas, clusters and disks.

mod debug;
mod info;
pub mod log;
mod lone;
mod memory;
#[cfg(test)]
mod tests;

use super::spec::*;
use debug::*;
use info::*;
use log::*;
use lone::*;
use memory::*;

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "acl",
        arity: -2,
        categories: &["slow"],
        group: "server",
        since: "6.0.0",
        complexity: "Depends on subcommand.",
        summary: "Commands about users and what they may do.",
        subcommands: &[
            Row {
                name: "cat",
                arity: -2,
                flags: NOSCRIPT | LOADING | STALE,
                categories: &["slow"],
                group: "server",
                since: "6.0.0",
                complexity: "O(1) since the categories and commands are a fixed set.",
                summary: "Lists the categories, or the commands of one.",
                args: &[string("category").optional()],
                handler: Some(acl_cat),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "server",
                since: "6.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(acl_help),
                ..Row::NEW
            },
            Row {
                name: "list",
                arity: 2,
                flags: ADMIN | NOSCRIPT | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "6.0.0",
                complexity: "O(N). Where N is the number of configured users.",
                summary: "Lists the users with what they may do.",
                handler: Some(acl_list),
                ..Row::NEW
            },
            Row {
                name: "users",
                arity: 2,
                flags: ADMIN | NOSCRIPT | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "6.0.0",
                complexity: "O(N). Where N is the number of configured users.",
                summary: "Lists the users.",
                handler: Some(acl_users),
                ..Row::NEW
            },
            Row {
                name: "whoami",
                arity: 2,
                flags: NOSCRIPT | LOADING | STALE,
                categories: &["slow"],
                group: "server",
                since: "6.0.0",
                complexity: "O(1)",
                summary: "Answers the connection's user.",
                handler: Some(acl_whoami),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "asking",
        arity: 1,
        flags: FAST,
        categories: &["fast", "connection"],
        group: "cluster",
        since: "3.0.0",
        complexity: "O(1)",
        summary: "Allows a redirected command once; needs a cluster.",
        handler: Some(asking),
        ..Row::NEW
    },
    Row {
        name: "bgrewriteaof",
        arity: 1,
        flags: ADMIN | NOSCRIPT | NO_ASYNC_LOADING,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Rewrites the log of changes; refused, since nothing is kept on disk.",
        handler: Some(bgrewriteaof),
        ..Row::NEW
    },
    Row {
        name: "bgsave",
        arity: -1,
        flags: ADMIN | NOSCRIPT | NO_ASYNC_LOADING,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Saves the data in the background; refused, since nothing is kept on disk.",
        history: &[
            ("3.2.2", "Added the `SCHEDULE` option."),
            ("8.1.0", "Added the `CANCEL` option."),
        ],
        args: &[one_of(
            "operation",
            &[
                flag("schedule", "SCHEDULE").since("3.2.2"),
                flag("cancel", "CANCEL").since("8.1.0"),
            ],
        )
        .optional()],
        handler: Some(bgsave),
        ..Row::NEW
    },
    Row {
        name: "commandlog",
        arity: -2,
        categories: &["slow"],
        group: "server",
        since: "8.1.0",
        complexity: "Depends on subcommand.",
        summary: "Commands about the log of slow and large commands.",
        subcommands: &[
            Row {
                name: "get",
                arity: 4,
                flags: ADMIN | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "8.1.0",
                complexity: "O(N) where N is the number of entries returned",
                summary: "Answers the commands that were slow or large.",
                tips: &["request_policy:all_nodes", "nondeterministic_output"],
                args: &[
                    integer("count"),
                    one_of(
                        "type",
                        &[
                            flag("slow", "SLOW"),
                            flag("large-request", "LARGE-REQUEST"),
                            flag("large-reply", "LARGE-REPLY"),
                        ],
                    ),
                ],
                handler: Some(commandlog_get),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "server",
                since: "8.1.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(commandlog_help),
                ..Row::NEW
            },
            Row {
                name: "len",
                arity: 3,
                flags: ADMIN | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "8.1.0",
                complexity: "O(1)",
                summary: "Answers how many there are.",
                tips: &[
                    "request_policy:all_nodes",
                    "response_policy:agg_sum",
                    "nondeterministic_output",
                ],
                args: &[one_of(
                    "type",
                    &[
                        flag("slow", "SLOW"),
                        flag("large-request", "LARGE-REQUEST"),
                        flag("large-reply", "LARGE-REPLY"),
                    ],
                )],
                handler: Some(commandlog_len),
                ..Row::NEW
            },
            Row {
                name: "reset",
                arity: 3,
                flags: ADMIN | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "8.1.0",
                complexity: "O(N) where N is the number of entries in the commandlog",
                summary: "Empties the log.",
                tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
                args: &[one_of(
                    "type",
                    &[
                        flag("slow", "SLOW"),
                        flag("large-request", "LARGE-REQUEST"),
                        flag("large-reply", "LARGE-REPLY"),
                    ],
                )],
                handler: Some(commandlog_reset),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "debug",
        arity: -2,
        flags: ADMIN | NOSCRIPT | LOADING | STALE,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "Depends on subcommand.",
        summary: "Commands for tests of the server itself.",
        doc_flags: &["syscmd"],
        handler: Some(debug),
        ..Row::NEW
    },
    Row {
        name: "failover",
        arity: -1,
        flags: ADMIN | NOSCRIPT | STALE,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "6.2.0",
        complexity: "O(1)",
        summary: "Hands the part of primary over; there is nobody to take it.",
        args: &[
            block(
                "target",
                &[
                    string("host"),
                    integer("port"),
                    flag("force", "FORCE").optional(),
                ],
            )
            .token("TO")
            .optional(),
            flag("abort", "ABORT").optional(),
            integer("milliseconds").token("TIMEOUT").optional(),
        ],
        handler: Some(failover),
        ..Row::NEW
    },
    Row {
        name: "info",
        arity: -1,
        flags: LOADING | STALE,
        categories: &["slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Answers what the server says of itself.",
        history: &[(
            "7.0.0",
            "Added support for taking multiple section arguments.",
        )],
        tips: &[
            "nondeterministic_output",
            "request_policy:all_shards",
            "response_policy:special",
        ],
        args: &[string("section").optional().multiple()],
        handler: Some(info),
        ..Row::NEW
    },
    Row {
        name: "lastsave",
        arity: 1,
        flags: LOADING | STALE | FAST,
        categories: &["admin", "fast", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Answers when the data were last saved: when the server began.",
        tips: &["nondeterministic_output"],
        handler: Some(lastsave),
        ..Row::NEW
    },
    Row {
        name: "latency",
        arity: -2,
        categories: &["slow"],
        group: "server",
        since: "2.8.13",
        complexity: "Depends on subcommand.",
        summary: "Commands about events that took long.",
        subcommands: &[
            Row {
                name: "doctor",
                arity: 2,
                flags: ADMIN | NOSCRIPT | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "2.8.13",
                complexity: "O(1)",
                summary: "Answers a report about latency.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_nodes",
                    "response_policy:special",
                ],
                handler: Some(latency_doctor),
                ..Row::NEW
            },
            Row {
                name: "graph",
                arity: 3,
                flags: ADMIN | NOSCRIPT | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "2.8.13",
                complexity: "O(1)",
                summary: "Draws an event's latency.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_nodes",
                    "response_policy:special",
                ],
                args: &[string("event")],
                handler: Some(latency_graph),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "server",
                since: "2.8.13",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(latency_help),
                ..Row::NEW
            },
            Row {
                name: "histogram",
                arity: -2,
                flags: ADMIN | NOSCRIPT | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "7.0.0",
                complexity: "O(N) where N is the number of commands with latency information being retrieved.",
                summary: "Answers how often commands took how long.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_nodes",
                    "response_policy:special",
                ],
                args: &[string("command").optional().multiple()],
                handler: Some(latency_histogram),
                ..Row::NEW
            },
            Row {
                name: "history",
                arity: 3,
                flags: ADMIN | NOSCRIPT | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "2.8.13",
                complexity: "O(1)",
                summary: "Answers an event's latency over time.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_nodes",
                    "response_policy:special",
                ],
                args: &[string("event")],
                handler: Some(latency_history),
                ..Row::NEW
            },
            Row {
                name: "latest",
                arity: 2,
                flags: ADMIN | NOSCRIPT | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "2.8.13",
                complexity: "O(1)",
                summary: "Answers the latest latency of each event.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_nodes",
                    "response_policy:special",
                ],
                handler: Some(latency_latest),
                ..Row::NEW
            },
            Row {
                name: "reset",
                arity: -2,
                flags: ADMIN | NOSCRIPT | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "2.8.13",
                complexity: "O(1)",
                summary: "Forgets what was measured.",
                tips: &["request_policy:all_nodes", "response_policy:agg_sum"],
                args: &[string("event").optional().multiple()],
                handler: Some(latency_reset),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "lolwut",
        arity: -1,
        flags: READONLY | FAST,
        categories: &["read", "fast"],
        group: "server",
        since: "5.0.0",
        summary: "Draws a picture, and answers the version.",
        args: &[integer("version").token("VERSION").optional()],
        handler: Some(lolwut),
        ..Row::NEW
    },
    Row {
        name: "memory",
        arity: -2,
        categories: &["slow"],
        group: "server",
        since: "4.0.0",
        complexity: "Depends on subcommand.",
        summary: "Commands about memory.",
        subcommands: &[
            Row {
                name: "doctor",
                arity: 2,
                categories: &["slow"],
                group: "server",
                since: "4.0.0",
                complexity: "O(1)",
                summary: "Answers what the server thinks of its memory.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_shards",
                    "response_policy:special",
                ],
                handler: Some(memory_doctor),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "server",
                since: "4.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(memory_help),
                ..Row::NEW
            },
            Row {
                name: "malloc-stats",
                arity: 2,
                flags: LOADING,
                categories: &["slow"],
                group: "server",
                since: "4.0.0",
                complexity: "Depends on how much memory is allocated, could be slow",
                summary: "Answers what the allocator says of itself.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_shards",
                    "response_policy:special",
                ],
                handler: Some(memory_malloc_stats),
                ..Row::NEW
            },
            Row {
                name: "purge",
                arity: 2,
                flags: LOADING,
                categories: &["slow"],
                group: "server",
                since: "4.0.0",
                complexity: "Depends on how much memory is allocated, could be slow",
                summary: "Asks the allocator to give back what it does not need.",
                tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
                handler: Some(memory_purge),
                ..Row::NEW
            },
            Row {
                name: "stats",
                arity: 2,
                categories: &["slow"],
                group: "server",
                since: "4.0.0",
                complexity: "O(1)",
                summary: "Answers where memory goes.",
                tips: &[
                    "nondeterministic_output",
                    "request_policy:all_shards",
                    "response_policy:special",
                ],
                handler: Some(memory_stats),
                ..Row::NEW
            },
            Row {
                name: "usage",
                arity: -3,
                flags: READONLY,
                categories: &["read", "slow"],
                group: "server",
                since: "4.0.0",
                complexity: "O(N) where N is the number of samples.",
                summary: "Answers how many bytes a key and its value take, estimated.",
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RO"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[key("key"), integer("count").token("SAMPLES").optional()],
                handler: Some(memory_usage),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "module",
        arity: -2,
        categories: &["slow"],
        group: "server",
        since: "4.0.0",
        complexity: "Depends on subcommand.",
        summary: "Commands about modules; there are none.",
        subcommands: &[
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "server",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(module_help),
                ..Row::NEW
            },
            Row {
                name: "list",
                arity: 2,
                flags: ADMIN | NOSCRIPT,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "4.0.0",
                complexity: "O(N) where N is the number of loaded modules.",
                summary: "Lists the modules.",
                tips: &["nondeterministic_output_order"],
                handler: Some(module_list),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "monitor",
        arity: 1,
        flags: ADMIN | NOSCRIPT | LOADING | STALE,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        summary: "Shows every command that the server runs.",
        handler: Some(monitor),
        ..Row::NEW
    },
    Row {
        name: "readonly",
        arity: 1,
        flags: LOADING | STALE | FAST,
        categories: &["fast", "connection"],
        group: "cluster",
        since: "3.0.0",
        complexity: "O(1)",
        summary: "Allows reads from replicas of a cluster.",
        handler: Some(readonly),
        ..Row::NEW
    },
    Row {
        name: "readwrite",
        arity: 1,
        flags: LOADING | STALE | FAST,
        categories: &["fast", "connection"],
        group: "cluster",
        since: "3.0.0",
        complexity: "O(1)",
        summary: "Takes READONLY back.",
        handler: Some(readwrite),
        ..Row::NEW
    },
    Row {
        name: "replicaof",
        arity: 3,
        flags: ADMIN | NOSCRIPT | STALE | NO_ASYNC_LOADING,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "5.0.0",
        complexity: "O(1)",
        summary: "Makes the server a replica; it stays alone here.",
        args: &[one_of(
            "args",
            &[
                block("host-port", &[string("host"), integer("port")]),
                block("no-one", &[flag("no", "NO"), flag("one", "ONE")]),
            ],
        )],
        handler: Some(replicaof),
        ..Row::NEW
    },
    Row {
        name: "role",
        arity: 1,
        flags: NOSCRIPT | LOADING | STALE | FAST,
        categories: &["admin", "fast", "dangerous"],
        group: "server",
        since: "2.8.12",
        complexity: "O(1)",
        summary: "Answers which part the server has in a replication.",
        handler: Some(role),
        ..Row::NEW
    },
    Row {
        name: "save",
        arity: 1,
        flags: ADMIN | NOSCRIPT | NO_ASYNC_LOADING | NO_MULTI,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(N) where N is the total number of keys in all databases",
        summary: "Saves the data; refused, since nothing is kept on disk.",
        handler: Some(save),
        ..Row::NEW
    },
    Row {
        name: "shutdown",
        arity: -1,
        flags: ADMIN | NOSCRIPT | LOADING | STALE | NO_MULTI | ALLOW_BUSY,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(N) when saving, where N is the total number of keys in all databases when saving data, otherwise O(1)",
        summary: "Ends the server, where it has a port of its own.",
        history: &[
            ("7.0.0", "Added the `NOW`, `FORCE` and `ABORT` modifiers."),
            ("9.0.0", "Added the `SAFE` and `FAILOVER` modifiers."),
        ],
        args: &[one_of(
            "abort-selector",
            &[
                block(
                    "save-selector-block",
                    &[
                        one_of(
                            "save-selector",
                            &[flag("nosave", "NOSAVE"), flag("save", "SAVE")],
                        )
                        .optional(),
                        flag("now", "NOW").since("7.0.0").optional(),
                        flag("force", "FORCE").since("7.0.0").optional(),
                        flag("safe", "SAFE").since("9.0.0").optional(),
                        flag("failover", "FAILOVER").since("9.0.0").optional(),
                    ],
                ),
                flag("abort", "ABORT").since("7.0.0"),
            ],
        )
        .optional()],
        handler: Some(shutdown),
        ..Row::NEW
    },
    Row {
        name: "slaveof",
        arity: 3,
        flags: ADMIN | NOSCRIPT | STALE | NO_ASYNC_LOADING,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "An older name of REPLICAOF.",
        doc_flags: &["deprecated"],
        deprecated_since: Some("5.0.0"),
        replaced_by: Some("`REPLICAOF`"),
        args: &[one_of(
            "args",
            &[
                block("host-port", &[string("host"), integer("port")]),
                block("no-one", &[flag("no", "NO"), flag("one", "ONE")]),
            ],
        )],
        handler: Some(slaveof),
        ..Row::NEW
    },
    Row {
        name: "slowlog",
        arity: -2,
        categories: &["slow"],
        group: "server",
        since: "2.2.12",
        complexity: "Depends on subcommand.",
        summary: "Commands about commands that took long.",
        subcommands: &[
            Row {
                name: "get",
                arity: -2,
                flags: ADMIN | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "2.2.12",
                complexity: "O(N) where N is the number of entries returned",
                summary: "Answers the commands that took longest of late.",
                history: &[(
                    "4.0.0",
                    "Added client IP address, port and name to the reply.",
                )],
                tips: &["request_policy:all_nodes", "nondeterministic_output"],
                args: &[integer("count").optional()],
                handler: Some(slowlog_get),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "server",
                since: "6.2.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(slowlog_help),
                ..Row::NEW
            },
            Row {
                name: "len",
                arity: 2,
                flags: ADMIN | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "2.2.12",
                complexity: "O(1)",
                summary: "Answers how many commands the log holds.",
                tips: &[
                    "request_policy:all_nodes",
                    "response_policy:agg_sum",
                    "nondeterministic_output",
                ],
                handler: Some(slowlog_len),
                ..Row::NEW
            },
            Row {
                name: "reset",
                arity: 2,
                flags: ADMIN | LOADING | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "server",
                since: "2.2.12",
                complexity: "O(N) where N is the number of entries in the slowlog",
                summary: "Empties the log.",
                tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
                handler: Some(slowlog_reset),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
];
