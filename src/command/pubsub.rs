//! Publish and subscribe: messages for whoever listens at that moment; nothing is kept.

use super::spec::*;
use crate::ds::bytes::Bytes;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::pubsub::Topic;

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "psubscribe",
        arity: -2,
        flags: PUBSUB | NOSCRIPT | LOADING | STALE,
        categories: &["pubsub", "slow"],
        group: "pubsub",
        since: "2.0.0",
        complexity: "O(N) where N is the number of patterns to subscribe to.",
        summary: "Listens to every channel whose name fits a pattern.",
        args: &[pattern("pattern").multiple()],
        handler: Some(psubscribe),
        ..Row::NEW
    },
    Row {
        name: "publish",
        arity: 3,
        flags: PUBSUB | LOADING | STALE | FAST | MAY_REPLICATE,
        categories: &["pubsub", "fast"],
        group: "pubsub",
        since: "2.0.0",
        complexity: "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).",
        summary: "Sends a message to whoever listens to a channel now; answers how many that were.",
        args: &[string("channel"), string("message")],
        handler: Some(publish),
        ..Row::NEW
    },
    Row {
        name: "pubsub",
        arity: -2,
        categories: &["slow"],
        group: "pubsub",
        since: "2.8.0",
        complexity: "Depends on subcommand.",
        summary: "Commands that look at subscriptions.",
        subcommands: &[
            Row {
                name: "channels",
                arity: -2,
                flags: PUBSUB | LOADING | STALE,
                categories: &["pubsub", "slow"],
                group: "pubsub",
                since: "2.8.0",
                complexity: "O(N) where N is the number of active channels, and assuming constant time pattern matching (relatively short channels and patterns)",
                summary: "Lists the channels that somebody listens to by name.",
                args: &[pattern("pattern").optional()],
                handler: Some(pubsub_channels),
                ..Row::NEW
            },
            Row {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "pubsub",
                since: "6.2.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(pubsub_help),
                ..Row::NEW
            },
            Row {
                name: "numpat",
                arity: 2,
                flags: PUBSUB | LOADING | STALE,
                categories: &["pubsub", "slow"],
                group: "pubsub",
                since: "2.8.0",
                complexity: "O(1)",
                summary: "Answers how many different patterns are listened to.",
                handler: Some(pubsub_numpat),
                ..Row::NEW
            },
            Row {
                name: "numsub",
                arity: -2,
                flags: PUBSUB | LOADING | STALE,
                categories: &["pubsub", "slow"],
                group: "pubsub",
                since: "2.8.0",
                complexity: "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
                summary: "Answers how many clients listen to each of the channels by name.",
                args: &[string("channel").optional().multiple()],
                handler: Some(pubsub_numsub),
                ..Row::NEW
            },
            Row {
                name: "shardchannels",
                arity: -2,
                flags: PUBSUB | LOADING | STALE,
                categories: &["pubsub", "slow"],
                group: "pubsub",
                since: "7.0.0",
                complexity: "O(N) where N is the number of active shard channels, and assuming constant time pattern matching (relatively short shard channels).",
                summary: "Lists the shard channels that somebody listens to.",
                args: &[pattern("pattern").optional()],
                handler: Some(pubsub_shardchannels),
                ..Row::NEW
            },
            Row {
                name: "shardnumsub",
                arity: -2,
                flags: PUBSUB | LOADING | STALE,
                categories: &["pubsub", "slow"],
                group: "pubsub",
                since: "7.0.0",
                complexity: "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested shard channels",
                summary: "Answers how many clients listen to each of the shard channels.",
                args: &[string("shardchannel").multiple().optional()],
                handler: Some(pubsub_shardnumsub),
                ..Row::NEW
            },
        ],
        ..Row::NEW
    },
    Row {
        name: "punsubscribe",
        arity: -1,
        flags: PUBSUB | NOSCRIPT | LOADING | STALE,
        categories: &["pubsub", "slow"],
        group: "pubsub",
        since: "2.0.0",
        complexity: "O(N) where N is the number of patterns to unsubscribe.",
        summary: "Stops listening by the patterns, or by any pattern.",
        args: &[pattern("pattern").optional().multiple()],
        handler: Some(punsubscribe),
        ..Row::NEW
    },
    Row {
        name: "spublish",
        arity: 3,
        flags: PUBSUB | LOADING | STALE | FAST | MAY_REPLICATE,
        categories: &["pubsub", "fast"],
        group: "pubsub",
        since: "7.0.0",
        complexity: "O(N) where N is the number of clients subscribed to the receiving shard channel.",
        summary: "Sends a message to whoever listens to a shard channel now; answers how many that were.",
        keys: &[KeySpec::first(&["not_key"])],
        args: &[string("shardchannel"), string("message")],
        handler: Some(spublish),
        ..Row::NEW
    },
    Row {
        name: "ssubscribe",
        arity: -2,
        flags: PUBSUB | NOSCRIPT | LOADING | STALE,
        categories: &["pubsub", "slow"],
        group: "pubsub",
        since: "7.0.0",
        complexity: "O(N) where N is the number of shard channels to subscribe to.",
        summary: "Listens to shard channels by name.",
        keys: &[KeySpec {
            notes: None,
            flags: &["not_key"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[string("shardchannel").multiple()],
        handler: Some(ssubscribe),
        ..Row::NEW
    },
    Row {
        name: "subscribe",
        arity: -2,
        flags: PUBSUB | NOSCRIPT | LOADING | STALE,
        categories: &["pubsub", "slow"],
        group: "pubsub",
        since: "2.0.0",
        complexity: "O(N) where N is the number of channels to subscribe to.",
        summary: "Listens to channels by name.",
        args: &[string("channel").multiple()],
        handler: Some(subscribe),
        ..Row::NEW
    },
    Row {
        name: "sunsubscribe",
        arity: -1,
        flags: PUBSUB | NOSCRIPT | LOADING | STALE,
        categories: &["pubsub", "slow"],
        group: "pubsub",
        since: "7.0.0",
        complexity: "O(N) where N is the number of shard channels to unsubscribe.",
        summary: "Stops listening to the shard channels, or to all that were named.",
        keys: &[KeySpec {
            notes: None,
            flags: &["not_key"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: -1,
                step: 1,
                limit: 0,
            },
        }],
        args: &[string("shardchannel").multiple().optional()],
        handler: Some(sunsubscribe),
        ..Row::NEW
    },
    Row {
        name: "unsubscribe",
        arity: -1,
        flags: PUBSUB | NOSCRIPT | LOADING | STALE,
        categories: &["pubsub", "slow"],
        group: "pubsub",
        since: "2.0.0",
        complexity: "O(N) where N is the number of channels to unsubscribe.",
        summary: "Stops listening to the channels, or to all that were named.",
        args: &[string("channel").optional().multiple()],
        handler: Some(unsubscribe),
        ..Row::NEW
    },
];

fn psubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    begin(ctx, args, Topic::Pattern, "psubscribe")
}

fn publish(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    send(ctx, args, false)
}

fn pubsub_channels(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    active(ctx, args, Topic::Channel)
}

fn pubsub_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "PUBSUB",
        &[
            "CHANNELS [<pattern>]",
            "    Return the currently active channels matching a <pattern> (default: '*').",
            "NUMPAT",
            "    Return number of subscriptions to patterns.",
            "NUMSUB [<channel> ...]",
            "    Return the number of subscribers for the specified channels, excluding",
            "    pattern subscriptions(default: no channels).",
            "SHARDCHANNELS [<pattern>]",
            "    Return the currently active shard level channels matching a <pattern> (default: '*').",
            "SHARDNUMSUB [<shardchannel> ...]",
            "    Return the number of subscribers for the specified shard level channel(s)",
        ],
    );
    Ok(())
}

fn pubsub_numpat(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.count(ctx.engine.pubsub.patterns.len());
    Ok(())
}

fn pubsub_numsub(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    subscribers(ctx, args, Topic::Channel);
    Ok(())
}

fn pubsub_shardchannels(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    active(ctx, args, Topic::Shard)
}

fn pubsub_shardnumsub(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    subscribers(ctx, args, Topic::Shard);
    Ok(())
}

fn punsubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    end(ctx, args, Topic::Pattern, "punsubscribe")
}

fn spublish(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    send(ctx, args, true)
}

fn ssubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if ctx.in_exec {
        return Err(Error::text(
            "ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client",
        ));
    }
    begin(ctx, args, Topic::Shard, "ssubscribe")
}

fn subscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    begin(ctx, args, Topic::Channel, "subscribe")
}

fn sunsubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    end(ctx, args, Topic::Shard, "sunsubscribe")
}

fn unsubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    end(ctx, args, Topic::Channel, "unsubscribe")
}

/// Sends a message to a channel or a shard channel.
fn send(ctx: &mut Ctx<'_>, args: Args<'_>, shard: bool) -> Result<(), Error> {
    let (channel, message) = (&args[1], &args[2]);
    let receivers = if shard {
        ctx.engine.spublish(channel, message)
    } else {
        ctx.engine.publish(channel, message)
    };
    ctx.out.count(receivers.len());
    let conn = Some(ctx.conn);
    ctx.engine.note(conn, 0, channel, || Fact::Published {
        message: Bytes::from_slice(message),
        receivers,
        shard,
    });
    Ok(())
}

/// The names that somebody listens to, and that fit the pattern if there is one.
fn active(ctx: &mut Ctx<'_>, args: Args<'_>, topic: Topic) -> Result<(), Error> {
    if args.len() > 3 {
        return Err(Error::quoting(&[
            b"ERR unknown subcommand or wrong number of arguments for '",
            args[1].get(..128).unwrap_or(&args[1]),
            b"'. Try PUBSUB HELP.",
        ]));
    }
    let channels = ctx.engine.pubsub.active(topic, args.get(2));
    ctx.out
        .array_of(|out| channels.map(|channel| out.bulk(channel)).count());
    Ok(())
}

/// Each of the names with how many clients listen to it.
fn subscribers(ctx: &mut Ctx<'_>, args: Args<'_>, topic: Topic) {
    let channels = args.from(2);
    ctx.out.array(channels.len() * 2);
    for channel in channels {
        ctx.out.bulk(channel);
        ctx.out.count(ctx.engine.pubsub.subscribers(topic, channel));
    }
}

/// Subscribes to each of the names; one frame for each, also for one that was subscribed to before.
fn begin(ctx: &mut Ctx<'_>, args: Args<'_>, topic: Topic, word: &str) -> Result<(), Error> {
    for name in args.from(1) {
        let count = ctx.engine.subscribe(ctx.conn, topic, name);
        confirm(ctx, word, Some(name), count);
    }
    Ok(())
}

/// Ends the subscriptions that are named, or all; one frame for each, and one without a name where there is none.
fn end(ctx: &mut Ctx<'_>, args: Args<'_>, topic: Topic, word: &str) -> Result<(), Error> {
    let all: Vec<Bytes> = if args.len() == 1 {
        ctx.client().subscribed(topic).iter().cloned().collect()
    } else {
        Vec::new()
    };
    for name in all
        .iter()
        .map(|name| name.as_slice())
        .chain(args.from(1).iter().copied())
    {
        let left = ctx.engine.unsubscribe(ctx.conn, topic, name);
        confirm(ctx, word, Some(name), left);
    }
    if args.len() == 1 && all.is_empty() {
        let left = ctx.client().counted_with(topic);
        confirm(ctx, word, None, left);
    }
    Ok(())
}

fn confirm(ctx: &mut Ctx<'_>, word: &str, name: Option<&[u8]>, count: usize) {
    let out = &mut ctx.out;
    out.push(3);
    out.bulk(word.as_bytes());
    match name {
        Some(name) => out.bulk(name),
        None => out.null(),
    }
    out.count(count);
}

#[cfg(test)]
mod tests {
    use crate::command::testing::check;

    #[test]
    fn a_message_reaches_those_who_listen_by_name_and_by_pattern() {
        check(
            r#"
            A> SUBSCRIBE news
            1) "subscribe"
            2) "news"
            3) (integer) 1
            B> PSUBSCRIBE n*
            1) "psubscribe"
            2) "n*"
            3) (integer) 1
            C> PUBLISH news hello
            (integer) 2
            A<
            1) "message"
            2) "news"
            3) "hello"
            B<
            1) "pmessage"
            2) "n*"
            3) "news"
            4) "hello"
            C> PUBLISH sport goal
            (integer) 0
            A<
            C> PUBSUB CHANNELS
            1) "news"
            C> PUBSUB CHANNELS s*
            (empty array)
            C> PUBSUB NUMSUB news sport
            1) "news"
            2) (integer) 1
            3) "sport"
            4) (integer) 0
            C> PUBSUB NUMPAT
            (integer) 1
            "#,
        );
    }

    #[test]
    fn one_client_can_get_a_message_more_than_once() {
        check(
            r#"
            A> SUBSCRIBE news
            1) "subscribe"
            2) "news"
            3) (integer) 1
            A> PSUBSCRIBE n* [mn]ews
            1) "psubscribe"
            2) "n*"
            3) (integer) 2
            1) "psubscribe"
            2) "[mn]ews"
            3) (integer) 3
            B> PUBLISH news hi
            (integer) 3
            A<
            1) "message"
            2) "news"
            3) "hi"
            1) "pmessage"
            2) "[mn]ews"
            3) "news"
            4) "hi"
            1) "pmessage"
            2) "n*"
            3) "news"
            4) "hi"
            "#,
        );
    }

    #[test]
    fn a_subscribed_client_may_do_little_else_until_it_leaves() {
        check(
            r#"
            A> SUBSCRIBE a b a
            1) "subscribe"
            2) "a"
            3) (integer) 1
            1) "subscribe"
            2) "b"
            3) (integer) 2
            1) "subscribe"
            2) "a"
            3) (integer) 2
            A> GET k
            (error) ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
            A> PUBSUB CHANNELS
            (error) ERR Can't execute 'pubsub|channels': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
            A> PING
            1) "pong"
            2) ""
            A> PUNSUBSCRIBE
            1) "punsubscribe"
            2) (nil)
            3) (integer) 2
            A> UNSUBSCRIBE zz
            1) "unsubscribe"
            2) "zz"
            3) (integer) 2
            A> UNSUBSCRIBE
            1) "unsubscribe"
            2) "a"
            3) (integer) 1
            1) "unsubscribe"
            2) "b"
            3) (integer) 0
            A> UNSUBSCRIBE
            1) "unsubscribe"
            2) (nil)
            3) (integer) 0
            A> GET k
            (nil)
            "#,
        );
    }

    #[test]
    fn with_resp3_messages_are_pushed_beside_replies() {
        check(
            r#"
            A> HELLO 3
            1# "server" => "keyglass"
            2# "version" => "9.1.2"
            3# "proto" => (integer) 3
            4# "id" => (integer) 1
            5# "mode" => "standalone"
            6# "role" => "master"
            7# "modules" => (empty array)
            A> SUBSCRIBE a
            1) "subscribe"
            2) "a"
            3) (integer) 1
            A> GET k
            (nil)
            A> PUBLISH a m
            (integer) 1
            1) "message"
            2) "a"
            3) "m"
            A> UNSUBSCRIBE
            1) "unsubscribe"
            2) "a"
            3) (integer) 0
            A> UNSUBSCRIBE
            1) "unsubscribe"
            2) (nil)
            3) (integer) 0
            "#,
        );
    }

    #[test]
    fn a_client_that_leaves_is_forgotten() {
        check(
            r#"
            A> PSUBSCRIBE *
            1) "psubscribe"
            2) "*"
            3) (integer) 1
            B> PUBLISH a 1
            (integer) 1
            A> RESET
            1) "pmessage"
            2) "*"
            3) "a"
            4) "1"
            RESET
            B> PUBLISH a 2
            (integer) 0
            B> PUBSUB NUMPAT
            (integer) 0
            "#,
        );
    }

    #[test]
    fn shard_channels_are_channels_of_their_own() {
        check(
            r#"
            A> SSUBSCRIBE news sport
            1) "ssubscribe"
            2) "news"
            3) (integer) 1
            1) "ssubscribe"
            2) "sport"
            3) (integer) 2
            A> SUBSCRIBE news
            1) "subscribe"
            2) "news"
            3) (integer) 1
            A> PSUBSCRIBE s*
            1) "psubscribe"
            2) "s*"
            3) (integer) 2
            A> SPUBLISH news hello
            (error) ERR Can't execute 'spublish': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
            B> SPUBLISH sport goal
            (integer) 1
            A<
            1) "smessage"
            2) "sport"
            3) "goal"
            B> PUBLISH sport draw
            (integer) 1
            A<
            1) "pmessage"
            2) "s*"
            3) "sport"
            4) "draw"
            B> PUBSUB SHARDCHANNELS
            1) "news"
            2) "sport"
            B> PUBSUB SHARDCHANNELS n*
            1) "news"
            B> PUBSUB CHANNELS
            1) "news"
            B> PUBSUB SHARDNUMSUB sport none
            1) "sport"
            2) (integer) 1
            3) "none"
            4) (integer) 0
            B> PUBSUB SHARDCHANNELS a b
            (error) ERR unknown subcommand or wrong number of arguments for 'SHARDCHANNELS'. Try PUBSUB HELP.
            A> UNSUBSCRIBE
            1) "unsubscribe"
            2) "news"
            3) (integer) 1
            A> PUNSUBSCRIBE
            1) "punsubscribe"
            2) "s*"
            3) (integer) 0
            A> GET k
            (error) ERR Can't execute 'get': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context
            A> SUNSUBSCRIBE
            1) "sunsubscribe"
            2) "news"
            3) (integer) 1
            1) "sunsubscribe"
            2) "sport"
            3) (integer) 0
            A> SUNSUBSCRIBE
            1) "sunsubscribe"
            2) (nil)
            3) (integer) 0
            A> SSUBSCRIBE news
            1) "ssubscribe"
            2) "news"
            3) (integer) 1
            A> RESET
            RESET
            B> SPUBLISH news hello
            (integer) 0
            "#,
        );
    }

    #[test]
    fn refusals_are_the_reference_texts() {
        check(
            r#"
            A> PUBSUB
            (error) ERR wrong number of arguments for 'pubsub' command
            A> PUBSUB nosuch
            (error) ERR unknown subcommand 'nosuch'. Try PUBSUB HELP.
            A> PUBSUB NUMPAT a
            (error) ERR wrong number of arguments for 'pubsub|numpat' command
            A> pubsub channels a b
            (error) ERR unknown subcommand or wrong number of arguments for 'channels'. Try PUBSUB HELP.
            "#,
        );
    }
}
