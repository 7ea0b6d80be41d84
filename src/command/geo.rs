//! Geo: places on a sorted set, whose scores are geohashes.

use super::spec::*;
use super::zset::{add_scored, put, version};
use crate::ds::bytes::Bytes;
use crate::ds::geo::{Place, Shape};
use crate::ds::zset::Zset;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::db::Witness;
use crate::engine::error::Error;
use crate::engine::event::{Area, Fact};
use crate::engine::num;
use crate::engine::reply::Writer;
use std::ops::Bound;

/// What a distance is measured in.
const UNIT: Arg = one_of(
    "unit",
    &[
        flag("m", "M"),
        flag("km", "KM"),
        flag("ft", "FT"),
        flag("mi", "MI"),
    ],
);
/// Nearest or farthest first.
const ORDER: Arg = one_of("order", &[flag("asc", "ASC"), flag("desc", "DESC")]);
/// How many places, and whether any will do.
const COUNT: Arg = block(
    "count-block",
    &[
        integer("count").token("COUNT"),
        flag("any", "ANY").optional(),
    ],
);

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "geoadd",
        arity: -5,
        flags: WRITE | DENYOOM,
        categories: &["write", "geo", "slow"],
        group: "geo",
        since: "3.2.0",
        complexity: "O(log(N)) for each item added, where N is the number of elements in the sorted set.",
        summary: "Puts places on a sorted set, their positions as its scores.",
        history: &[("6.2.0", "Added the `CH`, `NX` and `XX` options.")],
        keys: &[KeySpec::first(&["RW", "update"])],
        args: &[
            key("key"),
            one_of("condition", &[flag("nx", "NX"), flag("xx", "XX")])
                .since("6.2.0")
                .optional(),
            flag("change", "CH").since("6.2.0").optional(),
            block(
                "data",
                &[double("longitude"), double("latitude"), string("member")],
            )
            .multiple(),
        ],
        handler: Some(geoadd),
        ..Row::NEW
    },
    Row {
        name: "geodist",
        arity: -4,
        flags: READONLY,
        categories: &["read", "geo", "slow"],
        group: "geo",
        since: "3.2.0",
        complexity: "O(1)",
        summary: "Tells how far apart two places are.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("member1"),
            string("member2"),
            UNIT.optional(),
        ],
        handler: Some(geodist),
        ..Row::NEW
    },
    Row {
        name: "geohash",
        arity: -2,
        flags: READONLY,
        categories: &["read", "geo", "slow"],
        group: "geo",
        since: "3.2.0",
        complexity: "O(1) for each member requested.",
        summary: "Gives the geohash strings of places.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("member").multiple().optional()],
        handler: Some(geohash),
        ..Row::NEW
    },
    Row {
        name: "geopos",
        arity: -2,
        flags: READONLY,
        categories: &["read", "geo", "slow"],
        group: "geo",
        since: "3.2.0",
        complexity: "O(1) for each member requested.",
        summary: "Gives the longitude and latitude of places.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), string("member").multiple().optional()],
        handler: Some(geopos),
        ..Row::NEW
    },
    Row {
        name: "georadius",
        arity: -6,
        flags: WRITE | DENYOOM | MOVABLEKEYS,
        categories: &["write", "geo", "slow"],
        group: "geo",
        since: "3.2.0",
        complexity: "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        summary: "Finds or keeps the places around a position.",
        history: &[
            ("6.2.0", "Added the `ANY` option for `COUNT`."),
            ("7.0.0", "Added support for uppercase unit names."),
        ],
        keys: &[
            KeySpec::first(&["RO", "access"]),
            KeySpec {
                notes: None,
                flags: &["OW", "update", "variable_flags"],
                begin: Begin::Keyword("STORE", 6),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
            KeySpec {
                notes: None,
                flags: &["OW", "update", "variable_flags"],
                begin: Begin::Keyword("STOREDIST", 6),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("key"),
            double("longitude"),
            double("latitude"),
            double("radius"),
            UNIT,
            flag("withcoord", "WITHCOORD").optional(),
            flag("withdist", "WITHDIST").optional(),
            flag("withhash", "WITHHASH").optional(),
            block(
                "count-block",
                &[
                    integer("count").token("COUNT"),
                    flag("any", "ANY").since("6.2.0").optional(),
                ],
            )
            .optional(),
            ORDER.optional(),
            one_of(
                "store",
                &[
                    key("storekey").token("STORE").key_spec(1).display("key"),
                    key("storedistkey")
                        .token("STOREDIST")
                        .key_spec(2)
                        .display("key"),
                ],
            )
            .optional(),
        ],
        handler: Some(georadius),
        ..Row::NEW
    },
    Row {
        name: "georadius_ro",
        arity: -6,
        flags: READONLY,
        categories: &["read", "geo", "slow"],
        group: "geo",
        since: "3.2.10",
        complexity: "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        summary: "Finds the places around a position, changing nothing.",
        history: &[
            ("6.2.0", "Added the `ANY` option for `COUNT`."),
            ("7.0.0", "Added support for uppercase unit names."),
        ],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            double("longitude"),
            double("latitude"),
            double("radius"),
            UNIT,
            flag("withcoord", "WITHCOORD").optional(),
            flag("withdist", "WITHDIST").optional(),
            flag("withhash", "WITHHASH").optional(),
            block(
                "count-block",
                &[
                    integer("count").token("COUNT"),
                    flag("any", "ANY").since("6.2.0").optional(),
                ],
            )
            .optional(),
            ORDER.optional(),
        ],
        handler: Some(georadius_ro),
        ..Row::NEW
    },
    Row {
        name: "georadiusbymember",
        arity: -5,
        flags: WRITE | DENYOOM | MOVABLEKEYS,
        categories: &["write", "geo", "slow"],
        group: "geo",
        since: "3.2.0",
        complexity: "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        summary: "Finds or keeps the places around another place.",
        history: &[
            ("6.2.0", "Added the `ANY` option for `COUNT`."),
            ("7.0.0", "Added support for uppercase unit names."),
        ],
        keys: &[
            KeySpec::first(&["RO", "access"]),
            KeySpec {
                notes: None,
                flags: &["OW", "update", "variable_flags"],
                begin: Begin::Keyword("STORE", 5),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
            KeySpec {
                notes: None,
                flags: &["OW", "update", "variable_flags"],
                begin: Begin::Keyword("STOREDIST", 5),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("key"),
            string("member"),
            double("radius"),
            UNIT,
            flag("withcoord", "WITHCOORD").optional(),
            flag("withdist", "WITHDIST").optional(),
            flag("withhash", "WITHHASH").optional(),
            COUNT.optional(),
            ORDER.optional(),
            one_of(
                "store",
                &[
                    key("storekey").token("STORE").key_spec(1).display("key"),
                    key("storedistkey")
                        .token("STOREDIST")
                        .key_spec(2)
                        .display("key"),
                ],
            )
            .optional(),
        ],
        handler: Some(georadiusbymember),
        ..Row::NEW
    },
    Row {
        name: "georadiusbymember_ro",
        arity: -5,
        flags: READONLY,
        categories: &["read", "geo", "slow"],
        group: "geo",
        since: "3.2.10",
        complexity: "O(N+log(M)) where N is the number of elements inside the bounding box of the circular area delimited by center and radius and M is the number of items inside the index.",
        summary: "Finds the places around another place, changing nothing.",
        history: &[
            ("6.2.0", "Added the `ANY` option for `COUNT`."),
            ("7.0.0", "Added support for uppercase unit names."),
        ],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            string("member"),
            double("radius"),
            UNIT,
            flag("withcoord", "WITHCOORD").optional(),
            flag("withdist", "WITHDIST").optional(),
            flag("withhash", "WITHHASH").optional(),
            COUNT.optional(),
            ORDER.optional(),
        ],
        handler: Some(georadiusbymember_ro),
        ..Row::NEW
    },
    Row {
        name: "geosearch",
        arity: -7,
        flags: READONLY,
        categories: &["read", "geo", "slow"],
        group: "geo",
        since: "6.2.0",
        complexity: "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape",
        summary: "Finds the places in a circle, a box or a polygon.",
        history: &[
            ("7.0.0", "Added support for uppercase unit names."),
            ("9.0.0", "Added support for the BYPOLYGON option."),
        ],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            one_of(
                "from",
                &[
                    string("member").token("FROMMEMBER"),
                    block("fromlonlat", &[double("longitude"), double("latitude")])
                        .token("FROMLONLAT"),
                ],
            )
            .optional(),
            one_of(
                "by",
                &[
                    block("circle", &[double("radius").token("BYRADIUS"), UNIT]),
                    block(
                        "box",
                        &[double("width").token("BYBOX"), double("height"), UNIT],
                    ),
                    block(
                        "polygon",
                        &[
                            integer("num-vertices").token("BYPOLYGON"),
                            block("vertices", &[double("longitude"), double("latitude")])
                                .multiple(),
                        ],
                    )
                    .since("9.0.0"),
                ],
            ),
            ORDER.optional(),
            COUNT.optional(),
            flag("withcoord", "WITHCOORD").optional(),
            flag("withdist", "WITHDIST").optional(),
            flag("withhash", "WITHHASH").optional(),
        ],
        handler: Some(geosearch),
        ..Row::NEW
    },
    Row {
        name: "geosearchstore",
        arity: -8,
        flags: WRITE | DENYOOM,
        categories: &["write", "geo", "slow"],
        group: "geo",
        since: "6.2.0",
        complexity: "O(N+log(M)) where N is the number of elements in the grid-aligned bounding box area around the shape provided as the filter and M is the number of items inside the shape",
        summary: "Keeps the places in a circle, a box or a polygon under another key.",
        history: &[
            ("7.0.0", "Added support for uppercase unit names."),
            ("9.0.0", "Added support for the BYPOLYGON option."),
        ],
        keys: &[
            KeySpec::first(&["OW", "update"]),
            KeySpec {
                notes: None,
                flags: &["RO", "access"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            key("destination"),
            key("source").key_spec(1),
            one_of(
                "from",
                &[
                    string("member").token("FROMMEMBER"),
                    block("fromlonlat", &[double("longitude"), double("latitude")])
                        .token("FROMLONLAT"),
                ],
            )
            .optional(),
            one_of(
                "by",
                &[
                    block("circle", &[double("radius").token("BYRADIUS"), UNIT]),
                    block(
                        "box",
                        &[double("width").token("BYBOX"), double("height"), UNIT],
                    ),
                    block(
                        "polygon",
                        &[
                            integer("num-vertices").token("BYPOLYGON"),
                            block("vertices", &[double("longitude"), double("latitude")])
                                .multiple(),
                        ],
                    )
                    .since("9.0.0"),
                ],
            ),
            ORDER.optional(),
            COUNT.optional(),
            flag("storedist", "STOREDIST").optional(),
        ],
        handler: Some(geosearchstore),
        ..Row::NEW
    },
];

fn geoadd(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (mut absent, mut present, mut count_changes) = (false, false, false);
    let mut at = 2;
    while at < args.len() {
        match () {
            () if args.is(at, "NX") => absent = true,
            () if args.is(at, "XX") => present = true,
            () if args.is(at, "CH") => count_changes = true,
            () => break,
        }
        at += 1;
    }
    let words = args.from(at);
    if words.is_empty() || !words.len().is_multiple_of(3) || absent && present {
        return Err(Error::Syntax);
    }
    let pairs = (at..args.len())
        .step_by(3)
        .map(|at| Ok((place(args, at)?.score(), &args[at + 2])))
        .collect::<Result<Vec<_>, Error>>()?;
    add_scored(ctx, &args[1], (absent, present, count_changes), &pairs)
}

fn geodist(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let metres = match args.len() {
        4 => 1.0,
        5 => unit(&args[4])?,
        _ => return Err(Error::Syntax),
    };
    let (db, out) = ctx.parts();
    let places = db.read::<Zset>(&args[1])?.and_then(|set| {
        let place = |member| set.score(member).map(Place::of_score);
        Some((place(&args[2])?, place(&args[3])?))
    });
    match places {
        Some((one, other)) => distance(out, one.distance(other) / metres),
        None => out.null(),
    }
    Ok(())
}

fn geohash(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let set = db.read::<Zset>(&args[1])?;
    out.array(args.len() - 2);
    for member in args.from(2) {
        match set.and_then(|set| set.score(member)) {
            Some(score) => out.bulk(&Place::of_score(score).geohash()),
            None => out.null(),
        }
    }
    Ok(())
}

fn geopos(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let (db, out) = ctx.parts();
    let set = db.read::<Zset>(&args[1])?;
    out.array(args.len() - 2);
    for member in args.from(2) {
        match set.and_then(|set| set.score(member)) {
            Some(score) => position(out, Place::of_score(score)),
            None => out.null_array(),
        }
    }
    Ok(())
}

fn georadius(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    search(ctx, args, Form::Radius { store: true })
}

fn georadius_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    search(ctx, args, Form::Radius { store: false })
}

fn georadiusbymember(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    search(ctx, args, Form::RadiusByMember { store: true })
}

fn georadiusbymember_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    search(ctx, args, Form::RadiusByMember { store: false })
}

fn geosearch(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    search(ctx, args, Form::Search)
}

fn geosearchstore(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    search(ctx, args, Form::SearchStore)
}

/// Which of the searching commands it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// GEORADIUS, which may store, or its read-only twin.
    Radius {
        store: bool,
    },
    /// GEORADIUSBYMEMBER or its twin.
    RadiusByMember {
        store: bool,
    },
    Search,
    SearchStore,
}

/// How the centre of a search was named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Centre {
    Member,
    Position,
}

/// How many of the members that a search found are told.
const FOUND_MAX: usize = 200;

/// A search as it was asked for.
#[derive(Clone, Debug, Default)]
struct Search<'a> {
    centre: Option<Centre>,
    /// Where the centre is, unless that is a member of a key that does not exist.
    place: Option<Place>,
    shape: Option<Shape>,
    /// Metres in the search's unit.
    unit: f64,
    with_distance: bool,
    with_hash: bool,
    with_position: bool,
    any: bool,
    /// How many places; all where there is none.
    count: Option<usize>,
    descending: Option<bool>,
    target: Option<&'a [u8]>,
    /// Distances are kept as scores, not geohashes.
    store_distances: bool,
}

/// A place that was found.
#[derive(Clone, Debug)]
struct Found {
    member: Bytes,
    score: f64,
    place: Place,
    /// In the search's unit.
    distance: f64,
}

/// All of the commands that search.
fn search(ctx: &mut Ctx<'_>, args: Args<'_>, form: Form) -> Result<(), Error> {
    let key = &args[if form == Form::SearchStore { 2 } else { 1 }];
    let set = ctx.db().read::<Zset>(key)?;
    let search = Search::parse(args, form, set)?;
    let of = set.map(Zset::len);
    let (found, examined) = set.map(|set| search.find(set)).unwrap_or_default();
    if let (Some(of), Some(area)) = (of, search.area_told()) {
        let version = version(ctx, key);
        ctx.note(key, || Fact::PlacesSearched {
            area,
            first: found
                .iter()
                .take(FOUND_MAX)
                .map(|found| found.member.clone())
                .collect(),
            found: found.len(),
            examined,
            of,
            version,
        });
    }
    if let Some(target) = search.target {
        let source = ctx
            .db()
            .entry(key)
            .and_then(|entry| entry.witness.as_deref());
        let places = !search.store_distances && matches!(source, Some(Witness::Places));
        let limits = ctx.limits();
        let pairs = found.into_iter().map(|found| {
            let score = if search.store_distances {
                found.distance
            } else {
                found.score
            };
            (found.member, score)
        });
        let event = match form {
            Form::SearchStore => "geosearchstore",
            _ => "georadiusstore",
        };
        put(ctx, target, Zset::from_pairs(pairs, &limits), event);
        if places && let Some(entry) = ctx.db().entry_mut(target) {
            entry.witness = Some(Box::new(Witness::Places));
        }
        return Ok(());
    }
    let extras = usize::from(search.with_distance)
        + usize::from(search.with_hash)
        + usize::from(search.with_position);
    let out = &mut ctx.out;
    out.array(found.len());
    for found in &found {
        if extras > 0 {
            out.array(1 + extras);
        }
        out.bulk(&found.member);
        if search.with_distance {
            distance(out, found.distance);
        }
        if search.with_hash {
            out.int(found.score as i64);
        }
        if search.with_position {
            position(out, found.place);
        }
    }
    Ok(())
}

impl<'a> Search<'a> {
    fn parse(args: Args<'a>, form: Form, set: Option<&Zset>) -> Result<Self, Error> {
        let mut search = Self::default();
        let mut at = match form {
            Form::Radius { .. } => {
                search.place = Some(place(args, 2)?);
                search.circle(args, 4)?;
                6
            }
            Form::RadiusByMember { .. } => {
                if let Some(set) = set {
                    search.place = Some(member_place(set, &args[2])?);
                    search.circle(args, 3)?;
                }
                5
            }
            Form::Search => 2,
            Form::SearchStore => {
                search.target = args.get(1);
                3
            }
        };
        while at < args.len() {
            at += search.option(args, at, form, set)?;
        }
        search.check(args, form)?;
        Ok(search)
    }

    /// Reads the option at a place and answers how many words it has.
    fn option(
        &mut self,
        args: Args<'a>,
        at: usize,
        form: Form,
        set: Option<&Zset>,
    ) -> Result<usize, Error> {
        let left = args.len() - at - 1;
        let words = match () {
            () if args.is(at, "WITHDIST") => {
                self.with_distance = true;
                0
            }
            () if args.is(at, "WITHHASH") => {
                self.with_hash = true;
                0
            }
            () if args.is(at, "WITHCOORD") => {
                self.with_position = true;
                0
            }
            () if args.is(at, "ANY") => {
                self.any = true;
                0
            }
            () if args.is(at, "ASC") || args.is(at, "DESC") => {
                self.descending = Some(args.is(at, "DESC"));
                0
            }
            () if args.is(at, "COUNT") && left >= 1 => {
                let count = args.int(at + 1)?;
                if count <= 0 {
                    return Err(Error::text("ERR COUNT must be > 0"));
                }
                self.count = num::size(count);
                1
            }
            () => match form {
                Form::Radius { store } | Form::RadiusByMember { store } => {
                    let distances = args.is(at, "STOREDIST");
                    if !(store && left >= 1 && (distances || args.is(at, "STORE"))) {
                        return Err(Error::Syntax);
                    }
                    self.target = args.get(at + 1);
                    self.store_distances = distances;
                    1
                }
                Form::SearchStore if args.is(at, "STOREDIST") => {
                    self.store_distances = true;
                    0
                }
                Form::Search | Form::SearchStore => self.area(args, at, set)?,
            },
        };
        Ok(1 + words)
    }

    /// Reads what says where GEOSEARCH searches, and answers how many words follow it.
    fn area(&mut self, args: Args<'a>, at: usize, set: Option<&Zset>) -> Result<usize, Error> {
        let left = args.len() - at - 1;
        let polygon = matches!(self.shape, Some(Shape::Polygon(_)));
        Ok(match () {
            () if args.is(at, "FROMMEMBER")
                && left >= 1
                && self.centre != Some(Centre::Position)
                && !polygon =>
            {
                if let Some(set) = set {
                    self.place = Some(member_place(set, &args[at + 1])?);
                }
                self.centre = Some(Centre::Member);
                1
            }
            () if args.is(at, "FROMLONLAT")
                && left >= 2
                && self.centre != Some(Centre::Member)
                && !polygon =>
            {
                self.place = Some(place(args, at + 1)?);
                self.centre = Some(Centre::Position);
                2
            }
            () if args.is(at, "BYRADIUS")
                && left >= 2
                && matches!(self.shape, None | Some(Shape::Circle(_))) =>
            {
                self.circle(args, at + 1)?;
                2
            }
            () if args.is(at, "BYBOX")
                && left >= 3
                && matches!(self.shape, None | Some(Shape::Rect(..))) =>
            {
                let width = length(args, at + 1, "ERR need numeric width")?;
                let height = length(args, at + 2, "ERR need numeric height")?;
                if width < 0.0 || height < 0.0 {
                    return Err(Error::text("ERR height or width cannot be negative"));
                }
                self.unit = unit(&args[at + 3])?;
                self.shape = Some(Shape::Rect(width * self.unit, height * self.unit));
                3
            }
            () if args.is(at, "BYPOLYGON")
                && left >= 2
                && (polygon || self.shape.is_none())
                && self.centre.is_none() =>
            {
                let count = args
                    .int(at + 1)
                    .ok()
                    .filter(|count| i32::try_from(*count).is_ok())
                    .ok_or(Error::text("ERR invalid number of vertices"))?;
                let count = usize::try_from(count).unwrap_or(0);
                if count < 3 || (left - 1) / 2 < count {
                    return Err(Error::text(
                        "ERR GEOSEARCH BYPOLYGON must have at least 3 vertices",
                    ));
                }
                let corners = (0..count).map(|corner| place(args, at + 2 + corner * 2));
                self.shape = Some(Shape::Polygon(corners.collect::<Result<_, Error>>()?));
                self.unit = 1.0;
                1 + count * 2
            }
            () => return Err(Error::Syntax),
        })
    }

    /// Reads a radius and its unit.
    fn circle(&mut self, args: Args<'_>, at: usize) -> Result<(), Error> {
        let radius = length(args, at, "ERR need numeric radius")?;
        if radius < 0.0 {
            return Err(Error::text("ERR radius cannot be negative"));
        }
        self.unit = unit(&args[at + 1])?;
        self.shape = Some(Shape::Circle(radius * self.unit));
        Ok(())
    }

    /// Refuses options that do not go together.
    fn check(&self, args: Args<'_>, form: Form) -> Result<(), Error> {
        if self.target.is_some() && (self.with_distance || self.with_hash || self.with_position) {
            return Err(Error::text(match form {
                Form::SearchStore => {
                    "ERR GEOSEARCHSTORE is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
                }
                _ => {
                    "ERR STORE option in GEORADIUS is not compatible with WITHDIST, WITHHASH and WITHCOORD options"
                }
            }));
        }
        if matches!(form, Form::Search | Form::SearchStore) {
            let wants = |what: &[u8]| Err(Error::quoting(&[what, &args[0]]));
            if self.centre.is_none() && !matches!(self.shape, Some(Shape::Polygon(_))) {
                return wants(b"ERR exactly one of FROMMEMBER or FROMLONLAT can be specified for ");
            }
            if self.shape.is_none() {
                return wants(
                    b"ERR exactly one of BYRADIUS, BYBOX and BYPOLYGON can be specified for ",
                );
            }
        }
        if self.any && self.count.is_none() {
            return Err(Error::text("ERR the ANY argument requires COUNT argument"));
        }
        Ok(())
    }

    /// Where the search looks.
    fn area_told(&self) -> Option<Area> {
        let shape = self.shape.clone()?;
        let centre = shape.centre().or(self.place)?;
        Some(Area { centre, shape })
    }

    /// What the search finds in a set, in its order, and how many members it looks at.
    fn find(&self, set: &Zset) -> (Vec<Found>, usize) {
        let Some(shape) = &self.shape else {
            return (Vec::new(), 0);
        };
        let Some(centre) = shape.centre().or(self.place) else {
            return (Vec::new(), 0);
        };
        let mut examined = 0;
        let enough = self.count.filter(|_| self.any);
        let mut found = Vec::new();
        'search: for range in shape.score_ranges(centre) {
            let ranks = set.score_range(Bound::Included(range.start), Bound::Excluded(range.end));
            for (member, score) in set.range(ranks) {
                let place = Place::of_score(score);
                examined += 1;
                let Some(distance) = shape.distance_within(centre, place) else {
                    continue;
                };
                found.push(Found {
                    member: Bytes::from_slice(member),
                    score,
                    place,
                    distance,
                });
                if enough.is_some_and(|enough| found.len() >= enough) {
                    break 'search;
                }
            }
        }
        // A count without an order means the nearest, unless any will do.
        let nearest = (self.count.is_some() && !self.any).then_some(false);
        if let Some(descending) = self.descending.or(nearest) {
            found.sort_by(|a, b| {
                let order = a.distance.total_cmp(&b.distance);
                if descending { order.reverse() } else { order }
            });
        }
        found.truncate(self.count.unwrap_or(usize::MAX));
        for found in &mut found {
            found.distance /= self.unit;
        }
        (found, examined)
    }
}

/// The words at `at` and after it as a place.
fn place(args: Args<'_>, at: usize) -> Result<Place, Error> {
    let (longitude, latitude) = (args.float(at)?, args.float(at + 1)?);
    Place::new(longitude, latitude).ok_or_else(|| {
        format!("ERR invalid longitude,latitude pair {longitude:.6},{latitude:.6}").into()
    })
}

fn member_place(set: &Zset, member: &[u8]) -> Result<Place, Error> {
    let score = set
        .score(member)
        .ok_or_else(|| Error::quoting(&[b"ERR member ", member, b" does not exist"]))?;
    Ok(Place::of_score(score))
}

fn length(args: Args<'_>, at: usize, refusal: &'static str) -> Result<f64, Error> {
    args.float(at).map_err(|_| Error::text(refusal))
}

/// How many metres a unit has.
fn unit(word: &[u8]) -> Result<f64, Error> {
    [("m", 1.0), ("km", 1000.0), ("ft", 0.3048), ("mi", 1609.34)]
        .into_iter()
        .find(|(name, _)| word.eq_ignore_ascii_case(name.as_bytes()))
        .map(|(_, metres)| metres)
        .ok_or(Error::text(
            "ERR unsupported unit provided. please use M, KM, FT, MI",
        ))
}

/// Writes a distance with four digits after the point, halves to even.
fn distance(out: &mut Writer, distance: f64) {
    let parts = (distance * 10_000.0).round_ties_even() as i64;
    out.bulk(format!("{}.{:04}", parts / 10_000, parts % 10_000).as_bytes());
}

fn position(out: &mut Writer, place: Place) {
    out.array(2);
    out.human_double(place.longitude);
    out.human_double(place.latitude);
}

#[cfg(test)]
mod tests {
    use crate::command::testing::check;
    use crate::engine::event::Fact;
    use crate::engine::view::{self, Look, MapView, ValueView, Window, ZsetLook, ZsetMore};
    use crate::engine::{Engine, What};

    #[test]
    fn what_lies_around_a_member_comes_nearest_first() {
        check(
            r#"
            A> GEOADD sicily 13.361389 38.115556 Palermo 15.087269 37.502669 Catania
            (integer) 2
            A> GEODIST sicily Palermo Catania km
            "166.2742"
            A> GEOHASH sicily Palermo Nowhere
            1) "sqc8b49rny0"
            2) (nil)
            A> GEOSEARCH sicily FROMMEMBER Palermo BYRADIUS 200 km ASC WITHDIST
            1) 1) "Palermo"
               2) "0.0000"
            2) 1) "Catania"
               2) "166.2742"
            A> GEOSEARCHSTORE near sicily FROMLONLAT 15 37 BYBOX 200 200 km STOREDIST
            (integer) 1
            A> ZRANGE near 0 -1 WITHSCORES
            1) "Catania"
            2) "56.4412578701582"
            A> GEOSEARCH sicily FROMMEMBER Nobody BYRADIUS 1 km
            (error) ERR member Nobody does not exist
            "#,
        );
    }

    const SICILY: &str = "GEOADD k 13.361389 38.115556 Palermo 15.087269 37.502669 Catania";

    fn engine(commands: &[&str]) -> Engine {
        let mut engine = Engine::new(1, 0, crate::command::dispatch);
        engine.observing = true;
        engine.handle(0, 0, What::Connect);
        for command in commands {
            engine.handle(0, 0, What::Bytes(format!("{command}\r\n").into_bytes()));
        }
        engine
    }

    /// The map of a key after a few commands, with what was searched in last; `None` where it has none.
    fn map(commands: &[&str], key: &[u8]) -> Option<MapView> {
        let engine = engine(commands);
        let area = engine
            .events
            .iter()
            .rev()
            .find_map(|event| match &event.fact {
                Fact::PlacesSearched { area, .. } => Some(area.clone()),
                _ => None,
            });
        let window = Window {
            start: Some(0),
            count: 1,
        };
        let look = Look::Zset(ZsetLook::Map(area));
        let ValueView::Zset(zset) = view::value(&engine.dbs[0], key, window, &look) else {
            return None;
        };
        match zset.more {
            Some(ZsetMore::Map(map)) => Some(map),
            _ => None,
        }
    }

    #[test]
    fn only_what_geoadd_made_has_a_map() {
        let has = |commands: &[&str], key: &str| map(commands, key.as_bytes()).is_some();
        assert!(has(&[SICILY], "k"));
        assert!(has(&[SICILY, "ZREM k Palermo", "RENAME k l"], "l"));
        assert!(has(&[SICILY, "ZADD k NX 5 Palermo"], "k"));
        assert!(!has(&[SICILY, "ZADD k 5 ann"], "k"));
        assert!(!has(&[SICILY, "ZINCRBY k 5 Palermo"], "k"));
        assert!(!has(&["ZADD k 3479099956230698 Palermo", SICILY], "k"));
        let search = "FROMLONLAT 15 37 BYRADIUS 999 km";
        let store = format!("GEOSEARCHSTORE l k {search}");
        assert!(has(&[SICILY, &store], "l"));
        assert!(!has(&[SICILY, &format!("{store} STOREDIST")], "l"));
        assert!(!has(&["ZADD k 3479099956230698 Palermo", &store], "l"));
    }

    #[test]
    fn a_map_has_the_last_search_drawn_over_it() {
        let map = map(
            &[SICILY, "GEOSEARCH k FROMLONLAT 15 37 BYRADIUS 100 km"],
            b"k",
        )
        .unwrap();
        let row = |at: usize| (map.places[at].member.to_vec(), map.places[at].within);
        assert_eq!(
            (row(0), row(1)),
            ((b"Catania".to_vec(), true), (b"Palermo".to_vec(), false))
        );
        assert!((map.places[0].metres.unwrap() - 56_441.257).abs() < 0.01);
        assert_eq!(map.outline.len(), 72);
    }

    #[test]
    fn a_map_of_very_many_places_draws_some_within_the_area_and_some_beside_it() {
        use crate::engine::view::{PLACES_MAX, PlaceRow};
        let adds = (0..5_000).map(|i| {
            let (east, north) = (i % 100, i / 100);
            format!(
                "GEOADD k {} {} p{i}",
                east as f64 / 10.0,
                north as f64 / 10.0
            )
        });
        let mut commands: Vec<String> = adds.collect();
        let drawn = |commands: &[String], search: &str| {
            let mut commands: Vec<&str> = commands.iter().map(String::as_str).collect();
            commands.push(search);
            map(&commands, b"k").unwrap().places
        };
        let within = |places: &[PlaceRow]| places.iter().filter(|place| place.within).count();
        let few = drawn(&commands, "GEOSEARCH k FROMLONLAT 5 2.5 BYRADIUS 40 km");
        let found = within(&few);
        assert!((20..PLACES_MAX / 2).contains(&found), "{found}");
        assert!(
            few[..found].iter().all(|place| place.within),
            "they come first"
        );
        let most = drawn(&commands, "GEOSEARCH k FROMLONLAT 5 2.5 BYRADIUS 400 km");
        assert!(
            (50..=PLACES_MAX / 2).contains(&within(&most)),
            "{}",
            within(&most)
        );
        // They are from all over the area, and not from a corner of it.
        let east = most
            .iter()
            .filter(|place| place.within && place.longitude > 5.0);
        let east = east.count() as f64 / within(&most) as f64;
        assert!((0.3..0.7).contains(&east), "{east}");
        assert!(most.len() > PLACES_MAX / 2 && most.len() <= PLACES_MAX);
        commands.truncate(10);
        let all = drawn(&commands, "GEOSEARCH k FROMLONLAT 5 2.5 BYRADIUS 1 km");
        assert_eq!((all.len(), within(&all)), (10, 0));
    }

    #[test]
    fn a_search_tells_whom_it_found_and_how_many_it_looked_at() {
        let engine = engine(&[SICILY, "GEOSEARCH k FROMMEMBER Palermo BYBOX 50 50 km"]);
        let Some(Fact::PlacesSearched {
            first,
            found,
            examined,
            of,
            ..
        }) = engine.events.last().map(|event| &event.fact)
        else {
            panic!()
        };
        assert_eq!(
            first.iter().map(|m| m.to_vec()).collect::<Vec<_>>(),
            [b"Palermo".to_vec()]
        );
        assert_eq!((*found, *of), (1, 2));
        assert!((1..=2).contains(examined));
    }
}
