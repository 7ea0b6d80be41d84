//! Connections: greeting, naming, choosing a database, leaving.

mod client;
mod list;
mod row;
mod tracking;

use std::collections::BTreeSet;

use super::server::config::named;
use super::spec::*;
use crate::ds::bytes::Bytes;
use crate::engine::args::Args;
use crate::engine::client::{Client, Replies};
use crate::engine::error::{Error, c_string};
use crate::engine::num;
use crate::engine::reply::Resp;
use crate::engine::{Ctx, DATABASES};

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "auth",
        arity: -2,
        flags: NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
        categories: &["fast", "connection"],
        group: "connection",
        since: "1.0.0",
        complexity: "O(N) where N is the number of passwords defined for the user",
        summary: "Gives the password.",
        history: &[("6.0.0", "Added ACL style (username and password).")],
        args: &[
            string("username").since("6.0.0").optional(),
            string("password"),
        ],
        handler: Some(auth),
        ..Row::NEW
    },
    row::CLIENT,
    Row {
        name: "echo",
        arity: 2,
        flags: LOADING | STALE | FAST,
        categories: &["fast", "connection"],
        group: "connection",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Sends the text back.",
        args: &[string("message")],
        handler: Some(echo),
        ..Row::NEW
    },
    Row {
        name: "hello",
        arity: -1,
        flags: NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
        categories: &["fast", "connection"],
        group: "connection",
        since: "6.0.0",
        complexity: "O(1)",
        summary: "Greets the server, and chooses the protocol version.",
        history: &[
            (
                "8.1.0",
                "A new `availability_zone` field is added to the response if the `availability-zone` config is set.",
            ),
            (
                "6.2.0",
                "`protover` made optional; when called without arguments the command reports the current connection's context.",
            ),
        ],
        args: &[block(
            "arguments",
            &[
                integer("protover"),
                block("auth", &[string("username"), string("password")])
                    .token("AUTH")
                    .optional(),
                string("clientname").token("SETNAME").optional(),
            ],
        )
        .optional()],
        handler: Some(hello),
        ..Row::NEW
    },
    Row {
        name: "ping",
        arity: -1,
        flags: FAST,
        categories: &["fast", "connection"],
        group: "connection",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Answers PONG, or the text.",
        tips: &["request_policy:all_shards", "response_policy:all_succeeded"],
        args: &[string("message").optional()],
        handler: Some(ping),
        ..Row::NEW
    },
    Row {
        name: "quit",
        arity: -1,
        flags: NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
        categories: &["fast", "connection"],
        group: "connection",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Closes the connection.",
        handler: Some(quit),
        ..Row::NEW
    },
    Row {
        name: "reset",
        arity: 1,
        flags: NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
        categories: &["fast", "connection"],
        group: "connection",
        since: "6.2.0",
        complexity: "O(1)",
        summary: "Puts the connection back as it was when it opened.",
        handler: Some(reset),
        ..Row::NEW
    },
    Row {
        name: "select",
        arity: 2,
        flags: LOADING | STALE | FAST | ALLOW_BUSY,
        categories: &["fast", "connection"],
        group: "connection",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Chooses one of the numbered databases.",
        args: &[integer("index")],
        handler: Some(select),
        ..Row::NEW
    },
];

/// The version of the reference that replies follow.
pub const REFERENCE_VERSION: &str = "9.1.2";

/// The user that there is.
const USER: &[u8] = b"default";

/// Checks a user's password. The default user is the only one, and without a password it takes any.
fn authenticate(ctx: &mut Ctx<'_>, user: &[u8], password: &[u8]) -> Result<(), Error> {
    let wanted = &ctx.engine.config.password;
    if user != USER || !(wanted.is_empty() || wanted.as_slice() == password) {
        ctx.engine.stats.denied_auth += 1;
        return Err(Error::text(
            "WRONGPASS invalid username-password pair or user is disabled.",
        ));
    }
    ctx.client().authenticated = true;
    Ok(())
}

fn auth(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    match args.len() {
        2 if ctx.engine.config.password.is_empty() => {
            return Err(Error::text(
                "ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?",
            ));
        }
        2 => authenticate(ctx, USER, &args[1])?,
        3 => authenticate(ctx, &args[1], &args[2])?,
        _ => return Err(Error::Syntax),
    }
    ctx.out.ok();
    Ok(())
}

fn echo(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    ctx.out.bulk(&args[1]);
    Ok(())
}

fn hello(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut resp = ctx.out.resp;
    let mut name = None;
    if args.len() > 1 {
        let version = num::parse_i64(&args[1]).ok_or(Error::text(
            "ERR Protocol version is not an integer or out of range",
        ))?;
        resp = match version {
            2 => Resp::Two,
            3 => Resp::Three,
            _ => return Err(Error::text("NOPROTO unsupported protocol version")),
        };
    }
    let mut login: Option<(&[u8], &[u8])> = None;
    let mut at = 2;
    while at < args.len() {
        let left = args.len() - at - 1;
        if args.is(at, "AUTH") && left >= 2 {
            login = Some((&args[at + 1], &args[at + 2]));
            at += 3;
        } else if args.is(at, "SETNAME") && left >= 1 {
            name = Some(checked_name(&args[at + 1])?);
            at += 2;
        } else {
            return Err(Error::quoting(&[
                b"ERR Syntax error in HELLO option '",
                &args[at],
                b"'",
            ]));
        }
    }
    if let Some((user, password)) = login {
        authenticate(ctx, user, password)?;
    }
    if !ctx.client().authenticated {
        return Err(Error::text(
            "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time",
        ));
    }
    let client = ctx.client();
    client.resp = resp;
    if let Some(name) = name {
        client.name = name;
    }
    let id = client.id;
    let zone = named(&ctx.engine.config, "availability-zone");
    let out = &mut ctx.out;
    out.resp = resp;
    out.map(7 + usize::from(!zone.is_empty()));
    out.bulk(b"server");
    out.bulk(b"keyglass");
    out.bulk(b"version");
    out.bulk(REFERENCE_VERSION.as_bytes());
    out.bulk(b"proto");
    out.int(if resp == Resp::Three { 3 } else { 2 });
    out.bulk(b"id");
    out.int(id as i64);
    out.bulk(b"mode");
    out.bulk(b"standalone");
    out.bulk(b"role");
    out.bulk(b"master");
    out.bulk(b"modules");
    out.array(0);
    if !zone.is_empty() {
        out.bulk(b"availability_zone");
        out.bulk(zone.as_bytes());
    }
    Ok(())
}

fn ping(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len() > 2 {
        return Err(Error::Arity("ping".into()));
    }
    let subscribed = ctx.client().subscriptions() > 0 && ctx.out.resp == Resp::Two;
    match args.get(1) {
        text if subscribed => {
            ctx.out.array(2);
            ctx.out.bulk(b"pong");
            ctx.out.bulk(text.unwrap_or_default());
        }
        Some(text) => ctx.out.bulk(text),
        None => ctx.out.simple("PONG"),
    }
    Ok(())
}

fn quit(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.client().closing = true;
    ctx.out.ok();
    Ok(())
}

fn reset(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let conn = ctx.conn;
    ctx.engine.unsubscribe_all(conn);
    ctx.engine.monitors.remove(&conn);
    ctx.engine.discard(conn);
    let authenticated = ctx.engine.config.password.is_empty();
    let client = ctx.client();
    let replies = match client.replies {
        Replies::Skip => Replies::Skip, // this very command's reply
        _ => Replies::On,
    };
    // What says who stands behind the connection stays; the rest is as it was in the beginning.
    let before = std::mem::take(client);
    *client = Client {
        name: Bytes::default(),
        db: 0,
        resp: Resp::Two,
        channels: BTreeSet::new(),
        patterns: BTreeSet::new(),
        shards: BTreeSet::new(),
        unseen: false,
        no_evict: false,
        readonly: false,
        import_source: false,
        tracking: None,
        replies,
        authenticated,
        ..before
    };
    ctx.out.resp = Resp::Two;
    ctx.out.simple("RESET");
    Ok(())
}

fn select(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let index = i32::try_from(args.int(1)?).map_err(|_| Error::NotInt32)?;
    let index = usize::try_from(index)
        .ok()
        .filter(|&i| i < DATABASES)
        .ok_or(Error::DbIndex)?;
    ctx.select(index);
    ctx.out.ok();
    Ok(())
}

/// A client's name: printable ASCII without spaces, as far as the server looks at it.
fn checked_name(name: &[u8]) -> Result<Bytes, Error> {
    if c_string(name).iter().all(|b| (b'!'..=b'~').contains(b)) {
        Ok(Bytes::from_slice(name))
    } else {
        Err(Error::text(
            "ERR Client names cannot contain spaces, newlines or special characters.",
        ))
    }
}

#[cfg(test)]
mod tests {
    use crate::command::testing::check;

    #[test]
    fn hello_changes_the_protocol_of_its_own_reply() {
        check(
            r#"
            A> HELLO 4
            (error) NOPROTO unsupported protocol version
            A> HELLO 3 SETNAME ann
            1# "server" => "keyglass"
            2# "version" => "9.1.2"
            3# "proto" => (integer) 3
            4# "id" => (integer) 1
            5# "mode" => "standalone"
            6# "role" => "master"
            7# "modules" => (empty array)
            A> CLIENT GETNAME
            "ann"
            A> RESET
            RESET
            A> CLIENT GETNAME
            (nil)
            "#,
        );
    }

    #[test]
    fn a_zone_is_told_where_there_is_one() {
        check(
            r#"
            A> CONFIG SET availability-zone here
            OK
            A> HELLO 3
            1# "server" => "keyglass"
            2# "version" => "9.1.2"
            3# "proto" => (integer) 3
            4# "id" => (integer) 1
            5# "mode" => "standalone"
            6# "role" => "master"
            7# "modules" => (empty array)
            8# "availability_zone" => "here"
            "#,
        );
    }

    #[test]
    fn a_pause_of_writes_holds_back_what_would_reach_replicas() {
        check(
            r#"
            A> CLIENT PAUSE 1000 WRITE
            OK
            B> PUBLISH chat hi
            C> PFCOUNT hll
            D> GET k
            (nil)
            A> CLIENT UNPAUSE
            OK
            B<
            (integer) 0
            C<
            (integer) 0
            "#,
        );
    }

    #[test]
    fn a_pause_holds_commands_until_it_is_over() {
        check(
            r#"
            A> CLIENT PAUSE 100 WRITE
            OK
            B> GET k
            (nil)
            B> SET k 1
            C> INCR k
            @99
            B<
            A> CLIENT LIST ID 2 FLAGS b
            "id=2 addr=client:1 laddr= fd=1 name= age=0 idle=0 flags=b capa= db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=set user=default redir=-1 resp=2 lib-name= lib-ver= tot-net-in=47 tot-net-out=5 tot-cmds=1\n"
            @1
            B<
            OK
            C<
            (integer) 2
            A> CLIENT PAUSE 100000 WRITE
            OK
            B> SET k 5
            C> PFCOUNT h
            D> PUBLISH news hello
            A> CLIENT UNPAUSE
            OK
            B<
            OK
            C<
            (integer) 0
            D<
            (integer) 0
            A> CLIENT PAUSE 10
            OK
            A> PING
            @10
            A<
            PONG
            "#,
        );
    }

    #[test]
    fn hello_tells_the_zone_where_there_is_one() {
        check(
            r#"
            A> CONFIG SET availability-zone here
            OK
            A> HELLO
             1) "server"
             2) "keyglass"
             3) "version"
             4) "9.1.2"
             5) "proto"
             6) (integer) 2
             7) "id"
             8) (integer) 1
             9) "mode"
            10) "standalone"
            11) "role"
            12) "master"
            13) "modules"
            14) (empty array)
            15) "availability_zone"
            16) "here"
            "#,
        );
    }

    #[test]
    fn a_client_unblocks_and_kills_another() {
        check(
            r#"
            A> BLPOP l 0
            B> CLIENT UNBLOCK 1
            (integer) 1
            A<
            (nil)
            A> BLPOP l 0
            B> CLIENT UNBLOCK 1 ERROR
            (integer) 1
            A<
            (error) UNBLOCKED client unblocked via CLIENT UNBLOCK
            B> CLIENT UNBLOCK 1
            (integer) 0
            B> CLIENT KILL ID 1
            (integer) 1
            B> CLIENT KILL client:0
            (error) ERR No such client
            B> CLIENT KILL client:1
            OK
            B> CLIENT ID
            (integer) 3
            "#,
        );
    }

    #[test]
    fn replies_are_left_out_as_asked() {
        check(
            r#"
            A> CLIENT REPLY SKIP
            A> SET k 1
            A> GET k
            "1"
            A> CLIENT REPLY OFF
            A> GET k
            A> NOSUCH
            A> CLIENT REPLY ON
            OK
            A> GET k
            "1"
            "#,
        );
    }

    #[test]
    fn a_password_is_asked_for() {
        check(
            r#"
            A> AUTH x
            (error) ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?
            A> CONFIG SET requirepass secret
            OK
            A> PING
            PONG
            B> PING
            (error) NOAUTH Authentication required.
            B> NOSUCH
            (error) ERR unknown command 'NOSUCH', with args beginning with: 
            B> HELLO
            (error) NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time
            B> AUTH wrong
            (error) WRONGPASS invalid username-password pair or user is disabled.
            B> AUTH default secret
            OK
            B> PING
            PONG
            B> RESET
            RESET
            B> PING
            (error) NOAUTH Authentication required.
            "#,
        );
    }

    #[test]
    fn who_tracks_is_told_of_what_it_read() {
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
            A> CLIENT TRACKING ON
            OK
            A> GET k
            (nil)
            B> SET k 1
            OK
            A<
            1) "invalidate"
            2) 1) "k"
            B> SET k 2
            OK
            A<
            A> MGET k l
            1) "2"
            2) (nil)
            B> FLUSHALL
            OK
            A<
            1) "invalidate"
            2) (nil)
            A> CLIENT TRACKING OFF
            OK
            A> CLIENT TRACKING ON BCAST PREFIX a PREFIX b NOLOOP
            OK
            A> SET a1 1
            OK
            B> MSET a1 1 a2 1 c1 1 b1 1
            OK
            A<
            1) "invalidate"
            2) 1) "a1"
               2) "a2"
            1) "invalidate"
            2) 1) "b1"
            "#,
        );
    }

    #[test]
    fn another_client_is_told_in_place_of_the_one_that_tracks() {
        check(
            r#"
            A> SUBSCRIBE __redis__:invalidate
            1) "subscribe"
            2) "__redis__:invalidate"
            3) (integer) 1
            B> CLIENT TRACKING ON REDIRECT 1 OPTIN
            OK
            B> GET k
            (nil)
            B> CLIENT CACHING YES
            OK
            B> GET l
            (nil)
            B> MSET k 1 l 1
            OK
            A<
            1) "message"
            2) "__redis__:invalidate"
            3) 1) "l"
            B> CLIENT GETREDIR
            (integer) 1
            "#,
        );
    }
}
