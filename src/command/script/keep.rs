//! SCRIPT: the scripts that the server knows.

use super::eval::NO_SCRIPT;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::script::digest;

pub(super) fn debug(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len() > 4 {
        return Err(misused("SCRIPT", args));
    }
    if !ctx.out.bytes.is_empty() {
        return Err(Error::text(
            "ERR SCRIPT DEBUG must be called outside a pipeline",
        ));
    }
    if let Some(language) = args.get(3).filter(|l| !l.eq_ignore_ascii_case(b"lua")) {
        return Err(Error::quoting(&[
            b"ERR No scripting engine found with name '",
            language,
            b"' to enable debug",
        ]));
    }
    match () {
        () if args.is(2, "NO") => ctx.out.ok(),
        () if args.is(2, "YES") || args.is(2, "SYNC") => {
            return Err(Error::text(
                "ERR Keyglass debugs no script over the wire: its page steps through them",
            ));
        }
        () => return Err(Error::text("ERR Use SCRIPT DEBUG YES/SYNC/NO")),
    }
    Ok(())
}

pub(super) fn exists(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let shas = args.from(2);
    ctx.out.array(shas.len());
    for sha in shas {
        let known = ctx.engine.scripting.cache.get(sha).is_some();
        ctx.out.int(i64::from(known));
    }
    Ok(())
}

pub(super) fn flush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let known = args.len() == 2 || args.is(2, "SYNC") || args.is(2, "ASYNC");
    if args.len() > 3 || !known {
        return Err(Error::text(
            "ERR SCRIPT FLUSH only support SYNC|ASYNC option",
        ));
    }
    ctx.engine.flush_scripts();
    ctx.out.ok();
    Ok(())
}

pub(super) fn help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "SCRIPT",
        &[
            "DEBUG (YES|SYNC|NO) [<engine_name>]",
            "    Set the debug mode for subsequent scripts executed of the specified engine.",
            "    Default engine name: 'lua'",
            "EXISTS <sha1> [<sha1> ...]",
            "    Return information about the existence of the scripts in the script cache.",
            "FLUSH [ASYNC|SYNC]",
            "    Flush the Lua scripts cache. Very dangerous on replicas.",
            "    When called without the optional mode argument, the behavior is determined",
            "     by the lazyfree-lazy-user-flush configuration directive. Valid modes are:",
            "    * ASYNC: Asynchronously flush the scripts cache.",
            "    * SYNC: Synchronously flush the scripts cache.",
            "KILL",
            "    Kill the currently executing Lua script.",
            "LOAD <script>",
            "    Load a script into the scripts cache without executing it.",
            "SHOW <sha1>",
            "    Show a script from the scripts cache.",
        ],
    );
    Ok(())
}

/// A script never runs while another command does: it ends by itself, or with its budget.
pub(super) fn kill(_: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    Err(Error::text("NOTBUSY No scripts in execution right now."))
}

pub(super) fn load(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let sha = digest(&args[2]);
    ctx.engine.load_script(&sha, &args[2], false)?;
    ctx.out.bulk(sha.as_bytes());
    Ok(())
}

pub(super) fn show(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let script = ctx.engine.scripting.cache.get(&args[2]).ok_or(NO_SCRIPT)?;
    ctx.out.bulk(&script.body);
    Ok(())
}

/// A subcommand was given words that it does not take.
pub(super) fn misused(container: &str, args: Args<'_>) -> Error {
    let name = &args[1];
    Error::quoting(&[
        b"ERR unknown subcommand or wrong number of arguments for '",
        name.get(..128).unwrap_or(name),
        b"'. Try ",
        container.as_bytes(),
        b" HELP.",
    ])
}
