//! Ranges: reading what is asked for, and finding the ranks that it stands for.

use std::ops::{Bound, Range};

use crate::ds::bytes::Bytes;
use crate::ds::zset::{Encoding, Iter, LexBound, Zset};
use crate::engine::args::Args;
use crate::engine::db::Kind;
use crate::engine::error::Error;
use crate::engine::event::Fact;
use crate::engine::reply::Resp;
use crate::engine::sought::Sought;
use crate::engine::{Ctx, notify, num};

/// What the two ends of a range are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    Rank,
    Score,
    Lex,
}

/// The two ends as given. Ranks count from the end that reading begins at, and from the other end
/// where negative.
#[derive(Clone, Copy, Debug)]
enum Ends<'a> {
    Ranks(i64, i64),
    Scores(Bound<f64>, Bound<f64>),
    Members(LexBound<'a>, LexBound<'a>),
}

/// A range as it was asked for.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    ends: Ends<'a>,
    reverse: bool,
    offset: i64,
    /// How many members; all where negative.
    count: i64,
}

impl<'a> Request<'a> {
    /// A range without options between the two words after the key, lower end first.
    pub fn between(args: Args<'a>, by: By) -> Result<Self, Error> {
        let ends = Ends::parse(args, by, false)?;
        Ok(Self {
            ends,
            reverse: false,
            offset: 0,
            count: -1,
        })
    }

    /// The ranks that the range stands for in a set, counted from the lowest score.
    pub fn ranks(&self, set: &Zset) -> Range<usize> {
        self.ranks_counted(set).0
    }

    /// The same, and how many comparisons finding both ends took.
    fn ranks_counted(&self, set: &Zset) -> (Range<usize>, u32) {
        let mut offset = self.offset;
        let mut comparisons = 0;
        let range = match self.ends {
            Ends::Ranks(start, stop) => {
                let len = set.len() as i64;
                let place = |rank: i64| {
                    if rank < 0 {
                        rank.saturating_add(len)
                    } else {
                        rank
                    }
                };
                let start = place(start).clamp(0, len);
                let end = place(stop).saturating_add(1).clamp(start, len);
                if self.reverse {
                    len - end..len - start
                } else {
                    start..end
                }
            }
            Ends::Scores(min, max) => {
                let (range, cost) = set.score_range_counted(min, max);
                comparisons = cost;
                signed(range)
            }
            Ends::Members(min, max) => {
                let scanned =
                    num::size(offset).and_then(|skip| set.lex_scan(min, max, self.reverse, skip));
                if scanned.is_some() {
                    offset = 0;
                }
                signed(scanned.unwrap_or_else(|| {
                    let (range, cost) = set.lex_range_counted(min, max);
                    comparisons = cost;
                    range
                }))
            }
        };
        let len = range.end - range.start;
        // Of a negative offset the reference promises nothing: in a listpack it finds nothing
        // there, in a skip list it counts from the far end of the range.
        let skipped = match set.encoding() {
            _ if offset >= 0 => offset.min(len),
            Encoding::Skiplist if offset >= -len => len + offset,
            _ => len,
        };
        let taken = if self.count < 0 {
            len - skipped
        } else {
            self.count.min(len - skipped)
        };
        let start = if self.reverse {
            range.end - skipped - taken
        } else {
            range.start + skipped
        };
        (start as usize..(start + taken) as usize, comparisons)
    }

    /// What the range looked for in a set, of which it read these ranks.
    fn sought(&self, set: &Zset, ranks: &Range<usize>) -> Option<Sought> {
        match self.ends {
            Ends::Ranks(..) if ranks.is_empty() => None,
            Ends::Ranks(..) if self.reverse => Some(Sought::Rank(ranks.end - 1)),
            Ends::Ranks(..) => Some(Sought::Rank(ranks.start)),
            Ends::Scores(min, max) => Some(Sought::Scores(min, max)),
            Ends::Members(min, max) => set
                .lex_scan(min, max, self.reverse, 0)
                .is_none()
                .then(|| Sought::Members(min.into(), max.into())),
        }
    }

    /// The ranks, and what is to be told of reading them.
    fn read(&self, set: &Zset, observing: bool, counted: bool) -> (Range<usize>, Option<Fact>) {
        let (ranks, comparisons) = self.ranks_counted(set);
        let fact = observing.then(|| Fact::RangeRead {
            sought: self.sought(set, &ranks),
            counted,
            start: set.len() - ranks.end,
            count: ranks.len(),
            comparisons,
            of: set.len(),
            version: 0,
        });
        (ranks, fact)
    }
}

fn signed(range: Range<usize>) -> Range<i64> {
    range.start as i64..range.end as i64
}

impl<'a> Ends<'a> {
    /// Reads the words 2 and 3. In a range that is read backwards the upper end comes first, but
    /// for ranks.
    fn parse(args: Args<'a>, by: By, reverse: bool) -> Result<Self, Error> {
        let (min, max) = if reverse && by != By::Rank {
            (3, 2)
        } else {
            (2, 3)
        };
        let word = |index| args.get(index).unwrap_or_default();
        Ok(match by {
            By::Rank => Self::Ranks(args.int(min)?, args.int(max)?),
            By::Score => Self::Scores(score_bound(word(min))?, score_bound(word(max))?),
            By::Lex => Self::Members(lex_bound(word(min))?, lex_bound(word(max))?),
        })
    }
}

fn score_bound(word: &[u8]) -> Result<Bound<f64>, Error> {
    let (text, open) = match word {
        [b'(', rest @ ..] => (rest, true),
        _ => (word, false),
    };
    let score = num::parse_f64_loosely(text).ok_or(Error::MinMaxNotFloat)?;
    Ok(if open {
        Bound::Excluded(score)
    } else {
        Bound::Included(score)
    })
}

fn lex_bound(word: &[u8]) -> Result<LexBound<'_>, Error> {
    match word {
        b"-" => Ok(LexBound::Lowest),
        b"+" => Ok(LexBound::Highest),
        [b'[', member @ ..] => Ok(LexBound::Included(member)),
        [b'(', member @ ..] => Ok(LexBound::Excluded(member)),
        _ => Err(Error::text("ERR min or max not valid string range item")),
    }
}

/// ZRANGE and its older forms, which have their kind of range and their direction in their names.
pub fn reply(
    ctx: &mut Ctx<'_>,
    args: Args<'_>,
    by: Option<By>,
    reverse: Option<bool>,
) -> Result<(), Error> {
    let (request, with_scores) = Request::parse(args, by, reverse, true)?;
    let observing = ctx.engine.observing;
    let (db, out) = ctx.parts();
    let Some(set) = db.read::<Zset>(&args[1])? else {
        out.array(0);
        return Ok(());
    };
    let (ranks, fact) = request.read(set, observing, false);
    let members = request.members(set, ranks);
    let pairs = with_scores && out.resp == Resp::Three;
    out.array(if with_scores && !pairs {
        members.len() * 2
    } else {
        members.len()
    });
    for (member, score) in members {
        if pairs {
            out.array(2);
        }
        out.bulk(member);
        if with_scores {
            out.double(score);
        }
    }
    note(ctx, &args[1], fact);
    Ok(())
}

/// ZCOUNT and ZLEXCOUNT.
pub fn count(ctx: &mut Ctx<'_>, args: Args<'_>, wanted: &Request<'_>) -> Result<(), Error> {
    let observing = ctx.engine.observing;
    let set = ctx.db().read::<Zset>(&args[1])?;
    let read = set.map(|set| wanted.read(set, observing, true));
    let (ranks, fact) = read.unwrap_or((0..0, None));
    ctx.out.count(ranks.len());
    note(ctx, &args[1], fact);
    Ok(())
}

/// Tells what was read of a key that is there.
fn note(ctx: &mut Ctx<'_>, key: &[u8], fact: Option<Fact>) {
    let Some(mut fact) = fact else { return };
    if let Fact::RangeRead { version, .. } = &mut fact {
        *version = self::version(ctx, key);
    }
    ctx.note(key, || fact);
}

/// The version of a key's entry; 0 where there is none.
pub fn version(ctx: &mut Ctx<'_>, key: &[u8]) -> u64 {
    ctx.db().entry(key).map_or(0, |entry| entry.version)
}

/// ZRANGESTORE.
pub fn store(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (target, args) = (&args[1], Args(args.from(1)));
    let (request, _) = Request::parse(args, None, None, false)?;
    let (limits, observing) = (ctx.limits(), ctx.engine.observing);
    let (set, fact) = match ctx.db().read::<Zset>(&args[1])? {
        Some(set) => {
            let (ranks, fact) = request.read(set, observing, false);
            let members = request.members(set, ranks);
            let own = members.map(|(member, score)| (Bytes::from_slice(member), score));
            (Zset::from_pairs(own, &limits), fact)
        }
        None => (Zset::new(), None),
    };
    note(ctx, &args[1], fact);
    put(ctx, target, set, "zrangestore");
    Ok(())
}

/// Keeps a set under a key, or nothing where it is empty, and answers how many members it has.
pub fn put(ctx: &mut Ctx<'_>, key: &[u8], set: Zset, event: &str) {
    let len = set.len();
    ctx.keep(key, set.into_value(), len, notify::ZSET, event);
}

impl<'a> Request<'a> {
    /// Reads the two ends and what follows them, and whether scores are wanted too.
    fn parse(
        args: Args<'a>,
        mut by: Option<By>,
        mut reverse: Option<bool>,
        scores_allowed: bool,
    ) -> Result<(Self, bool), Error> {
        let (mut offset, mut count, mut with_scores) = (0, -1, false);
        let mut at = 4;
        while at < args.len() {
            if scores_allowed && args.is(at, "WITHSCORES") {
                with_scores = true;
            } else if args.is(at, "LIMIT") && at + 2 < args.len() {
                (offset, count) = (args.int(at + 1)?, args.int(at + 2)?);
                at += 2;
            } else if args.is(at, "REV") && reverse.is_none() {
                reverse = Some(true);
            } else if args.is(at, "BYLEX") && by.is_none() {
                by = Some(By::Lex);
            } else if args.is(at, "BYSCORE") && by.is_none() {
                by = Some(By::Score);
            } else {
                return Err(Error::Syntax);
            }
            at += 1;
        }
        let by = by.unwrap_or(By::Rank);
        let reverse = reverse.unwrap_or(false);
        if by == By::Rank {
            // A LIMIT that takes all goes unnoticed, its offset too.
            if count != -1 {
                return Err(Error::text(
                    "ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX",
                ));
            }
            offset = 0;
        }
        if by == By::Lex && with_scores {
            return Err(Error::text(
                "ERR syntax error, WITHSCORES not supported in combination with BYLEX",
            ));
        }
        let request = Self {
            ends: Ends::parse(args, by, reverse)?,
            reverse,
            offset,
            count,
        };
        Ok((request, with_scores))
    }

    /// The members of a set at the ranks that are asked for, in the order that is.
    fn members<'s>(&self, set: &'s Zset, ranks: Range<usize>) -> Iter<'s> {
        if self.reverse {
            set.range_rev(ranks)
        } else {
            set.range(ranks)
        }
    }
}
