//! The commands that scripts call.

use crate::command::spec::*;
use crate::command::{Command, OUT_OF_MEMORY, call as run, enough_replicas, keys_of, locate};
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::Value;
use crate::engine::error::Error;
use crate::engine::names::Place;
use crate::engine::script::CallKind;

/// Runs a command that a script calls, if a script may.
pub fn call(ctx: &mut Ctx<'_>, args: Args<'_>, kind: CallKind) -> Result<(), Error> {
    if kind == CallKind::AclCheck {
        // Its text is no command's error: it is counted once the script ends with it.
        locate(args).map_err(|_| {
            Error::Counted(b"ERR Invalid command passed to server.acl_check_cmd()".to_vec())
        })?;
        ctx.out.int(1);
        return Ok(());
    }
    let command = find(ctx, args)?;
    if command.spec.flags & FAST != 0 {
        return run(ctx, &command, args);
    }
    let before = size(ctx, args);
    let result = run(ctx, &command, args);
    let after = size(ctx, args);
    ctx.script_works(before.max(after));
    result
}

/// How much there is to go through for a command that does not only look up: the bytes and elements of the keys that it
/// names, or all keys.
fn size(ctx: &mut Ctx<'_>, args: Args<'_>) -> u64 {
    let keys = keys_of(args.0);
    let db = ctx.db();
    match keys.is_empty() {
        true => db.len() as u64,
        false => keys
            .iter()
            .filter_map(|key| db.value(key))
            .map(Value::size)
            .sum(),
    }
}

/// Finds the command. Errors: it is none, or a script may not call it.
fn find(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<Command, Error> {
    let (container, spec) = locate(args).map_err(|error| {
        if error.wire().starts_with(b"ERR unknown command '") {
            return Error::text("ERR Unknown command called from script");
        }
        error
    })?;
    let found = match spec.handler.filter(|_| spec.takes(args.len())) {
        Some(handler) => admit(ctx, spec.flags).map(|()| Command {
            container,
            spec,
            handler,
        }),
        None => Err(Error::text(
            "ERR Wrong number of args calling command from script",
        )),
    };
    if found.is_err() {
        let place = Place(container.name, spec.name);
        ctx.engine.stats.calls.entry(place).or_default()[1] += 1;
    }
    found
}

fn admit(ctx: &mut Ctx<'_>, flags: u32) -> Result<(), Error> {
    if flags & NOSCRIPT != 0 {
        return Err(Error::text(
            "ERR This Valkey command is not allowed from script",
        ));
    }
    if flags & DENYOOM != 0 && ctx.script_needs_room() {
        return Err(OUT_OF_MEMORY);
    }
    if ctx.script_reads_only() && flags & (WRITE | MAY_REPLICATE) != 0 {
        return Err(Error::text(
            "ERR Write commands are not allowed from read-only scripts.",
        ));
    }
    // Once a script has written, nothing but itself stops it.
    if flags & WRITE != 0 && !ctx.script_wrote() {
        enough_replicas(ctx)?;
        ctx.script_writes();
    }
    Ok(())
}
