//! Commands on keys of any type: deleting, naming, listing, and when they expire.

mod across;
mod dump;
pub(super) mod expire;
pub mod object;
pub(super) mod scan;
mod sort;
#[cfg(test)]
mod tests;

use super::spec::*;
use crate::ds::bytes::Bytes;
use crate::engine::args::Args;
use crate::engine::db::Entry;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::view::Kind;
use crate::engine::{Ctx, DATABASES};
use across::{copy, move_key, rename, renamenx, swapdb, wait, waitaof};
use dump::{dump, restore};
use expire::{expire, expireat, expiretime, persist, pexpire, pexpireat, pexpiretime, pttl, ttl};
use object::*;
use scan::{keys, scan};
use sort::{sort, sort_ro};

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "copy",
        arity: -3,
        flags: WRITE | DENYOOM,
        categories: &["keyspace", "write", "slow"],
        group: "generic",
        since: "6.2.0",
        complexity: "O(N) worst case for collections, where N is the number of nested items. O(1) for string values.",
        summary: "Copies a key, with its deadline, to another name or database.",
        keys: &[
            KeySpec::first(&["RO", "access"]),
            KeySpec {
                notes: None,
                flags: &["OW", "update"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("source"),
            key("destination").key_spec(1),
            integer("destination-db").token("DB").optional(),
            flag("replace", "REPLACE").optional(),
        ],
        handler: Some(copy),
        ..Row::NEW
    },
    Row {
        name: "dbsize",
        arity: 1,
        flags: READONLY | FAST,
        categories: &["keyspace", "read", "fast"],
        group: "server",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Answers how many keys the database has.",
        tips: &["request_policy:all_shards", "response_policy:agg_sum"],
        handler: Some(dbsize),
        ..Row::NEW
    },
    Row {
        name: "del",
        arity: -2,
        flags: WRITE,
        categories: &["keyspace", "write", "slow"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).",
        summary: "Deletes keys; answers how many there were.",
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        keys: &[KeySpec {
            notes: None,
            flags: &["RM", "delete"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple()],
        handler: Some(del),
        ..Row::NEW
    },
    Row {
        name: "dump",
        arity: 2,
        flags: READONLY,
        categories: &["keyspace", "read", "slow"],
        group: "generic",
        since: "2.6.0",
        complexity: "O(1) to access the key and additional O(N*M) to serialize it, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1).",
        summary: "Gives a value in the binary form in which RESTORE takes it, here or on a real server.",
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(dump),
        ..Row::NEW
    },
    Row {
        name: "exists",
        arity: -2,
        flags: READONLY | FAST,
        categories: &["keyspace", "read", "fast"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(N) where N is the number of keys to check.",
        summary: "Answers how many of the keys exist; one that is named twice counts twice.",
        history: &[("3.0.3", "Accepts multiple `key` arguments.")],
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        keys: &[KeySpec {
            notes: None,
            flags: &["RO"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple()],
        handler: Some(exists),
        ..Row::NEW
    },
    Row {
        name: "expire",
        arity: -3,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Lets a key live for so many seconds from now.",
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            integer("seconds"),
            one_of(
                "condition",
                &[
                    flag("nx", "NX"),
                    flag("xx", "XX"),
                    flag("gt", "GT"),
                    flag("lt", "LT"),
                ],
            )
            .since("7.0.0")
            .optional(),
        ],
        handler: Some(expire),
        ..Row::NEW
    },
    Row {
        name: "expireat",
        arity: -3,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast"],
        group: "generic",
        since: "1.2.0",
        complexity: "O(1)",
        summary: "Lets a key live until a Unix time in seconds.",
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            unix_time("unix-time-seconds"),
            one_of(
                "condition",
                &[
                    flag("nx", "NX"),
                    flag("xx", "XX"),
                    flag("gt", "GT"),
                    flag("lt", "LT"),
                ],
            )
            .since("7.0.0")
            .optional(),
        ],
        handler: Some(expireat),
        ..Row::NEW
    },
    Row {
        name: "expiretime",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["keyspace", "read", "fast"],
        group: "generic",
        since: "7.0.0",
        complexity: "O(1)",
        summary: "Answers the Unix time in seconds at which a key expires.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(expiretime),
        ..Row::NEW
    },
    Row {
        name: "flushall",
        arity: -1,
        flags: WRITE,
        categories: &["keyspace", "write", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(N) where N is the total number of keys in all databases",
        summary: "Deletes every key of every database.",
        history: &[
            ("4.0.0", "Added the `ASYNC` flushing mode modifier."),
            ("6.2.0", "Added the `SYNC` flushing mode modifier."),
        ],
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        args: &[one_of(
            "flush-type",
            &[
                flag("async", "ASYNC").since("4.0.0"),
                flag("sync", "SYNC").since("6.2.0"),
            ],
        )
        .optional()],
        handler: Some(flushall),
        ..Row::NEW
    },
    Row {
        name: "flushdb",
        arity: -1,
        flags: WRITE,
        categories: &["keyspace", "write", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        complexity: "O(N) where N is the number of keys in the selected database",
        summary: "Deletes every key of the database.",
        history: &[
            ("4.0.0", "Added the `ASYNC` flushing mode modifier."),
            ("6.2.0", "Added the `SYNC` flushing mode modifier."),
        ],
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        args: &[one_of(
            "flush-type",
            &[
                flag("async", "ASYNC").since("4.0.0"),
                flag("sync", "SYNC").since("6.2.0"),
            ],
        )
        .optional()],
        handler: Some(flushdb),
        ..Row::NEW
    },
    Row {
        name: "keys",
        arity: 2,
        flags: READONLY,
        categories: &["keyspace", "read", "slow", "dangerous"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.",
        summary: "Lists the keys that fit a pattern. Looks at all of them: SCAN does so bit by bit.",
        tips: &["request_policy:all_shards", "nondeterministic_output_order"],
        args: &[pattern("pattern")],
        handler: Some(keys),
        ..Row::NEW
    },
    Row {
        name: "move",
        arity: 3,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Takes a key, with its deadline, to another database.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), integer("db")],
        handler: Some(move_key),
        ..Row::NEW
    },
    Row {
        name: "object",
        arity: -2,
        categories: &["slow"],
        group: "generic",
        since: "2.2.3",
        complexity: "Depends on subcommand.",
        summary: "Tells how a value is kept: its encoding, its age, its references.",
        subcommands: &[
            Row {
                name: "encoding",
                arity: 3,
                flags: READONLY,
                categories: &["keyspace", "read", "slow"],
                group: "generic",
                since: "2.2.3",
                complexity: "O(1)",
                summary: "Names the form in which a value is kept.",
                tips: &["nondeterministic_output"],
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
                args: &[key("key")],
                handler: Some(object_encoding),
                ..Row::NEW
            },
            Row {
                name: "freq",
                arity: 3,
                flags: READONLY,
                categories: &["keyspace", "read", "slow"],
                group: "generic",
                since: "4.0.0",
                complexity: "O(1)",
                summary: "Answers how often a key is used, under an LFU policy.",
                tips: &["nondeterministic_output"],
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
                args: &[key("key")],
                handler: Some(object_freq),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["keyspace", "slow"],
                group: "generic",
                since: "6.2.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(object_help),
                ..Row::NEW
            },
            Row {
                name: "idletime",
                arity: 3,
                flags: READONLY,
                categories: &["keyspace", "read", "slow"],
                group: "generic",
                since: "2.2.3",
                complexity: "O(1)",
                summary: "Answers how many seconds ago a value was last used.",
                tips: &["nondeterministic_output"],
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
                args: &[key("key")],
                handler: Some(object_idletime),
                ..Row::NEW
            },
            Row {
                name: "refcount",
                arity: 3,
                flags: READONLY,
                categories: &["keyspace", "read", "slow"],
                group: "generic",
                since: "2.2.3",
                complexity: "O(1)",
                summary: "Answers how many places share a value.",
                tips: &["nondeterministic_output"],
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
                args: &[key("key")],
                handler: Some(object_refcount),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "persist",
        arity: 2,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast"],
        group: "generic",
        since: "2.2.0",
        complexity: "O(1)",
        summary: "Takes a key's expiry away.",
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[key("key")],
        handler: Some(persist),
        ..Row::NEW
    },
    Row {
        name: "pexpire",
        arity: -3,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast"],
        group: "generic",
        since: "2.6.0",
        complexity: "O(1)",
        summary: "Lets a key live for so many milliseconds from now.",
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            integer("milliseconds"),
            one_of(
                "condition",
                &[
                    flag("nx", "NX"),
                    flag("xx", "XX"),
                    flag("gt", "GT"),
                    flag("lt", "LT"),
                ],
            )
            .since("7.0.0")
            .optional(),
        ],
        handler: Some(pexpire),
        ..Row::NEW
    },
    Row {
        name: "pexpireat",
        arity: -3,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast"],
        group: "generic",
        since: "2.6.0",
        complexity: "O(1)",
        summary: "Lets a key live until a Unix time in milliseconds.",
        history: &[("7.0.0", "Added options: `NX`, `XX`, `GT` and `LT`.")],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            unix_time("unix-time-milliseconds"),
            one_of(
                "condition",
                &[
                    flag("nx", "NX"),
                    flag("xx", "XX"),
                    flag("gt", "GT"),
                    flag("lt", "LT"),
                ],
            )
            .since("7.0.0")
            .optional(),
        ],
        handler: Some(pexpireat),
        ..Row::NEW
    },
    Row {
        name: "pexpiretime",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["keyspace", "read", "fast"],
        group: "generic",
        since: "7.0.0",
        complexity: "O(1)",
        summary: "Answers the Unix time in milliseconds at which a key expires.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(pexpiretime),
        ..Row::NEW
    },
    Row {
        name: "pttl",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["keyspace", "read", "fast"],
        group: "generic",
        since: "2.6.0",
        complexity: "O(1)",
        summary: "Answers how many milliseconds a key has left; -1: it does not expire, -2: there is none.",
        history: &[("2.8.0", "Added the -2 reply.")],
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(pttl),
        ..Row::NEW
    },
    Row {
        name: "randomkey",
        arity: 1,
        flags: READONLY,
        categories: &["keyspace", "read", "slow"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Answers some key, or nothing where there is none.",
        tips: &[
            "request_policy:all_shards",
            "response_policy:special",
            "nondeterministic_output",
        ],
        handler: Some(randomkey),
        ..Row::NEW
    },
    Row {
        name: "rename",
        arity: 3,
        flags: WRITE,
        categories: &["keyspace", "write", "slow"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Gives a key another name, over whatever had that name.",
        keys: &[
            KeySpec::first(&["RW", "access", "delete"]),
            KeySpec {
                notes: None,
                flags: &["OW", "update"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[key("key"), key("newkey").key_spec(1)],
        handler: Some(rename),
        ..Row::NEW
    },
    Row {
        name: "renamenx",
        arity: 3,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Gives a key another name, unless that name is taken.",
        history: &[(
            "3.2.0",
            "The command no longer returns an error when source and destination names are the same.",
        )],
        keys: &[
            KeySpec::first(&["RW", "access", "delete"]),
            KeySpec {
                notes: None,
                flags: &["OW", "insert"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[key("key"), key("newkey").key_spec(1)],
        handler: Some(renamenx),
        ..Row::NEW
    },
    Row {
        name: "restore",
        arity: -4,
        flags: WRITE | DENYOOM,
        categories: &["keyspace", "write", "slow", "dangerous"],
        group: "generic",
        since: "2.6.0",
        complexity: "O(1) to create the new key and additional O(N*M) to reconstruct the serialized value, where N is the number of objects composing the value and M their average size. For small string values the time complexity is thus O(1)+O(1*M) where M is small, so simply O(1). However for sorted set values the complexity is O(N*M*log(N)) because inserting values into sorted sets is O(log(N)).",
        summary: "Makes a key from what DUMP gave.",
        history: &[
            ("3.0.0", "Added the `REPLACE` modifier."),
            ("5.0.0", "Added the `ABSTTL` modifier."),
            ("5.0.0", "Added the `IDLETIME` and `FREQ` options."),
        ],
        keys: &[KeySpec::first(&["OW", "update"])],
        args: &[
            key("key"),
            integer("ttl"),
            string("serialized-value"),
            flag("replace", "REPLACE").since("3.0.0").optional(),
            flag("absttl", "ABSTTL").since("5.0.0").optional(),
            integer("seconds")
                .token("IDLETIME")
                .since("5.0.0")
                .optional(),
            integer("frequency").token("FREQ").since("5.0.0").optional(),
        ],
        handler: Some(restore),
        ..Row::NEW
    },
    Row {
        name: "scan",
        arity: -2,
        flags: READONLY,
        categories: &["keyspace", "read", "slow"],
        group: "generic",
        since: "2.8.0",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        summary: "Walks through the keys, a few with every call, from cursor 0 until it is 0 again.",
        history: &[("6.0.0", "Added the `TYPE` subcommand.")],
        tips: &[
            "nondeterministic_output",
            "request_policy:special",
            "response_policy:special",
        ],
        args: &[
            integer("cursor"),
            pattern("pattern").token("MATCH").optional(),
            integer("count").token("COUNT").optional(),
            string("type").token("TYPE").since("6.0.0").optional(),
        ],
        handler: Some(scan),
        ..Row::NEW
    },
    Row {
        name: "sort",
        arity: -2,
        flags: WRITE | DENYOOM | MOVABLEKEYS,
        categories: &["write", "set", "sortedset", "list", "slow", "dangerous"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).",
        summary: "Sorts a list, a set or a sorted set by its elements or by other keys, and answers or keeps the result.",
        keys: &[
            KeySpec::first(&["RO", "access"]),
            KeySpec {
                notes: Some(
                    "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
                ),
                flags: &["RO", "access"],
                begin: Begin::Unknown,
                find: Find::Unknown,
            },
            KeySpec {
                notes: Some(
                    "For the optional STORE keyword. It is marked 'unknown' because the keyword can appear anywhere in the argument array",
                ),
                flags: &["OW", "update"],
                begin: Begin::Unknown,
                find: Find::Unknown,
            },
        ],
        args: &[
            key("key"),
            pattern("by-pattern")
                .key_spec(1)
                .token("BY")
                .display("pattern")
                .optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
            pattern("get-pattern")
                .key_spec(1)
                .token("GET")
                .display("pattern")
                .multiple()
                .multiple_token()
                .optional(),
            one_of("order", &[flag("asc", "ASC"), flag("desc", "DESC")]).optional(),
            flag("sorting", "ALPHA").optional(),
            key("destination").token("STORE").key_spec(2).optional(),
        ],
        handler: Some(sort),
        ..Row::NEW
    },
    Row {
        name: "sort_ro",
        arity: -2,
        flags: READONLY | MOVABLEKEYS,
        categories: &["read", "set", "sortedset", "list", "slow", "dangerous"],
        group: "generic",
        since: "7.0.0",
        complexity: "O(N+M*log(M)) where N is the number of elements in the list or set to sort, and M the number of returned elements. When the elements are not sorted, complexity is O(N).",
        summary: "Sorts a list, a set or a sorted set and answers the result, changing nothing.",
        keys: &[
            KeySpec::first(&["RO", "access"]),
            KeySpec {
                notes: Some(
                    "For the optional BY/GET keyword. It is marked 'unknown' because the key names derive from the content of the key we sort",
                ),
                flags: &["RO", "access"],
                begin: Begin::Unknown,
                find: Find::Unknown,
            },
        ],
        args: &[
            key("key"),
            pattern("by-pattern")
                .key_spec(1)
                .token("BY")
                .display("pattern")
                .optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
            pattern("get-pattern")
                .key_spec(1)
                .token("GET")
                .display("pattern")
                .multiple()
                .multiple_token()
                .optional(),
            one_of("order", &[flag("asc", "ASC"), flag("desc", "DESC")]).optional(),
            flag("sorting", "ALPHA").optional(),
        ],
        handler: Some(sort_ro),
        ..Row::NEW
    },
    Row {
        name: "swapdb",
        arity: 3,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast", "dangerous"],
        group: "server",
        since: "4.0.0",
        complexity: "O(N) where N is the count of clients watching or blocking on keys from both databases.",
        summary: "Lets two databases change places.",
        args: &[integer("index1"), integer("index2")],
        handler: Some(swapdb),
        ..Row::NEW
    },
    Row {
        name: "touch",
        arity: -2,
        flags: READONLY | FAST,
        categories: &["keyspace", "read", "fast"],
        group: "generic",
        since: "3.2.1",
        complexity: "O(N) where N is the number of keys that will be touched.",
        summary: "Marks keys as just used, and answers how many of them exist.",
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        keys: &[KeySpec {
            notes: None,
            flags: &["RO"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple()],
        handler: Some(touch),
        ..Row::NEW
    },
    Row {
        name: "ttl",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["keyspace", "read", "fast"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Answers how many seconds a key has left; -1: it does not expire, -2: there is none.",
        history: &[("2.8.0", "Added the -2 reply.")],
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(ttl),
        ..Row::NEW
    },
    Row {
        name: "type",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["keyspace", "read", "fast"],
        group: "generic",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Answers what type of value a key holds.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key")],
        handler: Some(type_of),
        ..Row::NEW
    },
    Row {
        name: "unlink",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["keyspace", "write", "fast"],
        group: "generic",
        since: "4.0.0",
        complexity: "O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.",
        summary: "Deletes keys, as DEL does; a server frees their memory later.",
        tips: &["request_policy:multi_shard", "response_policy:agg_sum"],
        keys: &[KeySpec {
            notes: None,
            flags: &["RM", "delete"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple()],
        handler: Some(unlink),
        ..Row::NEW
    },
    Row {
        name: "wait",
        arity: 3,
        flags: BLOCKING,
        categories: &["slow", "blocking", "connection"],
        group: "generic",
        since: "3.0.0",
        complexity: "O(1)",
        summary: "Waits until so many replicas have what this client wrote; there are none here.",
        tips: &["request_policy:all_shards", "response_policy:agg_min"],
        args: &[integer("numreplicas"), integer("timeout")],
        handler: Some(wait),
        ..Row::NEW
    },
    Row {
        name: "waitaof",
        arity: 4,
        flags: BLOCKING,
        categories: &["slow", "blocking", "connection"],
        group: "generic",
        since: "7.2.0",
        complexity: "O(1)",
        summary: "Waits until what this client wrote is on disk, here and on replicas; there are neither here.",
        tips: &["request_policy:all_shards", "response_policy:agg_min"],
        args: &[
            integer("numlocal"),
            integer("numreplicas"),
            integer("timeout"),
        ],
        handler: Some(waitaof),
        ..Row::NEW
    },
];

/// How many facts one flush notes; a journal is not kept for more keys than that.
const FLUSH_FACTS_MAX: usize = 256;

fn dbsize(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let len = ctx.db().len();
    ctx.out.count(len);
    Ok(())
}

fn del(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut count = 0;
    for key in args.from(1) {
        if ctx.delete_told(key) {
            ctx.note_deleted(key);
            count += 1;
        }
    }
    ctx.out.int(count);
    Ok(())
}

fn exists(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let count = args
        .from(1)
        .iter()
        .filter(|key| ctx.db().contains(key))
        .count();
    ctx.out.count(count);
    Ok(())
}

fn flushall(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    check_flush(args)?;
    (0..DATABASES).for_each(|db| flush(ctx, db));
    ctx.engine.flushed();
    ctx.out.ok();
    Ok(())
}

fn flushdb(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    check_flush(args)?;
    flush(ctx, ctx.db);
    ctx.engine.flushed();
    ctx.out.ok();
    Ok(())
}

fn randomkey(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    if !ctx.engine.config.expires_by_itself {
        ctx.engine.expire_due(ctx.db, &|_, _| true);
    }
    let len = ctx.db().len();
    let index = ctx.engine.pick.below(len);
    let (db, out) = ctx.parts();
    match db.at(index) {
        Some((key, _)) => out.bulk(key),
        None => out.null(),
    }
    Ok(())
}

fn type_of(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    out.simple(db.value(&args[1]).map_or("none", |value| value.type_name()));
    Ok(())
}

fn unlink(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    del(ctx, args)
}

fn check_flush(args: Args<'_>) -> Result<(), Error> {
    match args.len() {
        1 => Ok(()),
        2 if args.is(1, "SYNC") || args.is(1, "ASYNC") => Ok(()),
        _ => Err(Error::Syntax),
    }
}

/// Empties a database, telling who waits for its keys.
fn flush(ctx: &mut Ctx<'_>, db: usize) {
    let conn = Some(ctx.conn);
    let Some(target) = ctx.engine.dbs.get_mut(db) else {
        return;
    };
    let keys: Vec<Bytes> = target.iter().map(|(key, _)| key.clone()).collect();
    let about = |(_, entry): (&Bytes, &Entry)| (Kind::of(entry), entry.value.size());
    let there: Vec<_> = target.iter().take(FLUSH_FACTS_MAX).map(about).collect();
    target.clear();
    for key in &keys {
        ctx.engine.cleared(db, key);
    }
    for (key, (kind, size)) in keys.iter().zip(there) {
        ctx.engine.note(conn, db, key, || Fact::Gone {
            kind,
            size,
            to: None,
        });
        ctx.engine.note(conn, db, key, || Fact::Deleted);
    }
}
