//! EVAL and its kin.

use crate::command::enough_replicas;
use crate::command::spec::*;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::names::Place;
use crate::engine::num;
use crate::engine::script::{Job, digest, shebang};

/// No script has that SHA-1.
pub(super) const NO_SCRIPT: Error = Error::text("NOSCRIPT No matching script.");

pub(super) fn eval(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    show(ctx, args);
    evaluate(ctx, args, Place("eval", "eval"))
}

pub(super) fn eval_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    show(ctx, args);
    evaluate(ctx, args, Place("eval_ro", "eval_ro"))
}

pub(super) fn evalsha(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    show(ctx, args);
    evaluate(ctx, args, Place("evalsha", "evalsha"))
}

pub(super) fn evalsha_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    show(ctx, args);
    evaluate(ctx, args, Place("evalsha_ro", "evalsha_ro"))
}

/// Who monitors sees a script before what it calls.
pub(super) fn show(ctx: &mut Ctx<'_>, args: Args<'_>) {
    ctx.engine.show_monitors(ctx.conn, args.0);
}

fn by_sha(name: &str) -> bool {
    name.starts_with("evalsha")
}

fn evaluate(ctx: &mut Ctx<'_>, args: Args<'_>, place: Place) -> Result<(), Error> {
    let known = by_sha(place.0);
    if known && args[1].len() != 40 {
        return Err(NO_SCRIPT);
    }
    let keys = key_count(args, args.int(2)?)?;
    let sha = match known {
        true => String::from_utf8_lossy(&args[1]).to_ascii_lowercase(),
        false => digest(&args[1]),
    };
    if ctx.engine.scripting.cache.get(sha.as_bytes()).is_none() {
        if known {
            return Err(NO_SCRIPT);
        }
        ctx.engine.load_script(&sha, &args[1], true)?;
    }
    let script = ctx.engine.scripting.cache.get(sha.as_bytes());
    let flags = script.and_then(|script| script.flags);
    let read_only = prepare(ctx, flags, place.0.ends_with("_ro"))?;
    let job = Job {
        name: sha,
        function: false,
        read_only,
        allow_oom: flags.is_some_and(|flags| flags & shebang::ALLOW_OOM != 0),
        keys: words(args, 3, keys),
        args: words(args, 3 + keys, usize::MAX),
        place,
        may_stand: !ctx.in_exec,
    };
    run(ctx, job, args)
}

/// A number of keys that the arguments have room for.
pub(super) fn key_count(args: Args<'_>, count: i64) -> Result<usize, Error> {
    match num::size(count) {
        Some(count) if count <= args.len().saturating_sub(3) => Ok(count),
        Some(_) => Err(Error::text(
            "ERR Number of keys can't be greater than number of args",
        )),
        None => Err(Error::text("ERR Number of keys can't be negative")),
    }
}

pub(super) fn words(args: Args<'_>, from: usize, count: usize) -> Vec<Vec<u8>> {
    let words = args.from(from).iter().take(count);
    words.map(|word| word.to_vec()).collect()
}

/// Whether a script with these flags may run, and then whether it may only read.
pub(super) fn prepare(ctx: &Ctx<'_>, flags: Option<u32>, asked: bool) -> Result<bool, Error> {
    let Some(flags) = flags else {
        return Ok(asked);
    };
    if flags & shebang::NO_WRITES != 0 {
        return Ok(true);
    }
    if asked {
        return Err(Error::text(
            "ERR Can not execute a script with write flag using *_ro command.",
        ));
    }
    enough_replicas(ctx)?;
    if ctx.engine.is_full() && flags & shebang::ALLOW_OOM == 0 {
        return Err(Error::text(
            "OOM allow-oom flag is not set on the script, can not run it when used memory > 'maxmemory'",
        ));
    }
    Ok(false)
}

/// Runs it, and answers unless it stands still.
pub(super) fn run(ctx: &mut Ctx<'_>, job: Job, args: Args<'_>) -> Result<(), Error> {
    let outcome = ctx.engine.run_script(ctx.conn, job, args.0);
    if let Some(reply) = outcome.transpose()? {
        ctx.out.bytes.extend(reply);
    }
    Ok(())
}

/// The flags that decide whether a script may run now: its own, where it has any.
pub fn flags(ctx: &mut Ctx<'_>, spec: &Spec, args: Args<'_>) -> u32 {
    let scripting = &ctx.engine.scripting;
    let own = match spec.name {
        "fcall" | "fcall_ro" => scripting.libraries.function(&args[1]).map(|f| f.flags),
        "evalsha" | "evalsha_ro" => scripting.cache.get(&args[1]).and_then(|s| s.flags),
        "eval" | "eval_ro" => shebang::script(&args[1]).ok().and_then(|(flags, _)| flags),
        _ => None,
    };
    match own {
        None => spec.flags,
        Some(own) => {
            let mut flags = spec.flags & !(STALE | DENYOOM | WRITE | MAY_REPLICATE);
            let has = |flag: u32| own & flag != 0;
            if !has(shebang::ALLOW_OOM | shebang::NO_WRITES) {
                flags |= DENYOOM;
            }
            if !has(shebang::NO_WRITES) {
                flags |= WRITE;
            }
            if has(shebang::ALLOW_STALE) {
                flags |= STALE;
            }
            flags
        }
    }
}
