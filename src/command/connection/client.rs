//! The subcommands of CLIENT, but for lists and tracking.

use super::checked_name;
use crate::ds::bytes::Bytes;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::client::{Pause, Replies};
use crate::engine::error::{Error, c_string};
use crate::engine::num;

/// What CLIENT HELP says.
const HELP: &[&str] = &[
    "CACHING (YES|NO)",
    "    Enable/disable tracking of the keys for next command in OPTIN/OPTOUT modes.",
    "CAPA <option> [options...]",
    "    The client claims its some capability options. Options are:",
    "    * REDIRECT",
    "      The client can handle redirection during primary and replica failover in standalone mode.",
    "GETREDIR",
    "    Return the client ID we are redirecting to when tracking is enabled.",
    "GETNAME",
    "    Return the name of the current connection.",
    "ID",
    "    Return the ID of the current connection.",
    "INFO",
    "    Return information about the current client connection.",
    "KILL <ip:port>",
    "    Kill connection made from <ip:port>.",
    "KILL <option> <value> [<option> <value> [...]]",
    "    Kill connections. Options are:",
    "    * ADDR (<ip:port>|<unixsocket>:0)",
    "      Kill connections made from the specified address.",
    "    * LADDR (<ip:port>|<unixsocket>:0)",
    "      Kill connections made to the specified local address.",
    "    * TYPE (NORMAL|PRIMARY|REPLICA|PUBSUB)",
    "      Kill connections by type.",
    "    * USER <username>",
    "      Kill connections authenticated by <username>.",
    "    * SKIPME (YES|NO)",
    "      Skip killing current connection (default: yes).",
    "    * ID <client-id> [<client-id>...]",
    "      Kill connections by client IDs.",
    "    * MAXAGE <maxage>",
    "      Kill connections older than the specified age.",
    "    * FLAGS <flags>",
    "      Kill connections that include the specified flags.",
    "    * NAME <client-name>",
    "      Kill connections with the specified name.",
    "    * IDLE <idle>",
    "      Kill connections with idle time greater than or equal to <idle> seconds.",
    "    * LIB-NAME <library-name>",
    "      Kill connections with the specified library name.",
    "    * LIB-VER <library-version>",
    "      Kill connections with the specified library version.",
    "    * DB <db-id>",
    "      Kill connections currently operating on the specified database ID.",
    "    * CAPA <capa>",
    "      Kill connections currently with the specified capa.",
    "    * IP <ip>",
    "      Kill connections made from the specified ip.",
    "LIST [options ...]",
    "    Return information about client connections. Options:",
    "    * TYPE (NORMAL|PRIMARY|REPLICA|PUBSUB)",
    "      Return clients of specified type.",
    "    * USER <username>",
    "      Return clients authenticated by <username>.",
    "    * ADDR <ip:port>",
    "      Return clients connected from the specified address.",
    "    * LADDR <ip:port>",
    "      Return clients connected to the specified local address.",
    "    * ID <client-id> [<client-id>...]",
    "      Return clients with the specified IDs.",
    "    * SKIPME (YES|NO)",
    "      Exclude the current client from the list (default: no).",
    "    * MAXAGE <maxage>",
    "      List connections older than the specified age.",
    "    * FLAGS <flags>",
    "      Return clients with the specified flags.",
    "    * NAME <client-name>",
    "      Return clients with the specified name.",
    "    * IDLE <idle>",
    "      Return clients with idle time greater than or equal to <idle> seconds.",
    "    * LIB-NAME <lib-name>",
    "      Return clients with the specified lib name.",
    "    * LIB-VER <lib-version>",
    "      Return clients with the specified lib version.",
    "    * DB <db-id>",
    "      Return clients currently operating on the specified database ID.",
    "    * CAPA <capa>",
    "      Return connections currently with the specified capa.",
    "    * IP <ip>",
    "      Return connections made from the specified ip.",
    "UNPAUSE",
    "    Stop the current client pause, resuming traffic.",
    "PAUSE <timeout> [WRITE|ALL]",
    "    Suspend all, or just write, clients for <timeout> milliseconds.",
    "REPLY (ON|OFF|SKIP)",
    "    Control the replies sent to the current connection.",
    "SETNAME <name>",
    "    Assign the name <name> to the current connection.",
    "SETINFO <option> <value>",
    "    Set client meta attr. Options are:",
    "    * LIB-NAME: the client lib name.",
    "    * LIB-VER: the client lib version.",
    "UNBLOCK <clientid> [TIMEOUT|ERROR]",
    "    Unblock the specified blocked client.",
    "TRACKING (ON|OFF) [REDIRECT <id>] [BCAST] [PREFIX <prefix> [...]]",
    "         [OPTIN] [OPTOUT] [NOLOOP]",
    "    Control server assisted client side caching.",
    "TRACKINGINFO",
    "    Report tracking status for the current connection.",
    "NO-EVICT (ON|OFF)",
    "    Protect current client connection from eviction.",
    "NO-TOUCH (ON|OFF)",
    "    Will not touch LRU/LFU stats when this mode is on.",
    "IMPORT-SOURCE (ON|OFF)",
    "    Mark this connection as an import source if import-mode is enabled.",
    "    Sync tools can set their connections into 'import-source' state to visit",
    "    expired keys.",
];

pub(super) fn client_capa(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut words = args.from(2).iter();
    if words.any(|word| word.eq_ignore_ascii_case(b"redirect")) {
        ctx.client().redirects = true;
    }
    ctx.out.ok();
    Ok(())
}

pub(super) fn client_getname(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let name = ctx.client().name.clone();
    if name.is_empty() {
        ctx.out.null();
    } else {
        ctx.out.bulk(&name);
    }
    Ok(())
}

pub(super) fn client_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help("CLIENT", HELP);
    Ok(())
}

pub(super) fn client_id(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let id = ctx.client().id;
    ctx.out.int(id as i64);
    Ok(())
}

/// The word at 2 as ON or OFF.
fn on_off(args: Args<'_>) -> Result<bool, Error> {
    match () {
        () if args.is(2, "ON") => Ok(true),
        () if args.is(2, "OFF") => Ok(false),
        () => Err(Error::Syntax),
    }
}

pub(super) fn client_import_source(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let importing = crate::command::server::config::named(&ctx.engine.config, "import-mode");
    if importing != "yes" && !args.is(2, "OFF") {
        return Err(Error::text("ERR Server is not in import mode"));
    }
    ctx.client().import_source = on_off(args)?;
    ctx.out.ok();
    Ok(())
}

pub(super) fn client_no_evict(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    ctx.client().no_evict = on_off(args)?;
    ctx.out.ok();
    Ok(())
}

pub(super) fn client_no_touch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    ctx.client().unseen = on_off(args)?;
    ctx.out.ok();
    Ok(())
}

pub(super) fn client_pause(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut writes_only = false;
    if args.len() == 4 {
        writes_only = match () {
            () if args.is(3, "WRITE") => true,
            () if args.is(3, "ALL") => false,
            () => return Err(Error::text("ERR CLIENT PAUSE mode must be WRITE or ALL")),
        };
    }
    let millis = num::parse_i64(&args[2]).ok_or(Error::TimeoutNotInteger)?;
    if millis < 0 {
        return Err(Error::TimeoutNegative);
    }
    let now = ctx.now();
    let until = (now as i64)
        .checked_add(millis)
        .ok_or(Error::TimeoutOutOfRange)? as u64;
    // A pause is never made shorter, nor does it let more through.
    let before = ctx.engine.pause;
    let pause = Pause {
        until: before.map_or(until, |pause| pause.until.max(until)),
        writes_only: writes_only && before.is_none_or(|pause| pause.writes_only),
    };
    if pause.until > now {
        ctx.engine.pause = Some(pause);
    }
    ctx.out.ok();
    Ok(())
}

pub(super) fn client_reply(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let client = ctx.client();
    if args.is(2, "ON") {
        client.replies = Replies::On;
        ctx.out.ok();
    } else if args.is(2, "OFF") {
        client.replies = Replies::Off;
    } else if args.is(2, "SKIP") {
        if client.replies != Replies::Off {
            client.replies = Replies::SkipNext;
        }
    } else {
        return Err(Error::Syntax);
    }
    Ok(())
}

pub(super) fn client_setinfo(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let which = match () {
        () if args.is(2, "LIB-NAME") => 0,
        () if args.is(2, "LIB-VER") => 1,
        () => {
            return Err(Error::quoting(&[
                b"ERR Unrecognized option '",
                &args[2],
                b"'",
            ]));
        }
    };
    if !c_string(&args[3]).iter().all(|b| (b'!'..=b'~').contains(b)) {
        return Err(Error::quoting(&[
            b"ERR ",
            &args[2],
            b" cannot contain spaces, newlines or special characters.",
        ]));
    }
    if let Some(own) = ctx.client().lib.get_mut(which) {
        *own = Bytes::from_slice(&args[3]);
    }
    ctx.out.ok();
    Ok(())
}

pub(super) fn client_setname(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let name = checked_name(&args[2])?;
    ctx.client().name = name;
    ctx.out.ok();
    Ok(())
}

pub(super) fn client_unblock(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let mut error = None;
    if args.len() == 4 {
        match () {
            () if args.is(3, "TIMEOUT") => {}
            () if args.is(3, "ERROR") => {
                error = Some(Error::text("UNBLOCKED client unblocked via CLIENT UNBLOCK"));
            }
            () => {
                return Err(Error::text(
                    "ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR",
                ));
            }
        }
    }
    let id = args.int(2)?;
    let target = u64::try_from(id).ok().and_then(|id| ctx.engine.by_id(id));
    let ended = target.is_some_and(|conn| ctx.engine.end_wait(conn, error.as_ref()));
    ctx.out.int(i64::from(ended));
    Ok(())
}

pub(super) fn client_unpause(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.engine.unpause();
    ctx.out.ok();
    Ok(())
}
