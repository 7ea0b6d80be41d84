//! Publish and subscribe: messages for whoever listens at that moment; nothing is kept.

use super::spec::*;
use crate::ds::bytes::Bytes;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::pubsub::Topic;

/// The family's commands.
pub const TABLE: &[Spec] = &[
    Spec {
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
        ..Spec::NEW
    },
    Spec {
        name: "publish",
        arity: 3,
        flags: PUBSUB | LOADING | STALE | FAST,
        categories: &["pubsub", "fast"],
        group: "pubsub",
        since: "2.0.0",
        complexity: "O(N+M) where N is the number of clients subscribed to the receiving channel and M is the total number of subscribed patterns (by any client).",
        summary: "Sends a message to whoever listens to a channel now; answers how many that were.",
        args: &[string("channel"), string("message")],
        handler: Some(publish),
        ..Spec::NEW
    },
    Spec {
        name: "pubsub",
        arity: -2,
        categories: &["slow"],
        group: "pubsub",
        since: "2.8.0",
        complexity: "Depends on subcommand.",
        summary: "Commands that look at subscriptions.",
        subcommands: &[
            Spec {
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
                ..Spec::NEW
            },
            Spec {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow"],
                group: "pubsub",
                since: "6.2.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(pubsub_help),
                ..Spec::NEW
            },
            Spec {
                name: "numpat",
                arity: 2,
                flags: PUBSUB | LOADING | STALE,
                categories: &["pubsub", "slow"],
                group: "pubsub",
                since: "2.8.0",
                complexity: "O(1)",
                summary: "Answers how many different patterns are listened to.",
                handler: Some(pubsub_numpat),
                ..Spec::NEW
            },
            Spec {
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
                ..Spec::NEW
            },
        ],
        ..Spec::NEW
    },
    Spec {
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
        ..Spec::NEW
    },
    Spec {
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
        ..Spec::NEW
    },
    Spec {
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
        ..Spec::NEW
    },
];

fn psubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    begin(ctx, args, Topic::Pattern, "psubscribe")
}

fn publish(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (channel, message) = (&args[1], &args[2]);
    let receivers = ctx.engine.publish(channel, message);
    ctx.out.count(receivers.len());
    let conn = Some(ctx.conn);
    ctx.engine.note(conn, 0, channel, || Fact::Published {
        message: Bytes::from_slice(message),
        receivers,
    });
    Ok(())
}

fn pubsub_channels(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len() > 3 {
        let name = String::from_utf8_lossy(&args[1]);
        return Err(Error::from(format!(
            "ERR unknown subcommand or wrong number of arguments for '{name}'. Try PUBSUB HELP."
        )));
    }
    let channels = ctx.engine.pubsub.active(args.get(2));
    ctx.out
        .array_of(|out| channels.map(|channel| out.bulk(channel)).count());
    Ok(())
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
        ],
    );
    Ok(())
}

fn pubsub_numpat(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.count(ctx.engine.pubsub.patterns.len());
    Ok(())
}

fn pubsub_numsub(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let channels = args.from(2);
    ctx.out.array(channels.len() * 2);
    for channel in channels {
        ctx.out.bulk(channel);
        ctx.out.count(ctx.engine.pubsub.subscribers(channel));
    }
    Ok(())
}

fn punsubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    end(ctx, args, Topic::Pattern, "punsubscribe")
}

fn subscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    begin(ctx, args, Topic::Channel, "subscribe")
}

fn unsubscribe(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    end(ctx, args, Topic::Channel, "unsubscribe")
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
        let left = ctx.client().subscriptions();
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
