//! Clusters and replicas, for a server that stands alone: what needs others is refused, what does not
//! is answered.

use super::spec::*;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "cluster",
        arity: -2,
        categories: &["slow"],
        group: "cluster",
        since: "3.0.0",
        complexity: "Depends on subcommand.",
        summary: "Commands about clusters.",
        subcommands: &[
            Row {
                name: "addslots",
                arity: -3,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the total number of hash slot arguments",
                summary: "Gives this node slots.",
                args: &[integer("slot").multiple()],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "addslotsrange",
                arity: -4,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "7.0.0",
                complexity: "O(N) where N is the total number of the slots between the start slot and end slot arguments.",
                summary: "Gives this node ranges of slots.",
                args: &[block("range", &[integer("start-slot"), integer("end-slot")]).multiple()],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "bumpepoch",
                arity: 2,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Moves the cluster's epoch on.",
                tips: &["nondeterministic_output"],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "cancelslotmigrations",
                arity: 2,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "9.0.0",
                complexity: "O(N), where N is the number of slot migration operations being cancelled.",
                summary: "Stops slots that are on their way.",
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "count-failure-reports",
                arity: 3,
                flags: ADMIN | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the number of failure reports",
                summary: "Counts the reports that a node failed.",
                history: &[(
                    "9.0.0",
                    "Ignore additional failure reports for a node which has been marked as failed.",
                )],
                tips: &["nondeterministic_output"],
                args: &[string("node-id")],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "countkeysinslot",
                arity: 3,
                flags: STALE,
                categories: &["slow"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Counts the keys of a slot.",
                args: &[integer("slot")],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "delslots",
                arity: -3,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the total number of hash slot arguments",
                summary: "Takes slots from this node.",
                args: &[integer("slot").multiple()],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "delslotsrange",
                arity: -4,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "7.0.0",
                complexity: "O(N) where N is the total number of the slots between the start slot and end slot arguments.",
                summary: "Takes ranges of slots from this node.",
                args: &[block("range", &[integer("start-slot"), integer("end-slot")]).multiple()],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "failover",
                arity: -2,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Puts a replica in the place of its primary.",
                args: &[one_of(
                    "options",
                    &[flag("force", "FORCE"), flag("takeover", "TAKEOVER")],
                )
                .optional()],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "flushslot",
                arity: -3,
                flags: WRITE | ADMIN | NO_ASYNC_LOADING,
                categories: &["keyspace", "write", "admin", "slow", "dangerous"],
                group: "cluster",
                since: "9.0.0",
                complexity: "O(N) where N is the number of keys in the target slot",
                summary: "Takes away every key of a slot.",
                args: &[
                    integer("slot"),
                    one_of(
                        "flush-type",
                        &[flag("async", "ASYNC"), flag("sync", "SYNC")],
                    )
                    .optional(),
                ],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "flushslots",
                arity: 2,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Takes all slots from this node.",
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "forget",
                arity: 3,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Lets a node be forgotten.",
                args: &[string("node-id")],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "getkeysinslot",
                arity: 4,
                flags: STALE,
                categories: &["slow"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the number of requested keys",
                summary: "Answers keys of a slot.",
                tips: &["nondeterministic_output"],
                args: &[integer("slot"), integer("count")],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "getslotmigrations",
                arity: 2,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "9.0.0",
                complexity: "O(N), where N is the number of active slot import and export jobs.",
                summary: "Lists the slots that are, or were, on their way.",
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "cluster",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "info",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Answers how the cluster is.",
                tips: &["nondeterministic_output"],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "keyslot",
                arity: 3,
                flags: STALE,
                categories: &["slow"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the number of bytes in the key",
                summary: "Answers the slot that a key falls into.",
                args: &[string("key")],
                handler: Some(cluster_keyslot),
                ..Row::NEW
            },
            Row {
                name: "links",
                arity: 2,
                flags: STALE,
                categories: &["slow"],
                group: "cluster",
                since: "7.0.0",
                complexity: "O(N) where N is the total number of Cluster nodes",
                summary: "Lists the connections between nodes.",
                tips: &["nondeterministic_output"],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "meet",
                arity: -4,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Introduces a node.",
                history: &[("4.0.0", "Added the optional `cluster_bus_port` argument.")],
                args: &[
                    string("ip"),
                    integer("port"),
                    integer("cluster-bus-port").since("4.0.0").optional(),
                ],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "migrateslots",
                arity: -4,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "9.0.0",
                complexity: "O(N) where N is the total number of the slots between all start slot and end slot arguments.",
                summary: "Sends slots to other nodes.",
                args: &[block(
                    "migration-group",
                    &[
                        flag("slotsrange-token", "SLOTSRANGE"),
                        block("range", &[integer("start-slot"), integer("end-slot")]).multiple(),
                        flag("node-token", "NODE"),
                        string("node-id"),
                    ],
                )
                .multiple()],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "myid",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Answers this node's name.",
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "myshardid",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "cluster",
                since: "7.2.0",
                complexity: "O(1)",
                summary: "Answers the name of this node's shard.",
                tips: &["nondeterministic_output"],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "nodes",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the total number of Cluster nodes",
                summary: "Lists the nodes.",
                tips: &["nondeterministic_output"],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "replicas",
                arity: 3,
                flags: ADMIN | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "5.0.0",
                complexity: "O(N) where N is the number of replicas.",
                summary: "Lists the replicas of a node.",
                tips: &["nondeterministic_output"],
                args: &[string("node-id")],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "replicate",
                arity: -3,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Makes this node a replica.",
                history: &[(
                    "9.0.0",
                    "Added support of 'NO ONE' arg instead of <node-id> resulting into detaching replica from primary node.",
                )],
                args: &[one_of(
                    "args",
                    &[
                        string("node-id"),
                        block("no-one", &[flag("no", "NO"), flag("one", "ONE")]).since("9.0.0"),
                    ],
                )],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "reset",
                arity: -2,
                flags: ADMIN | NOSCRIPT | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the number of known nodes. The command may execute a FLUSHALL as a side effect.",
                summary: "Makes this node a fresh one.",
                args: &[
                    one_of("reset-type", &[flag("hard", "HARD"), flag("soft", "SOFT")]).optional(),
                ],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "saveconfig",
                arity: 2,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Writes the nodes to the disk.",
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "set-config-epoch",
                arity: 3,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Gives a fresh node its epoch.",
                args: &[integer("config-epoch")],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "setslot",
                arity: -4,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(1)",
                summary: "Gives a slot to a node.",
                history: &[("8.0.0", "Added the `TIMEOUT` option.")],
                args: &[
                    integer("slot"),
                    one_of(
                        "subcommand",
                        &[
                            string("importing").token("IMPORTING").display("node-id"),
                            string("migrating").token("MIGRATING").display("node-id"),
                            string("node").token("NODE").display("node-id"),
                            flag("stable", "STABLE"),
                        ],
                    ),
                    integer("timeout")
                        .token("TIMEOUT")
                        .since("8.0.0")
                        .optional(),
                ],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "shards",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "cluster",
                since: "7.0.0",
                complexity: "O(N) where N is the total number of cluster nodes",
                summary: "Lists the shards with their slots.",
                history: &[(
                    "9.1.0",
                    "Added shard level `id` field and node level `availability-zone` field.",
                )],
                tips: &["nondeterministic_output"],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "slaves",
                arity: 3,
                flags: ADMIN | STALE,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the number of replicas.",
                summary: "Lists the replicas of a node, by its old name.",
                doc_flags: &["deprecated"],
                deprecated_since: Some("5.0.0"),
                replaced_by: Some("`CLUSTER REPLICAS`"),
                tips: &["nondeterministic_output"],
                args: &[string("node-id")],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "slot-stats",
                arity: -4,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "cluster",
                since: "8.0.0",
                complexity: "O(N) where N is the total number of slots based on arguments. O(N*log(N)) with ORDERBY subcommand.",
                summary: "Answers how much each slot is used.",
                tips: &["nondeterministic_output", "request_policy:all_shards"],
                args: &[one_of(
                    "filter",
                    &[
                        block("slotsrange", &[integer("start-slot"), integer("end-slot")])
                            .token("SLOTSRANGE"),
                        block(
                            "orderby",
                            &[
                                string("metric"),
                                integer("limit").token("LIMIT").optional(),
                                one_of("order", &[flag("asc", "ASC"), flag("desc", "DESC")])
                                    .optional(),
                            ],
                        )
                        .token("ORDERBY"),
                    ],
                )],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "slots",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "cluster",
                since: "3.0.0",
                complexity: "O(N) where N is the total number of Cluster nodes",
                summary: "Lists the slots with their nodes.",
                history: &[
                    ("4.0.0", "Added node IDs."),
                    ("7.0.0", "Added additional networking metadata field."),
                    (
                        "9.1.0",
                        "Added `availability-zone` field inside the networking metadata.",
                    ),
                ],
                tips: &["nondeterministic_output"],
                handler: Some(no_cluster),
                ..Row::NEW
            },
            Row {
                name: "syncslots",
                arity: -3,
                flags: ADMIN | STALE | NO_ASYNC_LOADING,
                categories: &["admin", "slow", "dangerous"],
                group: "cluster",
                since: "9.0.0",
                complexity: "Depends on subcommand.",
                summary: "Moves slots between nodes, which they tell each other.",
                doc_flags: &["syscmd"],
                handler: Some(no_cluster),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "clusterscan",
        arity: -2,
        flags: READONLY,
        categories: &["keyspace", "read", "slow"],
        group: "cluster",
        since: "9.1.0",
        complexity: "O(N) where N is the number of elements returned.",
        summary: "Walks the keys of a cluster; needs one.",
        tips: &[
            "nondeterministic_output",
            "request_policy:special",
            "response_policy:special",
        ],
        keys: &[KeySpec::first(&["not_key"])],
        args: &[
            string("cursor"),
            pattern("match-pattern").token("MATCH").optional(),
            integer("count").token("COUNT").optional(),
            string("type").token("TYPE").optional(),
            integer("slot").token("SLOT").optional(),
        ],
        handler: Some(no_cluster),
        ..Row::NEW
    },
    Row {
        name: "migrate",
        arity: -6,
        flags: WRITE | MOVABLEKEYS,
        categories: &["keyspace", "write", "slow", "dangerous"],
        group: "generic",
        since: "2.6.0",
        complexity: "This command actually executes a DUMP+DEL in the source instance, and a RESTORE in the target instance. See the pages of these commands for time complexity. Also an O(N) data transfer between the two instances is performed.",
        summary: "Sends keys to another server; there is none to be reached from here.",
        history: &[
            ("3.0.0", "Added the `COPY` and `REPLACE` options."),
            ("3.0.6", "Added the `KEYS` option."),
            ("4.0.7", "Added the `AUTH` option."),
            ("6.0.0", "Added the `AUTH2` option."),
        ],
        tips: &["nondeterministic_output"],
        keys: &[
            KeySpec {
                notes: None,
                flags: &["RW", "access", "delete"],
                begin: Begin::Index(3),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
            KeySpec {
                notes: None,
                flags: &["RW", "access", "delete", "incomplete"],
                begin: Begin::Keyword("KEYS", -2),
                find: Find::Range {
                    last: -1,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            string("host"),
            integer("port"),
            one_of("key-selector", &[key("key"), flag("empty-string", "")]),
            integer("destination-db"),
            integer("timeout"),
            flag("copy", "COPY").since("3.0.0").optional(),
            flag("replace", "REPLACE").since("3.0.0").optional(),
            one_of(
                "authentication",
                &[
                    string("auth")
                        .token("AUTH")
                        .display("password")
                        .since("4.0.7"),
                    block("auth2", &[string("username"), string("password")])
                        .token("AUTH2")
                        .since("6.0.0"),
                ],
            )
            .optional(),
            key("keys")
                .token("KEYS")
                .key_spec(1)
                .display("key")
                .since("3.0.6")
                .multiple()
                .optional(),
        ],
        handler: Some(migrate),
        ..Row::NEW
    },
    Row {
        name: "psync",
        arity: -3,
        flags: ADMIN | NOSCRIPT | NO_ASYNC_LOADING | NO_MULTI,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "2.8.0",
        summary: "Follows this server as a replica; refused.",
        args: &[string("replicationid"), integer("offset")],
        handler: Some(no_replicas),
        ..Row::NEW
    },
    Row {
        name: "replconf",
        arity: -1,
        flags: ADMIN | NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "3.0.0",
        complexity: "O(1)",
        summary: "Says what a replica can do, before it follows.",
        doc_flags: &["syscmd"],
        handler: Some(replconf),
        ..Row::NEW
    },
    Row {
        name: "sync",
        arity: 1,
        flags: ADMIN | NOSCRIPT | NO_ASYNC_LOADING | NO_MULTI,
        categories: &["admin", "slow", "dangerous"],
        group: "server",
        since: "1.0.0",
        summary: "Follows this server as a replica, the old way; refused.",
        handler: Some(no_replicas),
        ..Row::NEW
    },
];

/// How many slots a cluster has.
const SLOTS: u16 = 16_384;

fn no_cluster(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(Error::text(
        "ERR This instance has cluster support disabled",
    ))
}

fn no_replicas(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(Error::text(
        "ERR Keyglass stands alone: it cannot have a replica",
    ))
}

/// The slot of a key: CRC16 of what stands between its first braces, or of all of it.
fn slot(key: &[u8]) -> u16 {
    let tag = key.iter().position(|&b| b == b'{').and_then(|open| {
        let rest = key.get(open + 1..)?;
        let close = rest.iter().position(|&b| b == b'}')?;
        rest.get(..close).filter(|tag| !tag.is_empty())
    });
    const CRC: crc::Crc<u16> = crc::Crc::<u16>::new(&crc::CRC_16_XMODEM);
    CRC.checksum(tag.unwrap_or(key)) % SLOTS
}

fn cluster_keyslot(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    ctx.out.int(i64::from(slot(&args[2])));
    Ok(())
}

fn migrate(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut keys = vec![&args[3]];
    let mut at = 6;
    while at < args.len() {
        let left = args.len() - at - 1;
        match () {
            () if args.is(at, "COPY") || args.is(at, "REPLACE") => {}
            () if args.is(at, "AUTH") && left >= 1 => at += 1,
            () if args.is(at, "AUTH2") && left >= 2 => at += 2,
            () if args.is(at, "KEYS") => {
                if !args[3].is_empty() {
                    return Err(Error::text(
                        "ERR When using MIGRATE KEYS option, the key argument must be set to the empty string",
                    ));
                }
                keys = args.from(at + 1).to_vec();
                break;
            }
            () => return Err(Error::Syntax),
        }
        at += 1;
    }
    args.int(5)?;
    args.int(4)?;
    if !keys.iter().any(|key| ctx.db().value(key).is_some()) {
        ctx.out.simple("NOKEY");
        return Ok(());
    }
    Err(Error::text(
        "IOERR error or timeout connecting to the client",
    ))
}

fn replconf(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len().is_multiple_of(2) {
        return Err(Error::Syntax);
    }
    for at in (1..args.len()).step_by(2) {
        match () {
            () if args.is(at, "LISTENING-PORT") || args.is(at, "RDB-ONLY") => {
                args.int(at + 1)?;
            }
            () if ["IP-ADDRESS", "CAPA", "VERSION"]
                .iter()
                .any(|word| args.is(at, word)) => {}
            // What replicas tell of themselves is not answered.
            () if args.is(at, "ACK") || args.is(at, "GETACK") => return Ok(()),
            () => {
                return Err(Error::quoting(&[
                    b"ERR Unrecognized REPLCONF option: ",
                    &args[at],
                ]));
            }
        }
    }
    ctx.out.ok();
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::command::testing::check;

    #[test]
    fn a_lone_server_knows_slots_but_no_others() {
        check(
            r#"
            A> CLUSTER KEYSLOT a
            (integer) 15495
            A> CLUSTER KEYSLOT x{b}c
            (integer) 3300
            A> CLUSTER KEYSLOT b
            (integer) 3300
            A> CLUSTER INFO
            (error) ERR This instance has cluster support disabled
            A> MIGRATE h 1 k 0 10
            NOKEY
            A> SET k 1
            OK
            A> MIGRATE h 1 k 0 10
            (error) IOERR error or timeout connecting to the client
            A> REPLCONF foo bar
            (error) ERR Unrecognized REPLCONF option: foo
            A> SYNC
            (error) ERR Keyglass stands alone: it cannot have a replica
            "#,
        );
    }
}
