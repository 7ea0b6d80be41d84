//! Hashes: fields with values, each of which can expire by itself.

mod expiry;
mod field;
#[cfg(test)]
mod tests;

use super::spec::*;
use expiry::*;
use field::*;

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "hdel",
        arity: -3,
        flags: WRITE | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(N) where N is the number of fields to be removed.",
        summary: "Takes fields out of a hash.",
        history: &[("2.4.0", "Accepts multiple `field` arguments.")],
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), string("field").multiple()],
        handler: Some(hdel),
        ..Row::NEW
    },
    Row {
        name: "hexists",
        arity: 3,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(1)",
        summary: "Answers whether a hash has a field.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key"), string("field")],
        handler: Some(hexists),
        ..Row::NEW
    },
    Row {
        name: "hexpire",
        arity: -6,
        flags: WRITE | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Lets fields of a hash expire after a number of seconds.",
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
            .optional(),
            block(
                "fields",
                &[integer("numfields"), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hexpire),
        ..Row::NEW
    },
    Row {
        name: "hexpireat",
        arity: -6,
        flags: WRITE | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Lets fields of a hash expire at a moment, given in seconds since 1970.",
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            integer("unix-time-seconds"),
            one_of(
                "condition",
                &[
                    flag("nx", "NX"),
                    flag("xx", "XX"),
                    flag("gt", "GT"),
                    flag("lt", "LT"),
                ],
            )
            .since("9.0.0")
            .optional(),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hexpireat),
        ..Row::NEW
    },
    Row {
        name: "hexpiretime",
        arity: -5,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Answers when fields of a hash expire, in seconds since 1970.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hexpiretime),
        ..Row::NEW
    },
    Row {
        name: "hget",
        arity: 3,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(1)",
        summary: "Answers the value of a field.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("field")],
        handler: Some(hget),
        ..Row::NEW
    },
    Row {
        name: "hgetall",
        arity: 2,
        flags: READONLY,
        categories: &["read", "hash", "slow"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(N) where N is the size of the hash.",
        summary: "Answers all fields of a hash with their values.",
        tips: &["nondeterministic_output_order"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(hgetall),
        ..Row::NEW
    },
    Row {
        name: "hgetdel",
        arity: -5,
        flags: WRITE | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "9.1.0",
        complexity: "O(N) where N is the number of fields to be retrieved and deleted.",
        summary: "Answers the values of fields and takes the fields out of the hash.",
        keys: &[KeySpec::first(&["RW", "access", "delete"])],
        args: &[
            key("key"),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hgetdel),
        ..Row::NEW
    },
    Row {
        name: "hgetex",
        arity: -5,
        flags: WRITE | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Answers the values of fields and changes when they expire.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[
            key("key"),
            one_of(
                "expiration",
                &[
                    integer("seconds").token("EX"),
                    integer("milliseconds").token("PX"),
                    unix_time("unix-time-seconds").token("EXAT"),
                    unix_time("unix-time-milliseconds").token("PXAT"),
                    flag("persist", "PERSIST"),
                ],
            )
            .optional(),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hgetex),
        ..Row::NEW
    },
    Row {
        name: "hincrby",
        arity: 4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(1)",
        summary: "Adds a whole number to the number in a field.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), string("field"), integer("increment")],
        handler: Some(hincrby),
        ..Row::NEW
    },
    Row {
        name: "hincrbyfloat",
        arity: 4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "2.6.0",
        complexity: "O(1)",
        summary: "Adds a number, with decimals if need be, to the number in a field.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), string("field"), double("increment")],
        handler: Some(hincrbyfloat),
        ..Row::NEW
    },
    Row {
        name: "hkeys",
        arity: 2,
        flags: READONLY,
        categories: &["read", "hash", "slow"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(N) where N is the size of the hash.",
        summary: "Answers all fields of a hash.",
        tips: &["nondeterministic_output_order"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(hkeys),
        ..Row::NEW
    },
    Row {
        name: "hlen",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(1)",
        summary: "Answers how many fields a hash has.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key")],
        handler: Some(hlen),
        ..Row::NEW
    },
    Row {
        name: "hmget",
        arity: -3,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(N) where N is the number of fields being requested.",
        summary: "Answers the values of several fields.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("field").multiple()],
        handler: Some(hmget),
        ..Row::NEW
    },
    Row {
        name: "hmset",
        arity: -4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(N) where N is the number of fields being set.",
        summary: "Sets several fields at once; HSET does the same.",
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            block("data", &[string("field"), string("value")]).multiple(),
        ],
        handler: Some(hmset),
        ..Row::NEW
    },
    Row {
        name: "hpersist",
        arity: -5,
        flags: WRITE | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Lets fields of a hash no longer expire.",
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hpersist),
        ..Row::NEW
    },
    Row {
        name: "hpexpire",
        arity: -6,
        flags: WRITE | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Lets fields of a hash expire after a number of milliseconds.",
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
            .since("9.0.0")
            .optional(),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hpexpire),
        ..Row::NEW
    },
    Row {
        name: "hpexpireat",
        arity: -6,
        flags: WRITE | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Lets fields of a hash expire at a moment, given in milliseconds since 1970.",
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            integer("unix-time-milliseconds"),
            one_of(
                "condition",
                &[
                    flag("nx", "NX"),
                    flag("xx", "XX"),
                    flag("gt", "GT"),
                    flag("lt", "LT"),
                ],
            )
            .since("9.0.0")
            .optional(),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hpexpireat),
        ..Row::NEW
    },
    Row {
        name: "hpexpiretime",
        arity: -5,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Answers when fields of a hash expire, in milliseconds since 1970.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hpexpiretime),
        ..Row::NEW
    },
    Row {
        name: "hpttl",
        arity: -5,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Answers how many milliseconds fields of a hash have left.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(hpttl),
        ..Row::NEW
    },
    Row {
        name: "hrandfield",
        arity: -2,
        flags: READONLY,
        categories: &["read", "hash", "slow"],
        group: "hash",
        since: "6.2.0",
        complexity: "O(N) where N is the number of fields returned",
        summary: "Picks fields of a hash at random and leaves them there.",
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            block(
                "options",
                &[
                    integer("count"),
                    flag("withvalues", "WITHVALUES").optional(),
                ],
            )
            .optional(),
        ],
        handler: Some(hrandfield),
        ..Row::NEW
    },
    Row {
        name: "hscan",
        arity: -3,
        flags: READONLY,
        categories: &["read", "hash", "slow"],
        group: "hash",
        since: "2.8.0",
        complexity: "O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.",
        summary: "Walks through the fields of a hash, a few with every call.",
        tips: &["nondeterministic_output"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            integer("cursor"),
            pattern("pattern").token("MATCH").optional(),
            integer("count").token("COUNT").optional(),
            flag("novalues", "NOVALUES").optional(),
        ],
        handler: Some(hscan),
        ..Row::NEW
    },
    Row {
        name: "hset",
        arity: -4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(1) for each field/value pair added, so O(N) to add N field/value pairs when the command is called with multiple field/value pairs.",
        summary: "Sets fields of a hash to values, making the hash where there is none.",
        history: &[("4.0.0", "Accepts multiple `field` and `value` arguments.")],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            block("data", &[string("field"), string("value")]).multiple(),
        ],
        handler: Some(hset),
        ..Row::NEW
    },
    Row {
        name: "hsetex",
        arity: -6,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Sets fields of a hash together with the time after which they expire.",
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[
            key("key"),
            one_of("key-condition", &[flag("nx", "NX"), flag("xx", "XX")]).optional(),
            one_of(
                "fields-condition",
                &[flag("fnx", "FNX"), flag("fxx", "FXX")],
            )
            .optional(),
            one_of(
                "expiration",
                &[
                    integer("seconds").token("EX"),
                    integer("milliseconds").token("PX"),
                    unix_time("unix-time-seconds").token("EXAT"),
                    unix_time("unix-time-milliseconds").token("PXAT"),
                    flag("keepttl", "KEEPTTL"),
                ],
            )
            .optional(),
            block(
                "fields",
                &[
                    integer("numfields").key_spec(0),
                    block("data", &[string("field"), string("value")]).multiple(),
                ],
            )
            .token("FIELDS"),
        ],
        handler: Some(hsetex),
        ..Row::NEW
    },
    Row {
        name: "hsetnx",
        arity: 4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "hash", "fast"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(1)",
        summary: "Sets a field only where the hash does not have it.",
        keys: &[KeySpec::first(&["RW", "insert"])],
        args: &[key("key"), string("field"), string("value")],
        handler: Some(hsetnx),
        ..Row::NEW
    },
    Row {
        name: "hstrlen",
        arity: 3,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "3.2.0",
        complexity: "O(1)",
        summary: "Answers how long the value of a field is, in bytes.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key"), string("field")],
        handler: Some(hstrlen),
        ..Row::NEW
    },
    Row {
        name: "httl",
        arity: -5,
        flags: READONLY | FAST,
        categories: &["read", "hash", "fast"],
        group: "hash",
        since: "9.0.0",
        complexity: "O(N) where N is the number of specified fields.",
        summary: "Answers how many seconds fields of a hash have left.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            block(
                "fields",
                &[integer("numfields").key_spec(0), string("field").multiple()],
            )
            .token("FIELDS"),
        ],
        handler: Some(httl),
        ..Row::NEW
    },
    Row {
        name: "hvals",
        arity: 2,
        flags: READONLY,
        categories: &["read", "hash", "slow"],
        group: "hash",
        since: "2.0.0",
        complexity: "O(N) where N is the size of the hash.",
        summary: "Answers the values of all fields of a hash.",
        tips: &["nondeterministic_output_order"],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key")],
        handler: Some(hvals),
        ..Row::NEW
    },
];
