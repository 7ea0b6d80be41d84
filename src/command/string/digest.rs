//! Digests, and deleting by comparison.

use xxhash_rust::xxh3::xxh3_64;

use super::{Condition, Options};
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::lock::Compared;
use crate::engine::{Ctx, notify};

/// The digest of a string: its XXH3 hash of 64 bits, in 16 hexadecimal digits.
pub(super) fn of(text: &[u8]) -> String {
    format!("{:016x}", xxh3_64(text))
}

/// Whether a word is a string's digest, in any case. Errors: it cannot be a digest.
pub(super) fn is_of(word: &[u8], text: &[u8]) -> Result<bool, Error> {
    if word.len() != 16 || !word.iter().all(u8::is_ascii_hexdigit) {
        return Err(Error::text(
            "ERR digest must be exactly 16 hexadecimal characters",
        ));
    }
    Ok(word.eq_ignore_ascii_case(of(text).as_bytes()))
}

pub(super) fn delex(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let key = &args[1];
    let condition = match args.len() {
        2 => Condition::Always,
        4 => Options::comparison(args, 2).ok_or(Error::Syntax)?,
        _ => return Err(Error::Arity("delex".into())),
    };
    let met = match ctx.db().read::<Vec<u8>>(key) {
        Ok(None) => false,
        Ok(Some(text)) => condition.compare(args, Some(text))?,
        Err(_) if condition == Condition::Always => true,
        Err(_) => {
            return Err(Error::text(
                "ERR Key should be of string type if conditions are specified",
            ));
        }
    };
    let holder = ctx.lock_holder(key);
    if met && ctx.delete(key) {
        ctx.notify(notify::GENERIC, "del", key);
        match condition {
            Condition::Always => ctx.note_deleted(key),
            _ => ctx.lock_compared(key, holder, Compared::Deleted),
        }
    } else if condition != Condition::Always {
        ctx.lock_compared(key, holder, Compared::Unequal);
    }
    ctx.out.int(i64::from(met));
    Ok(())
}

pub(super) fn digest(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    match db.read::<Vec<u8>>(&args[1])? {
        Some(text) => out.bulk(of(text).as_bytes()),
        None => out.null(),
    }
    Ok(())
}
