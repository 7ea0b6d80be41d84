//! FUNCTION and FCALL.

use super::eval::{key_count, prepare, run, show, words};
use super::keep::misused;
use crate::command::server::config::named;
use crate::ds::bytes::Bytes;
use crate::ds::glob;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::{Error, c_string};
use crate::engine::names::Place;
use crate::engine::rdb;
use crate::engine::script::shebang::FLAGS;
use crate::engine::script::{Function, Job, Policy, shebang};

pub(super) fn fcall(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    call(ctx, args, Place("fcall", "fcall"))
}

pub(super) fn fcall_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    call(ctx, args, Place("fcall_ro", "fcall_ro"))
}

fn call(ctx: &mut Ctx<'_>, args: Args<'_>, place: Place) -> Result<(), Error> {
    show(ctx, args);
    let function = ctx.engine.scripting.libraries.function(&args[1]);
    let function = function.ok_or(Error::text("ERR Function not found"))?;
    let (name, flags) = (function.name.clone(), function.flags);
    let keys = args
        .int(2)
        .map_err(|_| Error::text("ERR Bad number of keys provided"))?;
    let keys = key_count(args, keys)?;
    let read_only = prepare(ctx, Some(flags), place.0.ends_with("_ro"))?;
    let job = Job {
        name,
        function: true,
        read_only,
        allow_oom: flags & shebang::ALLOW_OOM != 0,
        keys: words(args, 3, keys),
        args: words(args, 3 + keys, usize::MAX),
        place,
        may_stand: !ctx.in_exec,
    };
    run(ctx, job, args)
}

pub(super) fn delete(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if !ctx.engine.delete_library(&args[2]) {
        return Err(Error::text("ERR Library not found"));
    }
    ctx.out.ok();
    Ok(())
}

pub(super) fn dump(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let compress = named(&ctx.engine.config, "rdbcompression") == "yes";
    let libraries = ctx.engine.scripting.libraries.iter();
    let codes = libraries.map(|(_, library)| library.code.as_slice());
    let payload = rdb::dump_functions(codes, compress);
    ctx.out.bulk(&payload);
    Ok(())
}

pub(super) fn flush(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len() > 3 {
        return Err(misused("FUNCTION", args));
    }
    if args.len() == 3 && !args.is(2, "SYNC") && !args.is(2, "ASYNC") {
        return Err(Error::text(
            "ERR FUNCTION FLUSH only supports SYNC|ASYNC option",
        ));
    }
    ctx.engine.flush_libraries();
    ctx.out.ok();
    Ok(())
}

pub(super) fn help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "FUNCTION",
        &[
            "LOAD [REPLACE] <FUNCTION CODE>",
            "    Create a new library with the given library name and code.",
            "DELETE <LIBRARY NAME>",
            "    Delete the given library.",
            "LIST [LIBRARYNAME PATTERN] [WITHCODE]",
            "    Return general information on all the libraries:",
            "    * Library name",
            "    * The engine used to run the Library",
            "    * Functions list",
            "    * Library code (if WITHCODE is given)",
            "    It also possible to get only function that matches a pattern using LIBRARYNAME argument.",
            "STATS",
            "    Return information about the current function running:",
            "    * Function name",
            "    * Command used to run the function",
            "    * Duration in MS that the function is running",
            "    If no function is running, return nil",
            "    In addition, returns a list of available engines.",
            "KILL",
            "    Kill the current running function.",
            "FLUSH [ASYNC|SYNC]",
            "    Delete all the libraries.",
            "    When called without the optional mode argument, the behavior is determined by the",
            "    lazyfree-lazy-user-flush configuration directive. Valid modes are:",
            "    * ASYNC: Asynchronously flush the libraries.",
            "    * SYNC: Synchronously flush the libraries.",
            "DUMP",
            "    Return a serialized payload representing the current libraries, can be restored using FUNCTION RESTORE command",
            "RESTORE <PAYLOAD> [FLUSH|APPEND|REPLACE]",
            "    Restore the libraries represented by the given payload, it is possible to give a restore policy to",
            "    control how to handle existing libraries (default APPEND):",
            "    * FLUSH: delete all existing libraries.",
            "    * APPEND: appends the restored libraries to the existing libraries. On collision, abort.",
            "    * REPLACE: appends the restored libraries to the existing libraries, On collision, replace the old",
            "      libraries with the new libraries (notice that even on this option there is a chance of failure",
            "      in case of functions name collision with another library).",
        ],
    );
    Ok(())
}

pub(super) fn kill(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    super::keep::kill(ctx, args)
}

pub(super) fn list(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (mut with_code, mut pattern) = (false, None);
    let mut at = 2;
    while at < args.len() {
        if !with_code && args.is(at, "WITHCODE") {
            with_code = true;
        } else if pattern.is_none() && args.is(at, "LIBRARYNAME") {
            at += 1;
            let given = args.get(at);
            pattern = Some(given.ok_or(Error::text("ERR library name argument was not given"))?);
        } else {
            return Err(Error::quoting(&[b"ERR Unknown argument ", &args[at]]));
        }
        at += 1;
    }
    let out = &mut ctx.out;
    let libraries: Vec<_> = ctx
        .engine
        .scripting
        .libraries
        .iter()
        .filter(|(name, _)| pattern.is_none_or(|p| glob::matches_nocase(p, name.as_bytes())))
        .collect();
    out.array(libraries.len());
    for (name, library) in libraries {
        out.map(if with_code { 4 } else { 3 });
        out.bulk(b"library_name");
        out.bulk(name.as_bytes());
        out.bulk(b"engine");
        out.bulk(b"LUA");
        out.bulk(b"functions");
        out.array(library.functions.len());
        for Function {
            name,
            description,
            flags,
        } in &library.functions
        {
            out.map(3);
            out.bulk(b"name");
            out.bulk(name.as_bytes());
            out.bulk(b"description");
            match description {
                Some(text) => out.bulk(c_string(text)),
                None => out.null(),
            }
            out.bulk(b"flags");
            let flags: Vec<_> = FLAGS.iter().filter(|(flag, _)| flags & flag != 0).collect();
            out.set(flags.len());
            for (_, name) in flags {
                out.simple(name);
            }
        }
        if with_code {
            out.bulk(b"library_code");
            out.bulk(&library.code);
        }
    }
    Ok(())
}

pub(super) fn load(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let last = args.len() - 1;
    if let Some(at) = (2..last).find(|&at| !args.is(at, "REPLACE")) {
        return Err(Error::quoting(&[b"ERR Unknown option given: ", &args[at]]));
    }
    let name = ctx.engine.load_library(&args[last], last > 2)?;
    ctx.out.bulk(name.as_bytes());
    Ok(())
}

pub(super) fn restore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len() > 4 {
        return Err(misused("FUNCTION", args));
    }
    let policy = match () {
        () if args.len() == 3 || args.is(3, "APPEND") => Policy::Append,
        () if args.is(3, "REPLACE") => Policy::Replace,
        () if args.is(3, "FLUSH") => Policy::Flush,
        () => {
            return Err(Error::text(
                "ERR Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.",
            ));
        }
    };
    let payload = Bytes::from_slice(&args[2]);
    let relaxed = named(&ctx.engine.config, "rdb-version-check") == "relaxed";
    if !rdb::verify(&payload, relaxed, ctx.engine.config.checks_sums) {
        return Err(Error::text(
            "ERR DUMP payload version or checksum are wrong",
        ));
    }
    ctx.engine.restore_libraries(&payload, policy)?;
    ctx.out.ok();
    Ok(())
}

pub(super) fn stats(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    let libraries = &ctx.engine.scripting.libraries;
    let counts = [
        ("libraries_count", libraries.iter().len()),
        ("functions_count", libraries.functions()),
    ];
    let out = &mut ctx.out;
    out.map(2);
    out.bulk(b"running_script");
    out.null();
    out.bulk(b"engines");
    out.map(1);
    out.bulk(b"LUA");
    out.map(counts.len());
    for (name, count) in counts {
        out.bulk(name.as_bytes());
        out.count(count);
    }
    Ok(())
}
