//! What a server answers that stands alone: without replicas, a cluster, modules, users or a disk.

use crate::command::rows;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::num;

const NO_DISK: Error =
    Error::text("ERR Keyglass keeps nothing on disk: there is nothing to save to");
const NO_CLUSTER: Error = Error::text("ERR This instance has cluster support disabled");

/// The categories, in the order in which ACL CAT gives them.
const CATEGORIES: [&str; 21] = [
    "keyspace",
    "read",
    "write",
    "set",
    "sortedset",
    "list",
    "hash",
    "string",
    "bitmap",
    "hyperloglog",
    "geo",
    "stream",
    "pubsub",
    "admin",
    "fast",
    "slow",
    "blocking",
    "dangerous",
    "connection",
    "transaction",
    "scripting",
];

pub(super) fn acl_cat(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let Some(category) = args.get(2) else {
        ctx.out.array(CATEGORIES.len());
        CATEGORIES
            .iter()
            .for_each(|name| ctx.out.bulk(name.as_bytes()));
        return Ok(());
    };
    if args.len() > 3 {
        return Err(unknown_sub(b"ACL", &args[1]));
    }
    let known = CATEGORIES
        .iter()
        .find(|name| name.as_bytes().eq_ignore_ascii_case(category));
    let Some(known) = known else {
        return Err(Error::quoting(&[b"ERR Unknown category '", category, b"'"]));
    };
    ctx.out.array_of(|out| {
        let mut count = 0;
        for container in rows() {
            for row in std::iter::once(container).chain(container.subcommands) {
                if row.categories.contains(known) {
                    out.bulk(crate::command::full_name(container.name, row.name).as_bytes());
                    count += 1;
                }
            }
        }
        count
    });
    Ok(())
}

fn unknown_sub(container: &[u8], name: &[u8]) -> Error {
    Error::quoting(&[
        b"ERR unknown subcommand or wrong number of arguments for '",
        name,
        b"'. Try ",
        container,
        b" HELP.",
    ])
}

pub(super) fn acl_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "ACL",
        &[
            "CAT [<category>]",
            "    List all commands that belong to <category>, or all command categories",
            "    when no category is specified.",
            "LIST",
            "    Show users details in config file format.",
            "USERS",
            "    List all the registered usernames.",
            "WHOAMI",
            "    Return the current connection username.",
        ],
    );
    Ok(())
}

pub(super) fn acl_list(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.array(1);
    ctx.out.bulk(b"user default on nopass ~* &* +@all");
    Ok(())
}

pub(super) fn acl_users(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.array(1);
    ctx.out.bulk(b"default");
    Ok(())
}

pub(super) fn acl_whoami(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.bulk(b"default");
    Ok(())
}

pub(super) fn asking(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(NO_CLUSTER)
}

pub(super) fn bgrewriteaof(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(NO_DISK)
}

pub(super) fn bgsave(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(NO_DISK)
}

pub(super) fn failover(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(Error::text("ERR FAILOVER requires connected replicas."))
}

pub(super) fn lastsave(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let started = ctx.engine.started;
    ctx.out.int((started / 1000) as i64);
    Ok(())
}

pub(super) fn module_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out
        .help("MODULE", &["LIST", "    Return a list of loaded modules."]);
    Ok(())
}

pub(super) fn module_list(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.array(0);
    Ok(())
}

pub(super) fn readonly(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.client().readonly = true;
    ctx.out.ok();
    Ok(())
}

pub(super) fn readwrite(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.client().readonly = false;
    ctx.out.ok();
    Ok(())
}

pub(super) fn replicaof(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.is(1, "NO") && args.is(2, "ONE") {
        ctx.out.ok();
        return Ok(());
    }
    let port = num::parse_i64(&args[2]).filter(|port| (0..=65535).contains(port));
    port.ok_or(Error::text("ERR Invalid master port"))?;
    Err(Error::text(
        "ERR Keyglass stands alone: it cannot be a replica",
    ))
}

pub(super) fn role(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.array(3);
    ctx.out.bulk(b"master");
    ctx.out.int(0);
    ctx.out.array(0);
    Ok(())
}

pub(super) fn save(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(NO_DISK)
}

pub(super) fn shutdown(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut abort = false;
    for at in 1..args.len() {
        match () {
            () if args.is(at, "ABORT") => abort = true,
            () if ["NOSAVE", "SAVE", "NOW", "FORCE"]
                .iter()
                .any(|w| args.is(at, w)) => {}
            () => return Err(Error::Syntax),
        }
    }
    if abort {
        return Err(if args.len() > 2 {
            Error::Syntax
        } else {
            Error::text("ERR No shutdown in progress.")
        });
    }
    if !ctx.engine.may_stop {
        return Err(Error::text(
            "ERR SHUTDOWN ends a server with a port of its own; this one ends with its page",
        ));
    }
    ctx.engine.stopping = true;
    Ok(())
}

pub(super) fn slaveof(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    replicaof(ctx, args)
}
