//! The row of CLIENT.

use super::client::*;
use super::{list, tracking};
use crate::command::spec::*;

/// The row of CLIENT.
pub(super) const CLIENT: Row = Row {
    name: "client",
    arity: -2,
    categories: &["slow"],
    group: "connection",
    since: "2.4.0",
    complexity: "Depends on subcommand.",
    summary: "Commands about connections.",
    subcommands: &[
        Row {
            name: "caching",
            arity: 3,
            flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "6.0.0",
            complexity: "O(1)",
            summary: "Says whether the keys of the next command are tracked.",
            args: &[one_of("mode", &[flag("yes", "YES"), flag("no", "NO")])],
            handler: Some(tracking::client_caching),
            ..Row::NEW
        },
        Row {
            name: "capa",
            arity: -3,
            flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "8.0.0",
            complexity: "O(1)",
            summary: "Says what the client can do, such as going elsewhere when told.",
            args: &[string("capability").multiple()],
            handler: Some(client_capa),
            ..Row::NEW
        },
        Row {
            name: "getname",
            arity: 2,
            flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "2.6.9",
            complexity: "O(1)",
            summary: "Answers the connection's name.",
            handler: Some(client_getname),
            ..Row::NEW
        },
        Row {
            name: "getredir",
            arity: 2,
            flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "6.0.0",
            complexity: "O(1)",
            summary: "Answers the number of the connection that is told of changed keys.",
            handler: Some(tracking::client_getredir),
            ..Row::NEW
        },
        Row {
            name: "help",
            arity: 2,
            flags: LOADING | STALE,
            categories: &["slow", "connection"],
            group: "connection",
            since: "5.0.0",
            complexity: "O(1)",
            summary: "Lists the subcommands.",
            handler: Some(client_help),
            ..Row::NEW
        },
        Row {
            name: "id",
            arity: 2,
            flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "5.0.0",
            complexity: "O(1)",
            summary: "Answers the connection's number.",
            handler: Some(client_id),
            ..Row::NEW
        },
        Row {
            name: "import-source",
            arity: 3,
            flags: NOSCRIPT | LOADING | STALE,
            categories: &["slow", "connection"],
            group: "connection",
            since: "8.1.0",
            complexity: "O(1)",
            summary: "Marks the connection as one that keys are imported from.",
            args: &[one_of("enabled", &[flag("on", "ON"), flag("off", "OFF")])],
            handler: Some(client_import_source),
            ..Row::NEW
        },
        Row {
            name: "info",
            arity: 2,
            flags: NOSCRIPT | LOADING | STALE,
            categories: &["slow", "connection"],
            group: "connection",
            since: "6.2.0",
            complexity: "O(1)",
            summary: "Describes the connection, in one line.",
            tips: &["nondeterministic_output"],
            handler: Some(list::client_info),
            ..Row::NEW
        },
        Row {
            name: "kill",
            arity: -3,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous", "connection"],
            group: "connection",
            since: "2.4.0",
            complexity: "O(N) where N is the number of client connections",
            summary: "Cuts connections off.",
            history: &[
                ("2.8.12", "Added new filter format."),
                ("2.8.12", "`ID` option."),
                ("3.2.0", "Added `master` type in for `TYPE` option."),
                (
                    "5.0.0",
                    "Replaced `slave` `TYPE` with `replica`. `slave` still supported for backward compatibility.",
                ),
                ("6.2.0", "`LADDR` option."),
                ("8.0.0", "`MAXAGE` option."),
                (
                    "8.0.0",
                    "Replaced `master` `TYPE` with `primary`. `master` still supported for backward compatibility.",
                ),
                ("8.1.0", "`ID` option accepts multiple IDs."),
                (
                    "9.0.0",
                    "Added filters NAME, IDLE, FLAGS, LIB-NAME, LIB-VER, DB, CAPA, and IP. And negative filters NOT-ID, NOT-TYPE, NOT-ADDR, NOT-LADDR, NOT-USER, NOT-FLAGS, NOT-NAME, NOT-LIB-NAME, NOT-LIB-VER, NOT-DB, NOT-CAPA, NOT-IP.",
                ),
            ],
            args: &[one_of(
                "filter",
                &[
                    string("old-format").display("ip:port").deprecated("2.8.12"),
                    one_of(
                        "new-format",
                        &[
                            integer("client-id")
                                .token("ID")
                                .since("2.8.12")
                                .multiple()
                                .optional(),
                            one_of(
                                "client-type",
                                &[
                                    flag("normal", "NORMAL"),
                                    flag("master", "MASTER").since("3.2.0"),
                                    flag("primary", "PRIMARY").since("8.0.0"),
                                    flag("slave", "SLAVE"),
                                    flag("replica", "REPLICA").since("5.0.0"),
                                    flag("pubsub", "PUBSUB"),
                                ],
                            )
                            .token("TYPE")
                            .since("2.8.12")
                            .optional(),
                            string("username").token("USER").optional(),
                            string("addr").token("ADDR").display("ip:port").optional(),
                            string("laddr")
                                .token("LADDR")
                                .display("ip:port")
                                .since("6.2.0")
                                .optional(),
                            one_of("skipme", &[flag("yes", "YES"), flag("no", "NO")])
                                .token("SKIPME")
                                .optional(),
                            integer("maxage").token("MAXAGE").since("8.0.0").optional(),
                            string("name").token("NAME").since("9.0.0").optional(),
                            integer("idle").token("IDLE").since("9.0.0").optional(),
                            string("flags").token("FLAGS").since("9.0.0").optional(),
                            string("lib-name")
                                .token("LIB-NAME")
                                .since("9.0.0")
                                .optional(),
                            string("lib-ver").token("LIB-VER").since("9.0.0").optional(),
                            integer("db").token("DB").since("9.0.0").optional(),
                            string("capa").token("CAPA").since("9.0.0").optional(),
                            string("ip").token("IP").since("9.0.0").optional(),
                            one_of(
                                "not-client-type",
                                &[
                                    flag("normal", "NORMAL"),
                                    flag("master", "MASTER"),
                                    flag("primary", "PRIMARY"),
                                    flag("slave", "SLAVE"),
                                    flag("replica", "REPLICA"),
                                    flag("pubsub", "PUBSUB"),
                                ],
                            )
                            .token("NOT-TYPE")
                            .since("9.0.0")
                            .optional(),
                            integer("not-client-id")
                                .token("NOT-ID")
                                .since("9.0.0")
                                .multiple()
                                .optional(),
                            string("not-username")
                                .token("NOT-USER")
                                .since("9.0.0")
                                .optional(),
                            string("not-addr")
                                .token("NOT-ADDR")
                                .display("ip:port")
                                .since("9.0.0")
                                .optional(),
                            string("not-laddr")
                                .token("NOT-LADDR")
                                .display("ip:port")
                                .since("9.0.0")
                                .optional(),
                            string("not-name")
                                .token("NOT-NAME")
                                .since("9.0.0")
                                .optional(),
                            string("not-flags")
                                .token("NOT-FLAGS")
                                .since("9.0.0")
                                .optional(),
                            string("not-lib-name")
                                .token("NOT-LIB-NAME")
                                .since("9.0.0")
                                .optional(),
                            string("not-lib-ver")
                                .token("NOT-LIB-VER")
                                .since("9.0.0")
                                .optional(),
                            integer("not-db").token("NOT-DB").since("9.0.0").optional(),
                            string("not-capa")
                                .token("NOT-CAPA")
                                .since("9.0.0")
                                .optional(),
                            string("not-ip").token("NOT-IP").since("9.0.0").optional(),
                        ],
                    )
                    .multiple(),
                ],
            )],
            handler: Some(list::client_kill),
            ..Row::NEW
        },
        Row {
            name: "list",
            arity: -2,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous", "connection"],
            group: "connection",
            since: "2.4.0",
            complexity: "O(N) where N is the number of client connections",
            summary: "Describes the connections, a line for each.",
            history: &[
                ("2.8.12", "Added unique client `id` field."),
                ("5.0.0", "Added optional `TYPE` filter."),
                ("6.0.0", "Added `user` field."),
                (
                    "6.2.0",
                    "Added `argv-mem`, `tot-mem`, `laddr` and `redir` fields and the optional `ID` filter.",
                ),
                (
                    "7.0.0",
                    "Added `resp`, `multi-mem`, `rbs` and `rbp` fields.",
                ),
                ("7.0.3", "Added `ssub` field."),
                (
                    "8.0.0",
                    "Replaced `master` `TYPE` with `primary`. `master` still supported for backward compatibility.",
                ),
                (
                    "8.1.0",
                    "Added filters USER, ADDR, LADDR, SKIPME, and MAXAGE.",
                ),
                (
                    "9.0.0",
                    "Added filters NAME, IDLE, FLAGS, LIB-NAME, LIB-VER, DB, CAPA, and IP. And negative filters NOT-ID, NOT-TYPE, NOT-ADDR, NOT-LADDR, NOT-USER, NOT-FLAGS, NOT-NAME, NOT-LIB-NAME, NOT-LIB-VER, NOT-DB, NOT-CAPA, NOT-IP.",
                ),
            ],
            tips: &["nondeterministic_output"],
            args: &[
                one_of(
                    "client-type",
                    &[
                        flag("normal", "NORMAL"),
                        flag("master", "MASTER"),
                        flag("replica", "REPLICA"),
                        flag("pubsub", "PUBSUB"),
                    ],
                )
                .token("TYPE")
                .since("5.0.0")
                .optional(),
                integer("client-id")
                    .token("ID")
                    .since("6.2.0")
                    .multiple()
                    .optional(),
                string("username").token("USER").since("8.1.0").optional(),
                string("addr")
                    .token("ADDR")
                    .display("ip:port")
                    .since("8.1.0")
                    .optional(),
                string("laddr")
                    .token("LADDR")
                    .display("ip:port")
                    .since("8.1.0")
                    .optional(),
                one_of("skipme", &[flag("yes", "YES"), flag("no", "NO")])
                    .token("SKIPME")
                    .since("8.1.0")
                    .optional(),
                integer("maxage").token("MAXAGE").since("8.1.0").optional(),
                string("name").token("NAME").since("9.0.0").optional(),
                integer("idle").token("IDLE").since("9.0.0").optional(),
                string("flags").token("FLAGS").since("9.0.0").optional(),
                string("lib-name")
                    .token("LIB-NAME")
                    .since("9.0.0")
                    .optional(),
                string("lib-ver").token("LIB-VER").since("9.0.0").optional(),
                integer("db").token("DB").since("9.0.0").optional(),
                string("capa").token("CAPA").since("9.0.0").optional(),
                string("ip").token("IP").since("9.0.0").optional(),
                one_of(
                    "not-client-type",
                    &[
                        flag("normal", "NORMAL"),
                        flag("master", "MASTER"),
                        flag("replica", "REPLICA"),
                        flag("pubsub", "PUBSUB"),
                    ],
                )
                .token("NOT-TYPE")
                .since("9.0.0")
                .optional(),
                integer("not-client-id")
                    .token("NOT-ID")
                    .since("9.0.0")
                    .multiple()
                    .optional(),
                string("not-username")
                    .token("NOT-USER")
                    .since("9.0.0")
                    .optional(),
                string("not-addr")
                    .token("NOT-ADDR")
                    .display("ip:port")
                    .since("9.0.0")
                    .optional(),
                string("not-laddr")
                    .token("NOT-LADDR")
                    .display("ip:port")
                    .since("9.0.0")
                    .optional(),
                string("not-name")
                    .token("NOT-NAME")
                    .since("9.0.0")
                    .optional(),
                string("not-flags")
                    .token("NOT-FLAGS")
                    .since("9.0.0")
                    .optional(),
                string("not-lib-name")
                    .token("NOT-LIB-NAME")
                    .since("9.0.0")
                    .optional(),
                string("not-lib-ver")
                    .token("NOT-LIB-VER")
                    .since("9.0.0")
                    .optional(),
                integer("not-db").token("NOT-DB").since("9.0.0").optional(),
                string("not-capa")
                    .token("NOT-CAPA")
                    .since("9.0.0")
                    .optional(),
                string("not-ip").token("NOT-IP").since("9.0.0").optional(),
            ],
            handler: Some(list::client_list),
            ..Row::NEW
        },
        Row {
            name: "no-evict",
            arity: 3,
            flags: ADMIN | NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["admin", "slow", "dangerous", "connection"],
            group: "connection",
            since: "7.0.0",
            complexity: "O(1)",
            summary: "Keeps the connection when memory runs short.",
            args: &[one_of("enabled", &[flag("on", "ON"), flag("off", "OFF")])],
            handler: Some(client_no_evict),
            ..Row::NEW
        },
        Row {
            name: "no-touch",
            arity: 3,
            flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "7.2.0",
            complexity: "O(1)",
            summary: "Lets what the connection looks at not count as used.",
            args: &[one_of("enabled", &[flag("on", "ON"), flag("off", "OFF")])],
            handler: Some(client_no_touch),
            ..Row::NEW
        },
        Row {
            name: "pause",
            arity: -3,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous", "connection"],
            group: "connection",
            since: "3.0.0",
            complexity: "O(1)",
            summary: "Holds commands back for some milliseconds.",
            history: &[(
                "6.2.0",
                "`CLIENT PAUSE WRITE` mode added along with the `mode` option.",
            )],
            args: &[
                integer("timeout"),
                one_of("mode", &[flag("write", "WRITE"), flag("all", "ALL")])
                    .since("6.2.0")
                    .optional(),
            ],
            handler: Some(client_pause),
            ..Row::NEW
        },
        Row {
            name: "reply",
            arity: 3,
            flags: NOSCRIPT | LOADING | STALE | NO_MULTI | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "3.2.0",
            complexity: "O(1)",
            summary: "Says whether commands are answered at all.",
            args: &[one_of(
                "action",
                &[flag("on", "ON"), flag("off", "OFF"), flag("skip", "SKIP")],
            )],
            handler: Some(client_reply),
            ..Row::NEW
        },
        Row {
            name: "setinfo",
            arity: 4,
            flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "7.2.0",
            complexity: "O(1)",
            summary: "Names the library behind the connection.",
            tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
            args: &[one_of(
                "attr",
                &[
                    string("libname").token("LIB-NAME"),
                    string("libver").token("LIB-VER"),
                ],
            )],
            handler: Some(client_setinfo),
            ..Row::NEW
        },
        Row {
            name: "setname",
            arity: 3,
            flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
            categories: &["slow", "connection"],
            group: "connection",
            since: "2.6.9",
            complexity: "O(1)",
            summary: "Names the connection.",
            tips: &["request_policy:all_nodes", "response_policy:all_succeeded"],
            args: &[string("connection-name")],
            handler: Some(client_setname),
            ..Row::NEW
        },
        Row {
            name: "tracking",
            arity: -3,
            flags: NOSCRIPT | LOADING | STALE,
            categories: &["slow", "connection"],
            group: "connection",
            since: "6.0.0",
            complexity: "O(1). Some options may introduce additional complexity.",
            summary: "Has the connection told when keys change that it read.",
            args: &[
                one_of("status", &[flag("on", "ON"), flag("off", "OFF")]),
                integer("client-id").token("REDIRECT").optional(),
                string("prefix")
                    .token("PREFIX")
                    .multiple()
                    .multiple_token()
                    .optional(),
                flag("bcast", "BCAST").optional(),
                flag("optin", "OPTIN").optional(),
                flag("optout", "OPTOUT").optional(),
                flag("noloop", "NOLOOP").optional(),
            ],
            handler: Some(tracking::client_tracking),
            ..Row::NEW
        },
        Row {
            name: "trackinginfo",
            arity: 2,
            flags: NOSCRIPT | LOADING | STALE,
            categories: &["slow", "connection"],
            group: "connection",
            since: "6.2.0",
            complexity: "O(1)",
            summary: "Answers how the connection tracks keys.",
            handler: Some(tracking::client_trackinginfo),
            ..Row::NEW
        },
        Row {
            name: "unblock",
            arity: -3,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous", "connection"],
            group: "connection",
            since: "5.0.0",
            complexity: "O(log N) where N is the number of client connections",
            summary: "Ends another connection's wait.",
            args: &[
                integer("client-id"),
                one_of(
                    "unblock-type",
                    &[flag("timeout", "TIMEOUT"), flag("error", "ERROR")],
                )
                .optional(),
            ],
            handler: Some(client_unblock),
            ..Row::NEW
        },
        Row {
            name: "unpause",
            arity: 2,
            flags: ADMIN | NOSCRIPT | LOADING | STALE,
            categories: &["admin", "slow", "dangerous", "connection"],
            group: "connection",
            since: "6.2.0",
            complexity: "O(N) Where N is the number of paused clients",
            summary: "Lets commands go on that were held back.",
            handler: Some(client_unpause),
            ..Row::NEW
        },
    ],
    ..Row::NEW
};
