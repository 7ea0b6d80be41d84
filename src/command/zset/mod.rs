//! Sorted sets: leaderboards, queues by priority, indexes by time.
//!
//! Below the table stand the commands, in its order, mostly a line each; what they share is in
//! `write`, `pop`, `range`, `algebra` and `walk`.

mod algebra;
mod pop;
mod range;
#[cfg(test)]
mod tests;
mod walk;
mod write;

use super::spec::*;
use crate::ds::bytes::Bytes;
use crate::ds::zset::Zset;
use crate::engine::Ctx;
use crate::engine::ahead::Ahead;
use crate::engine::args::Args;
use crate::engine::db::Kind;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use algebra::Operation;
use pop::End;
use range::{By, Request};
pub(super) use range::{put, version};
pub(super) use write::add_scored;

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "bzmpop",
        arity: -5,
        flags: WRITE | BLOCKING | MOVABLEKEYS,
        categories: &["write", "sortedset", "slow", "blocking"],
        group: "sorted-set",
        since: "7.0.0",
        complexity: "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
        summary: "Takes members out of the first of several sorted sets that has any, waiting for one.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access", "delete"],
            begin: Begin::Index(2),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 1,
            },
        }],
        args: &[
            double("timeout"),
            integer("numkeys"),
            key("key").multiple(),
            one_of("where", &[flag("min", "MIN"), flag("max", "MAX")]),
            integer("count").token("COUNT").optional(),
        ],
        handler: Some(bzmpop),
        ..Row::NEW
    },
    Row {
        name: "bzpopmax",
        arity: -3,
        flags: WRITE | BLOCKING | FAST,
        categories: &["write", "sortedset", "fast", "blocking"],
        group: "sorted-set",
        since: "5.0.0",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        summary: "Takes the member with the highest score out of the first sorted set that has any, waiting for one.",
        history: &[(
            "6.0.0",
            "`timeout` is interpreted as a double instead of an integer.",
        )],
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access", "delete"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -2,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple(), double("timeout")],
        handler: Some(bzpopmax),
        ..Row::NEW
    },
    Row {
        name: "bzpopmin",
        arity: -3,
        flags: WRITE | BLOCKING | FAST,
        categories: &["write", "sortedset", "fast", "blocking"],
        group: "sorted-set",
        since: "5.0.0",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        summary: "Takes the member with the lowest score out of the first sorted set that has any, waiting for one.",
        history: &[(
            "6.0.0",
            "`timeout` is interpreted as a double instead of an integer.",
        )],
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access", "delete"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -2,
                step: 1,
                limit: 0,
            },
        }],
        args: &[key("key").multiple(), double("timeout")],
        handler: Some(bzpopmin),
        ..Row::NEW
    },
    Row {
        name: "zadd",
        arity: -4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
        summary: "Gives members their scores, putting in those that are not there yet.",
        history: &[
            ("2.4.0", "Accepts multiple elements."),
            ("3.0.2", "Added the `XX`, `NX`, `CH` and `INCR` options."),
            ("6.2.0", "Added the `GT` and `LT` options."),
        ],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            one_of("condition", &[flag("nx", "NX"), flag("xx", "XX")])
                .since("3.0.2")
                .optional(),
            one_of("comparison", &[flag("gt", "GT"), flag("lt", "LT")])
                .since("6.2.0")
                .optional(),
            flag("change", "CH").since("3.0.2").optional(),
            flag("increment", "INCR").since("3.0.2").optional(),
            block("data", &[double("score"), string("member")]).multiple(),
        ],
        handler: Some(zadd),
        ..Row::NEW
    },
    Row {
        name: "zcard",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(1)",
        summary: "Answers how many members a sorted set has.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key")],
        handler: Some(zcard),
        ..Row::NEW
    },
    Row {
        name: "zcount",
        arity: 4,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        summary: "Counts the members whose scores lie between two bounds.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), double("min"), double("max")],
        handler: Some(zcount),
        ..Row::NEW
    },
    Row {
        name: "zdiff",
        arity: -3,
        flags: READONLY | MOVABLEKEYS,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "6.2.0",
        complexity: "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
        summary: "Answers the members of the first sorted set that no other has.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RO", "access"],
            begin: Begin::Index(1),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 1,
            },
        }],
        args: &[
            integer("numkeys"),
            key("key").multiple(),
            flag("withscores", "WITHSCORES").optional(),
        ],
        handler: Some(zdiff),
        ..Row::NEW
    },
    Row {
        name: "zdiffstore",
        arity: -4,
        flags: WRITE | DENYOOM | MOVABLEKEYS,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "6.2.0",
        complexity: "O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.",
        summary: "Keeps the members of the first sorted set that no other has.",
        keys: &[
            KeySpec::first(&["OW", "update"]),
            KeySpec {
                notes: None,
                flags: &["RO", "access"],
                begin: Begin::Index(2),
                find: Find::KeyNum {
                    index: 0,
                    first: 1,
                    step: 1,
                },
            },
        ],
        args: &[
            key("destination"),
            integer("numkeys"),
            key("key").key_spec(1).multiple(),
        ],
        handler: Some(zdiffstore),
        ..Row::NEW
    },
    Row {
        name: "zincrby",
        arity: 4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)) where N is the number of elements in the sorted set.",
        summary: "Adds to a member's score, and answers the new score.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), integer("increment"), string("member")],
        handler: Some(zincrby),
        ..Row::NEW
    },
    Row {
        name: "zinter",
        arity: -3,
        flags: READONLY | MOVABLEKEYS,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "6.2.0",
        complexity: "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
        summary: "Answers the members that all sorted sets have, with scores made from all of theirs.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RO", "access"],
            begin: Begin::Index(1),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 1,
            },
        }],
        args: &[
            integer("numkeys"),
            key("key").multiple(),
            integer("weight").token("WEIGHTS").optional().multiple(),
            one_of(
                "aggregate",
                &[flag("sum", "SUM"), flag("min", "MIN"), flag("max", "MAX")],
            )
            .token("AGGREGATE")
            .optional(),
            flag("withscores", "WITHSCORES").optional(),
        ],
        handler: Some(zinter),
        ..Row::NEW
    },
    Row {
        name: "zintercard",
        arity: -3,
        flags: READONLY | MOVABLEKEYS,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "7.0.0",
        complexity: "O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.",
        summary: "Answers how many members all sorted sets have.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RO", "access"],
            begin: Begin::Index(1),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 1,
            },
        }],
        args: &[
            integer("numkeys"),
            key("key").multiple(),
            integer("limit").token("LIMIT").optional(),
        ],
        handler: Some(zintercard),
        ..Row::NEW
    },
    Row {
        name: "zinterstore",
        arity: -4,
        flags: WRITE | DENYOOM | MOVABLEKEYS,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.",
        summary: "Keeps the members that all sorted sets have, with scores made from all of theirs.",
        keys: &[
            KeySpec::first(&["OW", "update"]),
            KeySpec {
                notes: None,
                flags: &["RO", "access"],
                begin: Begin::Index(2),
                find: Find::KeyNum {
                    index: 0,
                    first: 1,
                    step: 1,
                },
            },
        ],
        args: &[
            key("destination"),
            integer("numkeys"),
            key("key").key_spec(1).multiple(),
            integer("weight").token("WEIGHTS").optional().multiple(),
            one_of(
                "aggregate",
                &[flag("sum", "SUM"), flag("min", "MIN"), flag("max", "MAX")],
            )
            .token("AGGREGATE")
            .optional(),
        ],
        handler: Some(zinterstore),
        ..Row::NEW
    },
    Row {
        name: "zlexcount",
        arity: 4,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "2.8.9",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        summary: "Counts the members between two members, where scores are equal.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("min"), string("max")],
        handler: Some(zlexcount),
        ..Row::NEW
    },
    Row {
        name: "zmpop",
        arity: -4,
        flags: WRITE | MOVABLEKEYS,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "7.0.0",
        complexity: "O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.",
        summary: "Takes members out of the first of several sorted sets that has any.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RW", "access", "delete"],
            begin: Begin::Index(1),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 1,
            },
        }],
        args: &[
            integer("numkeys"),
            key("key").multiple(),
            one_of("where", &[flag("min", "MIN"), flag("max", "MAX")]),
            integer("count").token("COUNT").optional(),
        ],
        handler: Some(zmpop),
        ..Row::NEW
    },
    Row {
        name: "zmscore",
        arity: -3,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "6.2.0",
        complexity: "O(N) where N is the number of members being requested.",
        summary: "Reads the scores of several members.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("member").multiple()],
        handler: Some(zmscore),
        ..Row::NEW
    },
    Row {
        name: "zpopmax",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "5.0.0",
        complexity: "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
        summary: "Takes out the members with the highest scores.",
        keys: &[KeySpec::first(&["RW", "access", "delete"])],
        args: &[key("key"), integer("count").optional()],
        handler: Some(zpopmax),
        ..Row::NEW
    },
    Row {
        name: "zpopmin",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "5.0.0",
        complexity: "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
        summary: "Takes out the members with the lowest scores.",
        keys: &[KeySpec::first(&["RW", "access", "delete"])],
        args: &[key("key"), integer("count").optional()],
        handler: Some(zpopmin),
        ..Row::NEW
    },
    Row {
        name: "zrandmember",
        arity: -2,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "6.2.0",
        complexity: "O(N) where N is the number of members returned",
        summary: "Picks members of a sorted set at random and leaves them there.",
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            block(
                "options",
                &[
                    integer("count"),
                    flag("withscores", "WITHSCORES").optional(),
                ],
            )
            .optional(),
        ],
        handler: Some(zrandmember),
        ..Row::NEW
    },
    Row {
        name: "zrange",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
        summary: "Reads the members between two ranks, scores or members, from either end.",
        history: &[(
            "6.2.0",
            "Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.",
        )],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("start"),
            string("stop"),
            one_of(
                "sortby",
                &[flag("byscore", "BYSCORE"), flag("bylex", "BYLEX")],
            )
            .since("6.2.0")
            .optional(),
            flag("rev", "REV").since("6.2.0").optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .since("6.2.0")
                .optional(),
            flag("withscores", "WITHSCORES").optional(),
        ],
        handler: Some(zrange),
        ..Row::NEW
    },
    Row {
        name: "zrangebylex",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.8.9",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        summary: "Answers the members between two members, where scores are equal.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("min"),
            string("max"),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
        ],
        handler: Some(zrangebylex),
        ..Row::NEW
    },
    Row {
        name: "zrangebyscore",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "1.0.5",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        summary: "Reads the members between two scores, lowest first.",
        history: &[("2.0.0", "Added the `WITHSCORES` modifier.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            double("min"),
            double("max"),
            flag("withscores", "WITHSCORES").since("2.0.0").optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
        ],
        handler: Some(zrangebyscore),
        ..Row::NEW
    },
    Row {
        name: "zrangestore",
        arity: -5,
        flags: WRITE | DENYOOM,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "6.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.",
        summary: "Keeps a range of members of a sorted set as another.",
        keys: &[
            KeySpec::first(&["OW", "update"]),
            KeySpec {
                notes: None,
                flags: &["RO", "access"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("dst"),
            key("src").key_spec(1),
            string("min"),
            string("max"),
            one_of(
                "sortby",
                &[flag("byscore", "BYSCORE"), flag("bylex", "BYLEX")],
            )
            .optional(),
            flag("rev", "REV").optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
        ],
        handler: Some(zrangestore),
        ..Row::NEW
    },
    Row {
        name: "zrank",
        arity: -3,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(log(N))",
        summary: "Answers a member's rank, counted from the lowest score.",
        history: &[("7.2.0", "Added the optional `WITHSCORE` argument.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("member"),
            flag("withscore", "WITHSCORE").optional(),
        ],
        handler: Some(zrank),
        ..Row::NEW
    },
    Row {
        name: "zrem",
        arity: -3,
        flags: WRITE | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.",
        summary: "Takes members out of a sorted set.",
        history: &[("2.4.0", "Accepts multiple elements.")],
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), string("member").multiple()],
        handler: Some(zrem),
        ..Row::NEW
    },
    Row {
        name: "zremrangebylex",
        arity: 4,
        flags: WRITE,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.8.9",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        summary: "Takes out the members between two members, where scores are equal.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), string("min"), string("max")],
        handler: Some(zremrangebylex),
        ..Row::NEW
    },
    Row {
        name: "zremrangebyrank",
        arity: 4,
        flags: WRITE,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        summary: "Takes out the members between two ranks.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), integer("start"), integer("stop")],
        handler: Some(zremrangebyrank),
        ..Row::NEW
    },
    Row {
        name: "zremrangebyscore",
        arity: 4,
        flags: WRITE,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        summary: "Takes out the members between two scores.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), double("min"), double("max")],
        handler: Some(zremrangebyscore),
        ..Row::NEW
    },
    Row {
        name: "zrevrange",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
        summary: "Reads the members between two ranks, counted from the highest score.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            integer("start"),
            integer("stop"),
            flag("withscores", "WITHSCORES").optional(),
        ],
        handler: Some(zrevrange),
        ..Row::NEW
    },
    Row {
        name: "zrevrangebylex",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.8.9",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        summary: "Answers the members between two members, where scores are equal, from the last to the first.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("max"),
            string("min"),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
        ],
        handler: Some(zrevrangebylex),
        ..Row::NEW
    },
    Row {
        name: "zrevrangebyscore",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        summary: "Reads the members between two scores, highest first.",
        history: &[("2.1.6", "`min` and `max` can be exclusive.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            double("max"),
            double("min"),
            flag("withscores", "WITHSCORES").optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
        ],
        handler: Some(zrevrangebyscore),
        ..Row::NEW
    },
    Row {
        name: "zrevrank",
        arity: -3,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(log(N))",
        summary: "Answers a member's rank, counted from the highest score.",
        history: &[("7.2.0", "Added the optional `WITHSCORE` argument.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("member"),
            flag("withscore", "WITHSCORE").optional(),
        ],
        handler: Some(zrevrank),
        ..Row::NEW
    },
    Row {
        name: "zscan",
        arity: -3,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.8.0",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        summary: "Walks through the members of a sorted set, a few with every call.",
        history: &[("8.0.0", "Added noscores option.")],
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            integer("cursor"),
            pattern("pattern").token("MATCH").optional(),
            integer("count").token("COUNT").optional(),
            flag("noscores", "NOSCORES").optional(),
        ],
        handler: Some(zscan),
        ..Row::NEW
    },
    Row {
        name: "zscore",
        arity: 3,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(1)",
        summary: "Reads a member's score.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("member")],
        handler: Some(zscore),
        ..Row::NEW
    },
    Row {
        name: "zunion",
        arity: -3,
        flags: READONLY | MOVABLEKEYS,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "6.2.0",
        complexity: "O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
        summary: "Answers the members that any of the sorted sets has, with scores made from all of theirs.",
        keys: &[KeySpec {
            notes: None,
            flags: &["RO", "access"],
            begin: Begin::Index(1),
            find: Find::KeyNum {
                index: 0,
                first: 1,
                step: 1,
            },
        }],
        args: &[
            integer("numkeys"),
            key("key").multiple(),
            integer("weight").token("WEIGHTS").optional().multiple(),
            one_of(
                "aggregate",
                &[flag("sum", "SUM"), flag("min", "MIN"), flag("max", "MAX")],
            )
            .token("AGGREGATE")
            .optional(),
            flag("withscores", "WITHSCORES").optional(),
        ],
        handler: Some(zunion),
        ..Row::NEW
    },
    Row {
        name: "zunionstore",
        arity: -4,
        flags: WRITE | DENYOOM | MOVABLEKEYS,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.",
        summary: "Keeps the members that any of the sorted sets has, with scores made from all of theirs.",
        keys: &[
            KeySpec::first(&["OW", "update"]),
            KeySpec {
                notes: None,
                flags: &["RO", "access"],
                begin: Begin::Index(2),
                find: Find::KeyNum {
                    index: 0,
                    first: 1,
                    step: 1,
                },
            },
        ],
        args: &[
            key("destination"),
            integer("numkeys"),
            key("key").key_spec(1).multiple(),
            integer("weight").token("WEIGHTS").optional().multiple(),
            one_of(
                "aggregate",
                &[flag("sum", "SUM"), flag("min", "MIN"), flag("max", "MAX")],
            )
            .token("AGGREGATE")
            .optional(),
        ],
        handler: Some(zunionstore),
        ..Row::NEW
    },
];

fn bzmpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop::many_or_wait(ctx, args)
}

fn bzpopmax(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop::one_or_wait(ctx, args, End::Max)
}

fn bzpopmin(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop::one_or_wait(ctx, args, End::Min)
}

fn zadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    write::add(ctx, args, false)
}

fn zcard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    out.count(db.read::<Zset>(&args[1])?.map_or(0, Zset::len));
    Ok(())
}

fn zcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = Request::between(args, By::Score)?;
    range::count(ctx, args, &wanted)
}

fn zdiff(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    algebra::reply(ctx, args, Operation::Difference)
}

fn zdiffstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    algebra::store(ctx, args, Operation::Difference)
}

fn zincrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    write::add(ctx, args, true)
}

fn zinter(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    algebra::reply(ctx, args, Operation::Intersection)
}

fn zintercard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    algebra::cardinality(ctx, args)
}

fn zinterstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    algebra::store(ctx, args, Operation::Intersection)
}

fn zlexcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = Request::between(args, By::Lex)?;
    range::count(ctx, args, &wanted)
}

fn zmpop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop::many(ctx, args)
}

fn zmscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let set = db.read::<Zset>(&args[1])?;
    let members = args.from(2);
    out.array(members.len());
    for member in members {
        match set.and_then(|set| set.score(member)) {
            Some(score) => out.double(score),
            None => out.null(),
        }
    }
    Ok(())
}

fn zpopmax(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop::pop(ctx, args, End::Max)
}

fn zpopmin(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    pop::pop(ctx, args, End::Min)
}

fn zrandmember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    walk::pick(ctx, args)
}

fn zrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, None, None)
}

fn zrangebylex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, Some(By::Lex), Some(false))
}

fn zrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, Some(By::Score), Some(false))
}

fn zrangestore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::store(ctx, args)
}

fn zrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    rank(ctx, args, false)
}

fn zrem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    write::remove(ctx, args, "zrem", |set| {
        args.from(2)
            .iter()
            .filter(|member| set.remove(member).is_some())
            .count()
    })
}

fn zremrangebylex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = Request::between(args, By::Lex)?;
    write::remove(ctx, args, "zremrangebylex", |set| {
        set.remove_range(wanted.ranks(set), |_, _| ())
    })
}

fn zremrangebyrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = Request::between(args, By::Rank)?;
    write::remove(ctx, args, "zremrangebyrank", |set| {
        set.remove_range(wanted.ranks(set), |_, _| ())
    })
}

fn zremrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = Request::between(args, By::Score)?;
    write::remove(ctx, args, "zremrangebyscore", |set| {
        set.remove_range(wanted.ranks(set), |_, _| ())
    })
}

fn zrevrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, Some(By::Rank), Some(true))
}

fn zrevrangebylex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, Some(By::Lex), Some(true))
}

fn zrevrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, Some(By::Score), Some(true))
}

fn zrevrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    rank(ctx, args, true)
}

fn zscan(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    walk::scan(ctx, args)
}

fn zscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    match db
        .read::<Zset>(&args[1])?
        .and_then(|set| set.score(&args[2]))
    {
        Some(score) => out.double(score),
        None => out.null(),
    }
    Ok(())
}

fn zunion(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    algebra::reply(ctx, args, Operation::Union)
}

fn zunionstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    algebra::store(ctx, args, Operation::Union)
}

/// From how many members on a set is in no cache as a whole, so that those that are looked for next are read ahead.
const LARGE: usize = 20_000;

/// ZRANK and ZREVRANK.
fn rank(ctx: &mut Ctx<'_>, args: Args<'_>, reverse: bool) -> Result<(), Error> {
    if args.len() > 4 {
        let name = if reverse { "zrevrank" } else { "zrank" };
        return Err(Error::Arity(name.into()));
    }
    let with_score = args.len() == 4;
    if with_score && !args.is(3, "WITHSCORE") {
        return Err(Error::Syntax);
    }
    let mut read = None;
    let (db, out) = ctx.parts();
    let member = &args[2];
    let found = db.read::<Zset>(&args[1])?.and_then(|set| {
        let (rank, comparisons) = set.rank_counted(member)?;
        read = Some((rank, comparisons, set.len()));
        let score = match with_score {
            true => Some(set.score(member)?),
            false => None,
        };
        Some((if reverse { set.len() - 1 - rank } else { rank }, score))
    });
    match found {
        Some((rank, Some(score))) => {
            out.array(2);
            out.count(rank);
            out.double(score);
        }
        Some((rank, None)) => out.count(rank),
        None if with_score => out.null_array(),
        None => out.null(),
    }
    if let Some((rank, comparisons, of)) = read {
        if of >= LARGE {
            ctx.engine.ahead = Some(Ahead {
                word: 2,
                fetch: |value, members| {
                    if let Some(set) = Zset::of(value) {
                        set.fetch(members);
                    }
                },
            });
        }
        let version = range::version(ctx, &args[1]);
        ctx.note(&args[1], || Fact::RankRead {
            member: Bytes::from_slice(member),
            rank: of - 1 - rank,
            comparisons,
            of,
            version,
        });
    }
    Ok(())
}
