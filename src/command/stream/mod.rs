//! Streams: entries in a log, and the consumer groups that read it.

mod claim;
mod group;
mod info;
mod read;
#[cfg(test)]
mod tests;
mod words;
mod write;

use super::spec::*;

use claim::{xautoclaim, xclaim, xpending};
use group::{
    xack, xackdel, xgroup_create, xgroup_createconsumer, xgroup_delconsumer, xgroup_destroy,
    xgroup_help, xgroup_setid,
};
use info::{xinfo_consumers, xinfo_groups, xinfo_help, xinfo_stream};
use read::{xlen, xrange, xread, xreadgroup, xrevrange};
use write::{xadd, xdel, xdelex, xsetid, xtrim};

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "xack",
        arity: -4,
        flags: WRITE | FAST,
        categories: &["write", "stream", "fast"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(1) for each message ID processed.",
        summary: "Marks delivered entries as done: takes them off the group's pending list.",
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[key("key"), string("group"), string("id").multiple()],
        handler: Some(xack),
        ..Row::NEW
    },
    Row {
        name: "xackdel",
        arity: -6,
        flags: WRITE | FAST,
        categories: &["write", "stream", "fast"],
        group: "stream",
        since: "8.2.0",
        complexity: "O(1) for each message ID processed.",
        summary: "Acknowledges delivered entries, and deletes those that may go; answers what became of each.",
        keys: &[KeySpec::first(&["RW", "update", "delete"])],
        args: &[
            key("key"),
            string("group"),
            one_of(
                "condition",
                &[
                    flag("keepref", "KEEPREF"),
                    flag("delref", "DELREF"),
                    flag("acked", "ACKED"),
                ],
            )
            .optional(),
            block("ids", &[integer("numids"), string("id").multiple()]).token("IDS"),
        ],
        handler: Some(xackdel),
        ..Row::NEW
    },
    Row {
        name: "xadd",
        arity: -5,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "stream", "fast"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(1) when adding a new entry, O(N) when trimming where N being the number of entries evicted.",
        summary: "Adds an entry to the end of a stream, making the stream if need be.",
        history: &[
            (
                "6.2.0",
                "Added the `NOMKSTREAM` option, `MINID` trimming strategy and the `LIMIT` option.",
            ),
            ("7.0.0", "Added support for the `<ms>-*` explicit ID form."),
        ],
        tips: &["nondeterministic_output"],
        keys: &[KeySpec {
            notes: Some("UPDATE instead of INSERT because of the optional trimming feature"),
            flags: &["RW", "update"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: 0,
                step: 1,
                limit: 0,
            },
        }],
        args: &[
            key("key"),
            flag("nomkstream", "NOMKSTREAM").since("6.2.0").optional(),
            one_of(
                "condition",
                &[
                    flag("keepref", "KEEPREF"),
                    flag("delref", "DELREF"),
                    flag("acked", "ACKED"),
                ],
            )
            .since("8.2.0")
            .optional(),
            block(
                "trim",
                &[
                    one_of(
                        "strategy",
                        &[
                            flag("maxlen", "MAXLEN"),
                            flag("minid", "MINID").since("6.2.0"),
                        ],
                    ),
                    one_of(
                        "operator",
                        &[flag("equal", "="), flag("approximately", "~")],
                    )
                    .optional(),
                    string("threshold"),
                    integer("count").token("LIMIT").since("6.2.0").optional(),
                ],
            )
            .optional(),
            one_of("id-selector", &[flag("auto-id", "*"), string("id")]),
            block("data", &[string("field"), string("value")]).multiple(),
        ],
        handler: Some(xadd),
        ..Row::NEW
    },
    Row {
        name: "xautoclaim",
        arity: -6,
        flags: WRITE | FAST,
        categories: &["write", "stream", "fast"],
        group: "stream",
        since: "6.2.0",
        complexity: "O(1) if COUNT is small.",
        summary: "Takes over pending entries that have been idle for long, whoever has them.",
        history: &[(
            "7.0.0",
            "Added an element to the reply array, containing deleted entries the command cleared from the PEL",
        )],
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[
            key("key"),
            string("group"),
            string("consumer"),
            string("min-idle-time"),
            string("start"),
            integer("count").token("COUNT").optional(),
            flag("justid", "JUSTID").optional(),
        ],
        handler: Some(xautoclaim),
        ..Row::NEW
    },
    Row {
        name: "xclaim",
        arity: -6,
        flags: WRITE | FAST,
        categories: &["write", "stream", "fast"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(log N) with N being the number of messages in the PEL of the consumer group.",
        summary: "Takes over certain pending entries that have been idle for long.",
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            string("group"),
            string("consumer"),
            string("min-idle-time"),
            string("id").multiple(),
            integer("ms").token("IDLE").optional(),
            unix_time("unix-time-milliseconds").token("TIME").optional(),
            integer("count").token("RETRYCOUNT").optional(),
            flag("force", "FORCE").optional(),
            flag("justid", "JUSTID").optional(),
            string("lastid").token("LASTID").optional(),
        ],
        handler: Some(xclaim),
        ..Row::NEW
    },
    Row {
        name: "xdel",
        arity: -3,
        flags: WRITE | FAST,
        categories: &["write", "stream", "fast"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(1) for each single item to delete in the stream, regardless of the stream size.",
        summary: "Deletes entries by ID, and answers how many there were.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), string("id").multiple()],
        handler: Some(xdel),
        ..Row::NEW
    },
    Row {
        name: "xdelex",
        arity: -5,
        flags: WRITE | FAST,
        categories: &["write", "stream", "fast"],
        group: "stream",
        since: "8.2.0",
        complexity: "O(1) for each single item to delete in the stream, regardless of the stream size.",
        summary: "Deletes entries by ID where their groups let it, and answers what became of each.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[
            key("key"),
            one_of(
                "condition",
                &[
                    flag("keepref", "KEEPREF"),
                    flag("delref", "DELREF"),
                    flag("acked", "ACKED"),
                ],
            )
            .optional(),
            block("ids", &[integer("numids"), string("id").multiple()]).token("IDS"),
        ],
        handler: Some(xdelex),
        ..Row::NEW
    },
    Row {
        name: "xgroup",
        arity: -2,
        categories: &["slow"],
        group: "stream",
        since: "5.0.0",
        complexity: "Depends on subcommand.",
        summary: "Makes, moves and removes consumer groups.",
        subcommands: &[
            Row {
                name: "create",
                arity: -5,
                flags: WRITE | DENYOOM,
                categories: &["write", "stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Makes a consumer group that starts at an ID.",
                history: &[("7.0.0", "Added the `entries_read` named argument.")],
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RW", "insert"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[
                    key("key"),
                    string("group"),
                    one_of("id-selector", &[string("id"), flag("new-id", "$")]),
                    flag("mkstream", "MKSTREAM").optional(),
                    integer("entriesread")
                        .token("ENTRIESREAD")
                        .display("entries-read")
                        .optional(),
                ],
                handler: Some(xgroup_create),
                ..Row::NEW
            },
            Row {
                name: "createconsumer",
                arity: 5,
                flags: WRITE | DENYOOM,
                categories: &["write", "stream", "slow"],
                group: "stream",
                since: "6.2.0",
                complexity: "O(1)",
                summary: "Makes a consumer in a group; reading makes it too.",
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RW", "insert"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[key("key"), string("group"), string("consumer")],
                handler: Some(xgroup_createconsumer),
                ..Row::NEW
            },
            Row {
                name: "delconsumer",
                arity: 5,
                flags: WRITE,
                categories: &["write", "stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Removes a consumer and forgets its pending entries.",
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RW", "delete"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[key("key"), string("group"), string("consumer")],
                handler: Some(xgroup_delconsumer),
                ..Row::NEW
            },
            Row {
                name: "destroy",
                arity: 4,
                flags: WRITE,
                categories: &["write", "stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(N) where N is the number of entries in the group's pending entries list (PEL).",
                summary: "Removes a consumer group with all that is pending in it.",
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RW", "delete"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[key("key"), string("group")],
                handler: Some(xgroup_destroy),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands of XGROUP.",
                handler: Some(xgroup_help),
                ..Row::NEW
            },
            Row {
                name: "setid",
                arity: -5,
                flags: WRITE,
                categories: &["write", "stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Moves a group's last-delivered ID.",
                history: &[("7.0.0", "Added the optional `entries_read` argument.")],
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RW", "update"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[
                    key("key"),
                    string("group"),
                    one_of("id-selector", &[string("id"), flag("new-id", "$")]),
                    integer("entriesread")
                        .token("ENTRIESREAD")
                        .display("entries-read")
                        .optional(),
                ],
                handler: Some(xgroup_setid),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "xinfo",
        arity: -2,
        categories: &["slow"],
        group: "stream",
        since: "5.0.0",
        complexity: "Depends on subcommand.",
        summary: "Tells about streams, groups and consumers.",
        subcommands: &[
            Row {
                name: "consumers",
                arity: 4,
                flags: READONLY,
                categories: &["read", "stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Lists a group's consumers, and how long each has been idle.",
                history: &[(
                    "7.2.0",
                    "Added the `inactive` field, and changed the meaning of `idle`.",
                )],
                tips: &["nondeterministic_output"],
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RO", "access"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[key("key"), string("group")],
                handler: Some(xinfo_consumers),
                ..Row::NEW
            },
            Row {
                name: "groups",
                arity: 3,
                flags: READONLY,
                categories: &["read", "stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Lists a stream's consumer groups, and how far each has come.",
                history: &[("7.0.0", "Added the `entries-read` and `lag` fields")],
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RO", "access"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[key("key")],
                handler: Some(xinfo_groups),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands of XINFO.",
                handler: Some(xinfo_help),
                ..Row::NEW
            },
            Row {
                name: "stream",
                arity: -3,
                flags: READONLY,
                categories: &["read", "stream", "slow"],
                group: "stream",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Tells a stream's length, IDs and edges, or everything with FULL.",
                history: &[
                    ("6.0.0", "Added the `FULL` modifier."),
                    (
                        "7.0.0",
                        "Added the `max-deleted-entry-id`, `entries-added`, `recorded-first-entry-id`, `entries-read` and `lag` fields",
                    ),
                    (
                        "7.2.0",
                        "Added the `active-time` field, and changed the meaning of `seen-time`.",
                    ),
                ],
                keys: &[KeySpec {
                    notes: None,
                    flags: &["RO", "access"],
                    begin: Begin::Index(2),
                    find: Find::Range {
                        last: 0,
                        step: 1,
                        limit: 0,
                    },
                }],
                args: &[
                    key("key"),
                    block(
                        "full-block",
                        &[
                            flag("full", "FULL"),
                            integer("count").token("COUNT").optional(),
                        ],
                    )
                    .optional(),
                ],
                handler: Some(xinfo_stream),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "xlen",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["read", "stream", "fast"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(1)",
        summary: "Counts the entries of a stream.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key")],
        handler: Some(xlen),
        ..Row::NEW
    },
    Row {
        name: "xpending",
        arity: -3,
        flags: READONLY,
        categories: &["read", "stream", "slow"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(N) with N being the number of elements returned, so asking for a small fixed number of entries per call is O(1). O(M), where M is the total number of entries scanned when used with the IDLE filter. When the command returns just the summary and the list of consumers is small, it runs in O(1) time; otherwise, an additional O(N) time for iterating every consumer.",
        summary: "Shows what a group delivered and nobody acknowledged yet.",
        history: &[(
            "6.2.0",
            "Added the `IDLE` option and exclusive range intervals.",
        )],
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("group"),
            block(
                "filters",
                &[
                    integer("min-idle-time")
                        .token("IDLE")
                        .since("6.2.0")
                        .optional(),
                    string("start"),
                    string("end"),
                    integer("count"),
                    string("consumer").optional(),
                ],
            )
            .optional(),
        ],
        handler: Some(xpending),
        ..Row::NEW
    },
    Row {
        name: "xrange",
        arity: -4,
        flags: READONLY,
        categories: &["read", "stream", "slow"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(N) with N being the number of elements being returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
        summary: "Reads the entries between two IDs.",
        history: &[("6.2.0", "Added exclusive ranges.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("start"),
            string("end"),
            integer("count").token("COUNT").optional(),
        ],
        handler: Some(xrange),
        ..Row::NEW
    },
    Row {
        name: "xread",
        arity: -4,
        flags: READONLY | BLOCKING | MOVABLEKEYS,
        categories: &["read", "stream", "slow", "blocking"],
        group: "stream",
        since: "5.0.0",
        summary: "Reads the entries after given IDs from one or more streams, and can wait for them.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RO", "access"],
            begin: Begin::Keyword("STREAMS", 1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 2,
            },
        }],
        args: &[
            integer("count").token("COUNT").optional(),
            integer("milliseconds").token("BLOCK").optional(),
            block("streams", &[key("key").multiple(), string("id").multiple()]).token("STREAMS"),
        ],
        handler: Some(xread),
        ..Row::NEW
    },
    Row {
        name: "xreadgroup",
        arity: -7,
        flags: WRITE | BLOCKING | MOVABLEKEYS,
        categories: &["write", "stream", "slow", "blocking"],
        group: "stream",
        since: "5.0.0",
        complexity: "For each stream mentioned: O(M) with M being the number of elements returned. If M is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1). On the other side when XREADGROUP blocks, XADD will pay the O(N) time in order to serve the N clients blocked on the stream getting new data.",
        summary: "Reads as a consumer of a group: new entries, or those it has not acknowledged; can wait.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RO", "access"],
            begin: Begin::Keyword("STREAMS", 4),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 2,
            },
        }],
        args: &[
            block("group-block", &[string("group"), string("consumer")]).token("GROUP"),
            integer("count").token("COUNT").optional(),
            integer("milliseconds").token("BLOCK").optional(),
            integer("min-idle-time")
                .token("CLAIM")
                .since("8.4.0")
                .optional(),
            flag("noack", "NOACK").optional(),
            block("streams", &[key("key").multiple(), string("id").multiple()]).token("STREAMS"),
        ],
        handler: Some(xreadgroup),
        ..Row::NEW
    },
    Row {
        name: "xrevrange",
        arity: -4,
        flags: READONLY,
        categories: &["read", "stream", "slow"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(N) with N being the number of elements returned. If N is constant (e.g. always asking for the first 10 elements with COUNT), you can consider it O(1).",
        summary: "Reads the entries between two IDs, last first.",
        history: &[("6.2.0", "Added exclusive ranges.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("end"),
            string("start"),
            integer("count").token("COUNT").optional(),
        ],
        handler: Some(xrevrange),
        ..Row::NEW
    },
    Row {
        name: "xsetid",
        arity: -3,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "stream", "fast"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(1)",
        summary: "Sets a stream's last ID and counters; made for copying streams.",
        history: &[(
            "7.0.0",
            "Added the `entries_added` and `max_deleted_entry_id` arguments.",
        )],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            string("last-id"),
            integer("entries-added")
                .token("ENTRIESADDED")
                .since("7.0.0")
                .optional(),
            string("max-deleted-id")
                .token("MAXDELETEDID")
                .since("7.0.0")
                .optional(),
        ],
        handler: Some(xsetid),
        ..Row::NEW
    },
    Row {
        name: "xtrim",
        arity: -4,
        flags: WRITE,
        categories: &["write", "stream", "slow"],
        group: "stream",
        since: "5.0.0",
        complexity: "O(N), with N being the number of evicted entries. Constant times are very small however, since entries are organized in macro nodes containing multiple entries that can be released with a single deallocation.",
        summary: "Drops entries from the front, down to a length or up to an ID.",
        history: &[(
            "6.2.0",
            "Added the `MINID` trimming strategy and the `LIMIT` option.",
        )],
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[
            key("key"),
            block(
                "trim",
                &[
                    one_of(
                        "strategy",
                        &[
                            flag("maxlen", "MAXLEN"),
                            flag("minid", "MINID").since("6.2.0"),
                        ],
                    ),
                    one_of(
                        "operator",
                        &[flag("equal", "="), flag("approximately", "~")],
                    )
                    .optional(),
                    string("threshold"),
                    integer("count").token("LIMIT").since("6.2.0").optional(),
                ],
            ),
            one_of(
                "condition",
                &[
                    flag("keepref", "KEEPREF"),
                    flag("delref", "DELREF"),
                    flag("acked", "ACKED"),
                ],
            )
            .since("8.2.0")
            .optional(),
        ],
        handler: Some(xtrim),
        ..Row::NEW
    },
];
