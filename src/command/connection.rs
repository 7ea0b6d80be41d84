//! Connections: greeting, naming, choosing a database, leaving.

use super::spec::*;
use crate::ds::bytes::Bytes;
use crate::engine::args::Args;
use crate::engine::client::Client;
use crate::engine::error::{Error, c_string};
use crate::engine::num;
use crate::engine::reply::Resp;
use crate::engine::{Ctx, DATABASES};

/// The family's commands.
pub const TABLE: &[Spec] = &[
    Spec {
        name: "client",
        arity: -2,
        categories: &["slow"],
        group: "connection",
        since: "2.4.0",
        complexity: "Depends on subcommand.",
        summary: "Commands about connections.",
        subcommands: &[
            Spec {
                name: "getname",
                arity: 2,
                flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
                categories: &["slow", "connection"],
                group: "connection",
                since: "2.6.9",
                complexity: "O(1)",
                summary: "Answers the connection's name.",
                handler: Some(client_getname),
                ..Spec::NEW
            },
            Spec {
                name: "help",
                arity: 2,
                flags: LOADING | STALE,
                categories: &["slow", "connection"],
                group: "connection",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Lists the subcommands.",
                handler: Some(client_help),
                ..Spec::NEW
            },
            Spec {
                name: "id",
                arity: 2,
                flags: NOSCRIPT | LOADING | STALE | ALLOW_BUSY,
                categories: &["slow", "connection"],
                group: "connection",
                since: "5.0.0",
                complexity: "O(1)",
                summary: "Answers the connection's number.",
                handler: Some(client_id),
                ..Spec::NEW
            },
            Spec {
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
                ..Spec::NEW
            },
        ],
        ..Spec::NEW
    },
    Spec {
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
        ..Spec::NEW
    },
    Spec {
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
        ..Spec::NEW
    },
    Spec {
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
        ..Spec::NEW
    },
    Spec {
        name: "quit",
        arity: -1,
        flags: NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
        categories: &["fast", "connection"],
        group: "connection",
        since: "1.0.0",
        complexity: "O(1)",
        summary: "Closes the connection.",
        handler: Some(quit),
        ..Spec::NEW
    },
    Spec {
        name: "reset",
        arity: 1,
        flags: NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY,
        categories: &["fast", "connection"],
        group: "connection",
        since: "6.2.0",
        complexity: "O(1)",
        summary: "Puts the connection back as it was when it opened.",
        handler: Some(reset),
        ..Spec::NEW
    },
    Spec {
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
        ..Spec::NEW
    },
];

/// The version of the reference that replies follow.
pub const REFERENCE_VERSION: &str = "9.1.2";

fn client_getname(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let name = ctx.client().name.clone();
    if name.is_empty() {
        ctx.out.null()
    } else {
        ctx.out.bulk(&name)
    }
    Ok(())
}

fn client_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "CLIENT",
        &[
            "GETNAME",
            "    Return the name of the current connection.",
            "ID",
            "    Return the ID of the current connection.",
            "SETNAME <name>",
            "    Assign the name <name> to the current connection.",
        ],
    );
    Ok(())
}

fn client_id(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let id = ctx.client().id;
    ctx.out.int(id as i64);
    Ok(())
}

fn client_setname(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let name = checked_name(&args[2])?;
    ctx.client().name = name;
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
    let mut user: &[u8] = b"default";
    let mut at = 2;
    while at < args.len() {
        let left = args.len() - at - 1;
        if args.is(at, "AUTH") && left >= 2 {
            user = &args[at + 1];
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
    // The default user has no password, so it takes any.
    if user != b"default" {
        return Err(Error::text(
            "WRONGPASS invalid username-password pair or user is disabled.",
        ));
    }
    let client = ctx.client();
    client.resp = resp;
    if let Some(name) = name {
        client.name = name;
    }
    let id = client.id;
    let out = &mut ctx.out;
    out.resp = resp;
    out.map(7);
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
    ctx.engine.pubsub.drop_client(conn);
    let client = ctx.client();
    *client = Client {
        id: client.id,
        query: std::mem::take(&mut client.query),
        out: std::mem::take(&mut client.out),
        ..Client::default()
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
    ctx.client().db = index;
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
}
