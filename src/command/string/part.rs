//! Parts of a string, and what two strings have in common.

use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::num;
use crate::engine::{Ctx, notify};

pub(super) fn getrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (start, end) = (args.int(2)?, args.int(3)?);
    let (db, out) = ctx.parts();
    let text = db.read::<Vec<u8>>(&args[1])?.map_or(&[][..], Vec::as_slice);
    let len = text.len() as i64;
    let place = |index: i64| {
        if index < 0 {
            len.saturating_add(index).max(0)
        } else {
            index
        }
    };
    let in_order = !(start < 0 && end < 0 && start > end);
    let (start, end) = (place(start), place(end).min(len - 1));
    let part = if in_order && start <= end {
        text.get(start as usize..=end as usize)
    } else {
        None
    };
    out.bulk(part.unwrap_or_default());
    Ok(())
}

pub(super) fn setrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let offset = num::size(args.int(2)?).ok_or(Error::text("ERR offset is out of range"))?;
    let (key, value) = (&args[1], &args[3]);
    let len = ctx.db().read::<Vec<u8>>(key)?.map(Vec::len);
    if value.is_empty() {
        ctx.out.count(len.unwrap_or(0));
        return Ok(());
    }
    let end = offset.saturating_add(value.len());
    if end > ctx.engine.config.proto_max_bulk_len {
        return Err(Error::StringTooLong);
    }
    let text = ctx.db().write_or::<Vec<u8>>(key, Vec::new)?;
    if text.len() < end {
        text.resize(end, 0);
    }
    if let Some(place) = text.get_mut(offset..end) {
        place.copy_from_slice(value);
    }
    let len = text.len();
    ctx.changed(key);
    ctx.notify(notify::STRING, "setrange", key);
    ctx.out.count(len);
    Ok(())
}

/// What LCS is asked for.
#[derive(Default)]
struct Wanted {
    len: bool,
    index: bool,
    min_match: usize,
    with_len: bool,
}

/// One range that both strings share: where it begins and ends in each.
struct Match {
    a: (usize, usize),
    b: (usize, usize),
}

pub(super) fn lcs(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let limit = ctx.engine.config.proto_max_bulk_len;
    let (db, out) = ctx.parts();
    let read = |key| {
        db.read::<Vec<u8>>(key)
            .map(|text| text.map_or(&[][..], Vec::as_slice))
            .map_err(|_| Error::text("ERR The specified keys must contain string values"))
    };
    let (a, b) = (read(&args[1])?, read(&args[2])?);
    let mut wanted = Wanted::default();
    let mut at = 3;
    while at < args.len() {
        if args.is(at, "IDX") {
            wanted.index = true;
        } else if args.is(at, "LEN") {
            wanted.len = true;
        } else if args.is(at, "WITHMATCHLEN") {
            wanted.with_len = true;
        } else if args.is(at, "MINMATCHLEN") && at + 1 < args.len() {
            at += 1;
            wanted.min_match = num::size(args.int(at)?).unwrap_or(0);
        } else {
            return Err(Error::Syntax);
        }
        at += 1;
    }
    if wanted.index && wanted.len {
        return Err(Error::text(
            "ERR If you want both the length and indexes, please just use IDX.",
        ));
    }
    let cells = (a.len() as u64 + 1) * (b.len() as u64 + 1);
    if cells.saturating_mul(size_of::<u32>() as u64) > limit as u64 {
        return Err(Error::text(
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
        ));
    }
    let (common, matches) = common(a, b);
    if wanted.index {
        out.map(2);
        out.bulk(b"matches");
        let long: Vec<_> = matches
            .iter()
            .filter(|m| m.a.1 - m.a.0 + 1 >= wanted.min_match)
            .collect();
        out.array(long.len());
        for m in long {
            out.array(2 + usize::from(wanted.with_len));
            for (start, end) in [m.a, m.b] {
                out.array(2);
                out.count(start);
                out.count(end);
            }
            if wanted.with_len {
                out.count(m.a.1 - m.a.0 + 1);
            }
        }
        out.bulk(b"len");
        out.count(common.len());
    } else if wanted.len {
        out.count(common.len());
    } else {
        out.bulk(&common);
    }
    Ok(())
}

/// The longest common subsequence, and the ranges it is made of, from the end. O(a × b) in time and
/// in memory, as on the reference, whose choice among equally long ones it makes.
fn common(a: &[u8], b: &[u8]) -> (Vec<u8>, Vec<Match>) {
    let width = b.len() + 1;
    let mut table = vec![0_u32; (a.len() + 1) * width];
    for (i, x) in a.iter().enumerate() {
        let (above, row) = table[i * width..].split_at_mut(width);
        for (j, y) in b.iter().enumerate() {
            row[j + 1] = if x == y {
                above[j] + 1
            } else {
                above[j + 1].max(row[j])
            };
        }
    }
    let (mut i, mut j) = (a.len(), b.len());
    let mut text = Vec::new();
    let mut matches = Vec::new();
    let mut open: Option<Match> = None;
    while i > 0 && j > 0 {
        if a[i - 1] == b[j - 1] {
            text.push(a[i - 1]);
            i -= 1;
            j -= 1;
            match &mut open {
                Some(m) => (m.a.0, m.b.0) = (i, j),
                None => {
                    open = Some(Match {
                        a: (i, i),
                        b: (j, j),
                    })
                }
            }
        } else {
            if table[(i - 1) * width + j] > table[i * width + j - 1] {
                i -= 1;
            } else {
                j -= 1;
            }
            matches.extend(open.take());
        }
    }
    matches.extend(open);
    text.reverse();
    (text, matches)
}
