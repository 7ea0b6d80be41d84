//! Why commands on sorted sets, and places on the map, were answered as they were.

use super::before::zadd;
use super::{Case, distinct, quoted};
use crate::ds::bytes::Bytes;
use crate::engine::db::Value;
use crate::engine::num;
use crate::engine::reply::Reply;
use crate::engine::why::{EmptyRange, Why};

impl Case<'_> {
    pub(super) fn zsets(&self) -> Option<Why> {
        match self.spec.name {
            "zadd" => self.zadd(),
            "zincrby" if !self.before.item => Some(Why::BeganAtZero {
                place: quoted(&self.args[3]),
                what: "member".into(),
                command: self.command(),
            }),
            "zscore" if self.is_null() => self.not_in(&self.args[2], "member"),
            "zrank" | "zrevrank" => self.rank(),
            "zrem" => self.removed("member"),
            "zrange" | "zrevrange" | "zrangebyscore" | "zrevrangebyscore" | "zrangebylex"
            | "zrevrangebylex"
                if self.is_empty() =>
            {
                self.zrange()
            }
            "zcount" if self.int() == Some(0) => self.between(false),
            "zscan" => self.scan(self.value()?.size()),
            "geodist" if self.is_null() => {
                let Value::Zset(zset) = self.value()? else {
                    return None;
                };
                let two = [&self.args[2], &self.args[3]];
                let gone = two
                    .into_iter()
                    .find(|member| zset.score(member).is_none())?;
                self.not_in(gone, "member")
            }
            "geopos" | "geohash" => {
                let first = self.items()?.iter().position(|item| *item == Reply::Null)?;
                self.not_in(self.args.get(first + 2)?, "member")
            }
            _ => None,
        }
    }

    fn zadd(&self) -> Option<Why> {
        let zadd = zadd(self.args)?;
        let members: Vec<&[u8]> = zadd.pairs.iter().map(|(_, member)| *member).collect();
        if !distinct(&members) || zadd.incr && !self.is_null() {
            return None;
        }
        let [mut added, mut updated, mut same, mut nx, mut xx, mut worse] = [0_u64; 6];
        for (at, (score, _)) in zadd.pairs.iter().enumerate() {
            let count = match self.before.scores.get(at).copied().flatten() {
                None if zadd.xx => &mut xx,
                None => &mut added,
                Some(_) if zadd.nx => &mut nx,
                Some(old) => {
                    let score = if zadd.incr { old + score } else { *score };
                    match () {
                        () if zadd.gt && score < old || zadd.lt && score > old => &mut worse,
                        () if zadd.incr && (zadd.gt || zadd.lt) && score == old => &mut worse,
                        () if score == old => &mut same,
                        () => &mut updated,
                    }
                }
            };
            *count += 1;
        }
        let asks = nx + xx + worse + same > 0 || updated > 0 && !zadd.ch;
        asks.then_some(Why::Zadd {
            added,
            updated,
            same,
            nx,
            xx,
            worse,
            gt: zadd.gt,
        })
    }

    fn rank(&self) -> Option<Why> {
        if self.is_null() {
            return self.not_in(&self.args[2], "member");
        }
        let rank = match self.reply {
            Reply::Int(rank) => *rank,
            Reply::Array(items) => match items.first() {
                Some(Reply::Int(rank)) => *rank,
                _ => return None,
            },
            _ => return None,
        };
        Some(Why::Rank {
            rank: u64::try_from(rank).ok()?,
            of: self.value()?.size(),
            highest_first: self.spec.name == "zrevrank",
        })
    }

    fn zrange(&self) -> Option<Why> {
        if self.has(4, "LIMIT") {
            return None;
        }
        let lex = self.spec.name.ends_with("lex") || self.has(4, "BYLEX");
        if lex {
            return None;
        }
        let by_score = self.spec.name.ends_with("score") || self.has(4, "BYSCORE");
        if by_score {
            let higher_first = self.spec.name.starts_with("zrev") || self.has(4, "REV");
            return self.between(higher_first);
        }
        self.empty_range(2)
    }

    /// A range of scores in which no member is.
    fn between(&self, higher_first: bool) -> Option<Why> {
        let bound = |at: usize| {
            let word = &self.args[at];
            num::parse_f64(word.strip_prefix(b"(").unwrap_or(word))
        };
        let (first, second) = (bound(2)?, bound(3)?);
        let swapped = if higher_first {
            first < second
        } else {
            first > second
        };
        Some(Why::EmptyRange {
            key: Bytes::from_slice(self.key()?),
            how: match swapped {
                true => EmptyRange::Swapped { higher_first },
                false => EmptyRange::Between {
                    what: "score".into(),
                },
            },
            len: self.value()?.size(),
        })
    }
}
