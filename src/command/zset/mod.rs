//! Sorted sets: leaderboards, queues by priority, indexes by time.
//!
//! Below the table stand the commands, in its order, mostly a line each; what they share is in
//! `write` and `range`.

mod range;
#[cfg(test)]
mod tests;
mod write;

use super::spec::*;
use crate::ds::zset::Zset;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use range::{By, Request};

/// The family's commands.
pub const TABLE: &[Spec] = &[
    Spec {
        name: "zadd",
        arity: -4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
        summary: "Gives members their scores, putting in those that are not there yet.",
        history: &[
            ("2.4.0", "Accepts multiple elements."),
            ("3.0.2", "Added the `XX`, `NX`, `CH` and `INCR` options."),
            ("6.2.0", "Added the `GT` and `LT` options."),
        ],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            one_of("condition", &[flag("nx", "NX"), flag("xx", "XX")])
                .since("3.0.2")
                .optional(),
            one_of("comparison", &[flag("gt", "GT"), flag("lt", "LT")])
                .since("6.2.0")
                .optional(),
            flag("change", "CH").since("3.0.2").optional(),
            flag("increment", "INCR").since("3.0.2").optional(),
            block("data", &[double("score"), string("member")]).multiple(),
        ],
        handler: Some(zadd),
        ..Spec::NEW
    },
    Spec {
        name: "zcard",
        arity: 2,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(1)",
        summary: "Answers how many members a sorted set has.",
        keys: &[KeySpec::first(&["RO"])],
        args: &[key("key")],
        handler: Some(zcard),
        ..Spec::NEW
    },
    Spec {
        name: "zcount",
        arity: 4,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(log(N)) with N being the number of elements in the sorted set.",
        summary: "Counts the members whose scores lie between two bounds.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), double("min"), double("max")],
        handler: Some(zcount),
        ..Spec::NEW
    },
    Spec {
        name: "zincrby",
        arity: 4,
        flags: WRITE | DENYOOM | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)) where N is the number of elements in the sorted set.",
        summary: "Adds to a member's score, and answers the new score.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), integer("increment"), string("member")],
        handler: Some(zincrby),
        ..Spec::NEW
    },
    Spec {
        name: "zmscore",
        arity: -3,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "6.2.0",
        complexity: "O(N) where N is the number of members being requested.",
        summary: "Reads the scores of several members.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("member").multiple()],
        handler: Some(zmscore),
        ..Spec::NEW
    },
    Spec {
        name: "zpopmax",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "5.0.0",
        complexity: "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
        summary: "Takes out the members with the highest scores.",
        keys: &[KeySpec::first(&["RW", "access", "delete"])],
        args: &[key("key"), integer("count").optional()],
        handler: Some(zpopmax),
        ..Spec::NEW
    },
    Spec {
        name: "zpopmin",
        arity: -2,
        flags: WRITE | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "5.0.0",
        complexity: "O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.",
        summary: "Takes out the members with the lowest scores.",
        keys: &[KeySpec::first(&["RW", "access", "delete"])],
        args: &[key("key"), integer("count").optional()],
        handler: Some(zpopmin),
        ..Spec::NEW
    },
    Spec {
        name: "zrange",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
        summary: "Reads the members between two ranks, scores or members, from either end.",
        history: &[(
            "6.2.0",
            "Added the `REV`, `BYSCORE`, `BYLEX` and `LIMIT` options.",
        )],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("start"),
            string("stop"),
            one_of(
                "sortby",
                &[flag("byscore", "BYSCORE"), flag("bylex", "BYLEX")],
            )
            .since("6.2.0")
            .optional(),
            flag("rev", "REV").since("6.2.0").optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .since("6.2.0")
                .optional(),
            flag("withscores", "WITHSCORES").optional(),
        ],
        handler: Some(zrange),
        ..Spec::NEW
    },
    Spec {
        name: "zrangebyscore",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "1.0.5",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        summary: "Reads the members between two scores, lowest first.",
        history: &[("2.0.0", "Added the `WITHSCORES` modifier.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            double("min"),
            double("max"),
            flag("withscores", "WITHSCORES").since("2.0.0").optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
        ],
        handler: Some(zrangebyscore),
        ..Spec::NEW
    },
    Spec {
        name: "zrank",
        arity: -3,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(log(N))",
        summary: "Answers a member's rank, counted from the lowest score.",
        history: &[("7.2.0", "Added the optional `WITHSCORE` argument.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("member"),
            flag("withscore", "WITHSCORE").optional(),
        ],
        handler: Some(zrank),
        ..Spec::NEW
    },
    Spec {
        name: "zrem",
        arity: -3,
        flags: WRITE | FAST,
        categories: &["write", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.",
        summary: "Takes members out of a sorted set.",
        history: &[("2.4.0", "Accepts multiple elements.")],
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), string("member").multiple()],
        handler: Some(zrem),
        ..Spec::NEW
    },
    Spec {
        name: "zremrangebyrank",
        arity: 4,
        flags: WRITE,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        summary: "Takes out the members between two ranks.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), integer("start"), integer("stop")],
        handler: Some(zremrangebyrank),
        ..Spec::NEW
    },
    Spec {
        name: "zremrangebyscore",
        arity: 4,
        flags: WRITE,
        categories: &["write", "sortedset", "slow"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.",
        summary: "Takes out the members between two scores.",
        keys: &[KeySpec::first(&["RW", "delete"])],
        args: &[key("key"), double("min"), double("max")],
        handler: Some(zremrangebyscore),
        ..Spec::NEW
    },
    Spec {
        name: "zrevrange",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.",
        summary: "Reads the members between two ranks, counted from the highest score.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            integer("start"),
            integer("stop"),
            flag("withscores", "WITHSCORES").optional(),
        ],
        handler: Some(zrevrange),
        ..Spec::NEW
    },
    Spec {
        name: "zrevrangebyscore",
        arity: -4,
        flags: READONLY,
        categories: &["read", "sortedset", "slow"],
        group: "sorted-set",
        since: "2.2.0",
        complexity: "O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).",
        summary: "Reads the members between two scores, highest first.",
        history: &[("2.1.6", "`min` and `max` can be exclusive.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            double("max"),
            double("min"),
            flag("withscores", "WITHSCORES").optional(),
            block("limit", &[integer("offset"), integer("count")])
                .token("LIMIT")
                .optional(),
        ],
        handler: Some(zrevrangebyscore),
        ..Spec::NEW
    },
    Spec {
        name: "zrevrank",
        arity: -3,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "2.0.0",
        complexity: "O(log(N))",
        summary: "Answers a member's rank, counted from the highest score.",
        history: &[("7.2.0", "Added the optional `WITHSCORE` argument.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("member"),
            flag("withscore", "WITHSCORE").optional(),
        ],
        handler: Some(zrevrank),
        ..Spec::NEW
    },
    Spec {
        name: "zscore",
        arity: 3,
        flags: READONLY | FAST,
        categories: &["read", "sortedset", "fast"],
        group: "sorted-set",
        since: "1.2.0",
        complexity: "O(1)",
        summary: "Reads a member's score.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("member")],
        handler: Some(zscore),
        ..Spec::NEW
    },
];

fn zadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    write::add(ctx, args, false)
}

fn zcard(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    out.count(db.read::<Zset>(&args[1])?.map_or(0, Zset::len));
    Ok(())
}

fn zcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = Request::between(args, By::Score)?;
    let (db, out) = ctx.parts();
    out.count(
        db.read::<Zset>(&args[1])?
            .map_or(0, |set| wanted.ranks(set).len()),
    );
    Ok(())
}

fn zincrby(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    write::add(ctx, args, true)
}

fn zmscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let set = db.read::<Zset>(&args[1])?;
    let members = args.from(2);
    out.array(members.len());
    for member in members {
        match set.and_then(|set| set.score(member)) {
            Some(score) => out.double(score),
            None => out.null(),
        }
    }
    Ok(())
}

fn zpopmax(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    write::pop(ctx, args, Zset::pop_max)
}

fn zpopmin(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    write::pop(ctx, args, Zset::pop_min)
}

fn zrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, None, None)
}

fn zrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, Some(By::Score), Some(false))
}

fn zrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    rank(ctx, args, false)
}

fn zrem(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    write::remove(ctx, args, |set| {
        args.from(2)
            .iter()
            .filter(|member| set.remove(member).is_some())
            .count()
    })
}

fn zremrangebyrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = Request::between(args, By::Rank)?;
    write::remove(ctx, args, |set| {
        set.remove_range(wanted.ranks(set), |_, _| ())
    })
}

fn zremrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = Request::between(args, By::Score)?;
    write::remove(ctx, args, |set| {
        set.remove_range(wanted.ranks(set), |_, _| ())
    })
}

fn zrevrange(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, Some(By::Rank), Some(true))
}

fn zrevrangebyscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    range::reply(ctx, args, Some(By::Score), Some(true))
}

fn zrevrank(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    rank(ctx, args, true)
}

fn zscore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    match db
        .read::<Zset>(&args[1])?
        .and_then(|set| set.score(&args[2]))
    {
        Some(score) => out.double(score),
        None => out.null(),
    }
    Ok(())
}

/// ZRANK and ZREVRANK.
fn rank(ctx: &mut Ctx<'_>, args: Args<'_>, reverse: bool) -> Result<(), Error> {
    if args.len() > 4 {
        let name = if reverse { "zrevrank" } else { "zrank" };
        return Err(Error::Arity(name.into()));
    }
    let with_score = args.len() == 4;
    if with_score && !args.is(3, "WITHSCORE") {
        return Err(Error::Syntax);
    }
    let (db, out) = ctx.parts();
    let member = &args[2];
    let found = db.read::<Zset>(&args[1])?.and_then(|set| {
        let rank = set.rank(member)?;
        Some((
            if reverse { set.len() - 1 - rank } else { rank },
            set.score(member)?,
        ))
    });
    match found {
        Some((rank, score)) if with_score => {
            out.array(2);
            out.count(rank);
            out.double(score);
        }
        Some((rank, _)) => out.count(rank),
        None if with_score => out.null_array(),
        None => out.null(),
    }
    Ok(())
}
