//! SORT: by the elements themselves, or by other keys that patterns name.

use std::cmp::Ordering;

use crate::ds::bytes::Bytes;
use crate::ds::hash::Hash;
use crate::ds::list::List;
use crate::engine::args::Args;
use crate::engine::db::{Db, Kind, Value};
use crate::engine::error::{Error, c_string};
use crate::engine::{Ctx, notify, num};

pub(super) fn sort(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let request = Request::parse(args, true)?;
    run(ctx, &args[1], &request)
}

pub(super) fn sort_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let request = Request::parse(args, false)?;
    run(ctx, &args[1], &request)
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
struct Request<'a> {
    /// The pattern of the keys to sort by.
    by: Option<&'a [u8]>,
    /// The patterns of the keys to answer in place of the elements.
    get: Vec<&'a [u8]>,
    /// Offset and count.
    limit: Option<(i64, i64)>,
    descending: bool,
    alpha: bool,
    store: Option<&'a [u8]>,
}

impl<'a> Request<'a> {
    fn parse(args: Args<'a>, may_store: bool) -> Result<Self, Error> {
        let mut request = Self::default();
        let mut at = 2;
        while at < args.len() {
            let left = args.len() - at - 1;
            match () {
                () if args.is(at, "ASC") => request.descending = false,
                () if args.is(at, "DESC") => request.descending = true,
                () if args.is(at, "ALPHA") => request.alpha = true,
                () if args.is(at, "LIMIT") && left >= 2 => {
                    request.limit = Some((args.int(at + 1)?, args.int(at + 2)?));
                    at += 2;
                }
                () if args.is(at, "STORE") && left >= 1 && may_store => {
                    request.store = args.get(at + 1);
                    at += 1;
                }
                () if args.is(at, "BY") && left >= 1 => {
                    request.by = args.get(at + 1);
                    at += 1;
                }
                () if args.is(at, "GET") && left >= 1 => {
                    request.get.extend(args.get(at + 1));
                    at += 1;
                }
                () => return Err(Error::Syntax),
            }
            at += 1;
        }
        Ok(request)
    }

    /// The places of the elements that are wanted, of so many.
    fn places(&self, len: usize) -> std::ops::Range<usize> {
        let (offset, count) = self.limit.unwrap_or((0, -1));
        let start = num::size(offset).unwrap_or(0).min(len);
        let count = num::size(count).unwrap_or(len);
        start..start.saturating_add(count).min(len)
    }
}

fn run(ctx: &mut Ctx<'_>, key: &[u8], request: &Request<'_>) -> Result<(), Error> {
    // A pattern without a star names no other keys: nothing is sorted then.
    let (mut by, mut alpha) = (request.by, request.alpha);
    let mut sorts = by.is_none_or(|pattern| c_string(pattern).contains(&b'*'));
    if let Some(Value::Zset(set)) = ctx.db().entry_mut(key).map(|entry| &mut entry.value) {
        set.to_skiplist(); // as the reference does, for good
    }
    // What is kept, or what a script goes by, has to have an order that does not hang on chance.
    let ordered = request.store.is_some() || ctx.script.is_some();
    let db = &ctx.engine.dbs[ctx.db];
    let mut elements: Vec<Bytes> = match db.look(key) {
        None => Vec::new(),
        Some(Value::List(list)) => list.iter().cloned().collect(),
        Some(Value::Zset(set)) => set
            .iter()
            .map(|(member, _)| Bytes::from_slice(member))
            .collect(),
        Some(Value::Set(set)) => {
            if !sorts && ordered {
                (sorts, alpha, by) = (true, true, None);
            }
            set.iter().collect()
        }
        Some(_) => return Err(Error::WrongType),
    };
    if sorts {
        elements = sorted(db, elements, by, alpha, request)?;
    } else if request.descending && !matches!(db.value(key), Some(Value::Set(_))) {
        elements.reverse();
    }
    let wanted = elements
        .get(request.places(elements.len()))
        .unwrap_or_default();
    let answer: Vec<Option<Bytes>> = wanted
        .iter()
        .flat_map(|element| {
            let own = request.get.is_empty().then(|| Some(element.clone()));
            let others = request
                .get
                .iter()
                .map(|pattern| named(db, pattern, element));
            own.into_iter().chain(others)
        })
        .collect();
    match request.store {
        Some(target) => {
            let limits = ctx.limits();
            let items = answer
                .iter()
                .map(|item| item.as_deref().unwrap_or_default());
            let list = List::built(items, &limits);
            let len = list.len();
            ctx.keep(target, list.into_value(), len, notify::LIST, "sortstore");
        }
        None => {
            ctx.out.array(answer.len());
            for item in &answer {
                match item {
                    Some(item) => ctx.out.bulk(item),
                    None => ctx.out.null(),
                }
            }
        }
    }
    Ok(())
}

/// What an element is sorted by.
#[derive(Clone, Debug)]
enum Weight {
    Number(f64),
    Text(Option<Bytes>),
}

fn sorted(
    db: &Db,
    elements: Vec<Bytes>,
    by: Option<&[u8]>,
    alpha: bool,
    request: &Request<'_>,
) -> Result<Vec<Bytes>, Error> {
    let mut weighed = elements
        .into_iter()
        .map(|element| {
            let weight = match by {
                Some(pattern) => named(db, pattern, &element),
                None => Some(element.clone()),
            };
            Ok(match weight {
                weight if alpha => (Weight::Text(weight), element),
                None => (Weight::Number(0.0), element),
                Some(weight) => (Weight::Number(number(&weight)?), element),
            })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    // Texts are compared as the C library does, up to the first NUL, unless they are kept.
    let exact = request.store.is_some();
    weighed.sort_by(|(a, one), (b, other)| {
        let order = match (a, b) {
            (Weight::Number(a), Weight::Number(b)) => a
                .partial_cmp(b)
                .unwrap_or(Ordering::Equal)
                .then_with(|| one.cmp(other)),
            (Weight::Text(Some(a)), Weight::Text(Some(b))) if !exact => {
                c_string(a).cmp(c_string(b))
            }
            (Weight::Text(a), Weight::Text(b)) => a.cmp(b),
            _ => Ordering::Equal,
        };
        if request.descending {
            order.reverse()
        } else {
            order
        }
    });
    Ok(weighed.into_iter().map(|(_, element)| element).collect())
}

fn number(text: &[u8]) -> Result<f64, Error> {
    num::parse_f64(c_string(text)).ok_or(Error::text(
        "ERR One or more scores can't be converted into double",
    ))
}

/// The value that a pattern names for an element: `#` is the element, its first `*` stands for it, and
/// after `->` comes the field of a hash.
fn named(db: &Db, pattern: &[u8], element: &[u8]) -> Option<Bytes> {
    if c_string(pattern) == b"#" {
        return Some(Bytes::from_slice(element));
    }
    let star = c_string(pattern).iter().position(|&byte| byte == b'*')?;
    let (before, after) = (pattern.get(..star)?, pattern.get(star + 1..)?);
    let arrow = c_string(after).windows(2).position(|two| two == b"->");
    let field = arrow
        .and_then(|at| after.get(at + 2..))
        .filter(|field| !c_string(field).is_empty());
    let after = match (field, arrow) {
        (Some(_), Some(arrow)) => after.get(..arrow)?,
        _ => after,
    };
    let key = [before, element, after].concat();
    match (field, db.look(&key)?) {
        (Some(field), Value::Hash(hash)) => Hash::get(hash, field).map(Bytes::from_slice),
        (None, Value::Str(text)) => Some(Bytes::from_slice(text)),
        _ => None,
    }
}
