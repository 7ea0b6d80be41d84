//! Bitmaps: strings, bit by bit.

use super::spec::*;
use crate::ds::bits;
use crate::engine::args::Args;
use crate::engine::db::{Form, Value};
use crate::engine::error::Error;
use crate::engine::event::{BitField, FIELDS_MAX, Fact};
use crate::engine::{Ctx, notify, num};

/// The family's commands.
pub const TABLE: &[Row] = &[
    Row {
        name: "bitcount",
        arity: -2,
        flags: READONLY,
        categories: &["read", "bitmap", "slow"],
        group: "bitmap",
        since: "2.6.0",
        complexity: "O(N)",
        summary: "Counts the bits of a string that are set.",
        history: &[
            ("7.0.0", "Added the `BYTE|BIT` option."),
            (
                "8.0.0",
                "`end` made optional; when called without argument the command reports the last BYTE.",
            ),
        ],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            block(
                "range",
                &[
                    integer("start"),
                    block(
                        "end-unit-block",
                        &[
                            integer("end"),
                            one_of("unit", &[flag("byte", "BYTE"), flag("bit", "BIT")])
                                .since("7.0.0")
                                .optional(),
                        ],
                    )
                    .optional(),
                ],
            )
            .optional(),
        ],
        handler: Some(bitcount),
        ..Row::NEW
    },
    Row {
        name: "bitfield",
        arity: -2,
        flags: WRITE | DENYOOM,
        categories: &["write", "bitmap", "slow"],
        group: "bitmap",
        since: "3.2.0",
        complexity: "O(1) for each subcommand specified",
        summary: "Reads and writes numbers of any width among the bits of a string.",
        keys: &[KeySpec {
            notes: Some("This command allows both access and modification of the key"),
            flags: &["RW", "access", "update", "variable_flags"],
            begin: Begin::Index(1),
            find: Find::Range {
                last: 0,
                step: 1,
                limit: 0,
            },
        }],
        args: &[
            key("key"),
            one_of(
                "operation",
                &[
                    block("get-block", &[string("encoding"), integer("offset")]).token("GET"),
                    block(
                        "write",
                        &[
                            one_of(
                                "overflow-block",
                                &[
                                    flag("wrap", "WRAP"),
                                    flag("sat", "SAT"),
                                    flag("fail", "FAIL"),
                                ],
                            )
                            .token("OVERFLOW")
                            .optional(),
                            one_of(
                                "write-operation",
                                &[
                                    block(
                                        "set-block",
                                        &[string("encoding"), integer("offset"), integer("value")],
                                    )
                                    .token("SET"),
                                    block(
                                        "incrby-block",
                                        &[
                                            string("encoding"),
                                            integer("offset"),
                                            integer("increment"),
                                        ],
                                    )
                                    .token("INCRBY"),
                                ],
                            ),
                        ],
                    ),
                ],
            )
            .optional()
            .multiple(),
        ],
        handler: Some(bitfield),
        ..Row::NEW
    },
    Row {
        name: "bitfield_ro",
        arity: -2,
        flags: READONLY | FAST,
        categories: &["read", "bitmap", "fast"],
        group: "bitmap",
        since: "6.0.0",
        complexity: "O(1) for each subcommand specified",
        summary: "Reads numbers of any width among the bits of a string.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            block("get-block", &[string("encoding"), integer("offset")])
                .token("GET")
                .optional()
                .multiple()
                .multiple_token(),
        ],
        handler: Some(bitfield_ro),
        ..Row::NEW
    },
    Row {
        name: "bitop",
        arity: -4,
        flags: WRITE | DENYOOM,
        categories: &["write", "bitmap", "slow"],
        group: "bitmap",
        since: "2.6.0",
        complexity: "O(N)",
        summary: "Joins strings bit by bit and keeps the result.",
        keys: &[
            KeySpec {
                notes: None,
                flags: &["OW", "update"],
                begin: Begin::Index(2),
                find: Find::Range {
                    last: 0,
                    step: 1,
                    limit: 0,
                },
            },
            KeySpec {
                notes: None,
                flags: &["RO", "access"],
                begin: Begin::Index(3),
                find: Find::Range {
                    last: -1,
                    step: 1,
                    limit: 0,
                },
            },
        ],
        args: &[
            one_of(
                "operation",
                &[
                    flag("and", "AND"),
                    flag("or", "OR"),
                    flag("xor", "XOR"),
                    flag("not", "NOT"),
                    flag("diff", "DIFF").since("8.2.0"),
                    flag("diff1", "DIFF1").since("8.2.0"),
                    flag("andor", "ANDOR").since("8.2.0"),
                    flag("one", "ONE").since("8.2.0"),
                ],
            ),
            key("destkey"),
            key("key").key_spec(1).multiple(),
        ],
        handler: Some(bitop),
        ..Row::NEW
    },
    Row {
        name: "bitpos",
        arity: -3,
        flags: READONLY,
        categories: &["read", "bitmap", "slow"],
        group: "bitmap",
        since: "2.8.7",
        complexity: "O(N)",
        summary: "Finds the first bit of a string that is set, or is not.",
        history: &[("7.0.0", "Added the `BYTE|BIT` option.")],
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[
            key("key"),
            integer("bit"),
            block(
                "range",
                &[
                    integer("start"),
                    block(
                        "end-unit-block",
                        &[
                            integer("end"),
                            one_of("unit", &[flag("byte", "BYTE"), flag("bit", "BIT")])
                                .since("7.0.0")
                                .optional(),
                        ],
                    )
                    .optional(),
                ],
            )
            .optional(),
        ],
        handler: Some(bitpos),
        ..Row::NEW
    },
    Row {
        name: "getbit",
        arity: 3,
        flags: READONLY | FAST,
        categories: &["read", "bitmap", "fast"],
        group: "bitmap",
        since: "2.2.0",
        complexity: "O(1)",
        summary: "Answers one bit of a string.",
        keys: &[KeySpec::first(&["RO", "access"])],
        args: &[key("key"), integer("offset")],
        handler: Some(getbit),
        ..Row::NEW
    },
    Row {
        name: "setbit",
        arity: 4,
        flags: WRITE | DENYOOM,
        categories: &["write", "bitmap", "slow"],
        group: "bitmap",
        since: "2.2.0",
        complexity: "O(1)",
        summary: "Sets or clears one bit of a string, which grows to hold it.",
        keys: &[KeySpec::first(&["RW", "access", "update"])],
        args: &[key("key"), integer("offset"), integer("value")],
        handler: Some(setbit),
        ..Row::NEW
    },
];

fn bitcount(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len() > 5 {
        return Err(Error::Syntax);
    }
    let range = Range::parse(args, 2)?;
    let (db, out) = ctx.parts();
    let Some(text) = db.read::<Vec<u8>>(&args[1])? else {
        out.int(0);
        return Ok(());
    };
    let both_negative = range.start < 0 && range.end.is_some_and(|end| end < 0);
    let count = match range.bits(text.len()) {
        _ if both_negative && range.end.is_some_and(|end| range.start > end) => 0,
        Some((start, end)) => bits::count(text, start, end),
        None => 0,
    };
    out.int(count as i64);
    Ok(())
}

fn bitfield(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    run_fields(ctx, args, false)
}

fn bitfield_ro(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    run_fields(ctx, args, true)
}

fn run_fields(ctx: &mut Ctx<'_>, args: Args<'_>, read_only: bool) -> Result<(), Error> {
    let max = ctx.engine.config.proto_max_bulk_len;
    let steps = Step::parse(args, max)?;
    let writes = steps.iter().filter(|step| step.write.is_some());
    let end = writes.map(|step| step.offset + u64::from(step.bits)).max();
    if read_only && end.is_some() {
        return Err(Error::text(
            "ERR BITFIELD_RO only supports the GET subcommand",
        ));
    }
    let key = &args[1];
    let (db, out) = ctx.parts();
    let Some(end) = end else {
        let text = db.read::<Vec<u8>>(key)?.map_or(&[][..], Vec::as_slice);
        out.array(steps.len());
        steps.iter().for_each(|step| out.int(step.value(text)));
        let fields = fields(&steps, text);
        note_fields(ctx, key, fields);
        return Ok(());
    };
    let text = db.write_or(key, Vec::<u8>::new)?;
    let len = end.div_ceil(8) as usize;
    let grown = text.len() < len;
    if grown {
        text.resize(len, 0);
    }
    out.array(steps.len());
    let mut written = false;
    for step in &steps {
        let before = step.value(text);
        let Some(write) = step.write else {
            out.int(before);
            continue;
        };
        let exact = match write {
            Write::Set(value) => step.exact(value),
            Write::Add(by) => step.exact(before) + i128::from(by),
        };
        match step.fitted(exact) {
            None => out.null(),
            Some(value) => {
                written |= grown || value != before;
                bits::set_number(text, step.offset, step.bits, value as u64);
                out.int(match write {
                    Write::Set(_) => before,
                    Write::Add(_) => value,
                });
            }
        }
    }
    let fields = fields(&steps, text);
    if written {
        ctx.changed(key);
        ctx.notify(notify::STRING, "setbit", key);
    }
    note_fields(ctx, key, fields);
    Ok(())
}

fn fields(steps: &[Step], text: &[u8]) -> Vec<BitField> {
    let field = |step: &Step| BitField {
        offset: step.offset,
        bits: step.bits,
        signed: step.signed,
        written: step.write.is_some(),
        value: step.value(text),
    };
    steps.iter().take(FIELDS_MAX).map(field).collect()
}

fn note_fields(ctx: &mut Ctx<'_>, key: &[u8], fields: Vec<BitField>) {
    if !fields.is_empty() && ctx.db().contains(key) {
        ctx.note(key, || Fact::BitsTouched { fields });
    }
}

fn one_bit(offset: u64, on: bool, written: bool) -> Vec<BitField> {
    vec![BitField {
        offset,
        bits: 1,
        signed: false,
        written,
        value: i64::from(on),
    }]
}

fn bitop(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let name = args[1].to_ascii_uppercase();
    let operation = OPERATIONS.iter().find(|(word, _)| word.as_bytes() == name);
    let (word, operation) = *operation.ok_or(Error::Syntax)?;
    let (target, keys) = (&args[2], args.from(3));
    match operation {
        Operation::Not if keys.len() != 1 => {
            return Err(Error::text(
                "ERR BITOP NOT must be called with a single source key.",
            ));
        }
        Operation::Diff | Operation::Diff1 | Operation::AndOr if keys.len() < 2 => {
            return Err(Error::from(format!(
                "ERR BITOP {word} must be called with at least two source keys."
            )));
        }
        _ => {}
    }
    let db = ctx.db();
    let texts: Vec<&[u8]> = keys
        .iter()
        .map(|key| Ok(db.read::<Vec<u8>>(key)?.map_or(&[][..], Vec::as_slice)))
        .collect::<Result<_, Error>>()?;
    let len = texts.iter().map(|text| text.len()).max().unwrap_or(0);
    let result: Vec<u8> = (0..len)
        .map(|at| {
            let mut bytes = texts.iter().map(|t| t.get(at).copied().unwrap_or(0));
            let first = bytes.next().unwrap_or(0);
            match operation {
                Operation::And => bytes.fold(first, |all, byte| all & byte),
                Operation::Or => bytes.fold(first, |all, byte| all | byte),
                Operation::Xor => bytes.fold(first, |all, byte| all ^ byte),
                Operation::Not => !first,
                Operation::Diff => first & !bytes.fold(0, |all, byte| all | byte),
                Operation::Diff1 => bytes.fold(0, |all, byte| all | byte) & !first,
                Operation::AndOr => first & bytes.fold(0, |all, byte| all | byte),
                Operation::One => {
                    let (once, more) = bytes.fold((first, 0), |(once, more), byte| {
                        (once | byte, more | once & byte)
                    });
                    once & !more
                }
            }
        })
        .collect();
    if len == 0 {
        ctx.delete_told(target);
    } else {
        ctx.db().set(target, Value::Str(result), false);
        if let Some(entry) = ctx.db().entry_mut(target) {
            entry.form = Form::Raw;
        }
        ctx.changed(target);
        ctx.notify(notify::STRING, "set", target);
    }
    ctx.out.count(len);
    Ok(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    And,
    Or,
    Xor,
    Not,
    /// What the first has and none of the others.
    Diff,
    /// What one of the others has and the first has not.
    Diff1,
    /// What the first has and one of the others too.
    AndOr,
    /// What exactly one has.
    One,
}

const OPERATIONS: [(&str, Operation); 8] = [
    ("AND", Operation::And),
    ("OR", Operation::Or),
    ("XOR", Operation::Xor),
    ("NOT", Operation::Not),
    ("DIFF", Operation::Diff),
    ("DIFF1", Operation::Diff1),
    ("ANDOR", Operation::AndOr),
    ("ONE", Operation::One),
];

fn bitpos(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let wanted = match args.int(2)? {
        0 => false,
        1 => true,
        _ => return Err(Error::text("ERR The bit argument must be 1 or 0.")),
    };
    if args.len() > 6 {
        return Err(Error::Syntax);
    }
    let range = Range::parse(args, 3)?;
    let (db, out) = ctx.parts();
    let Some(text) = db.read::<Vec<u8>>(&args[1])? else {
        out.int(if wanted { -1 } else { 0 });
        return Ok(());
    };
    let found = range.bits(text.len()).and_then(|(start, end)| {
        // Where no end is given, zeros follow the string for ever.
        let beyond = (!wanted && range.end.is_none()).then_some(text.len() as u64 * 8);
        bits::position(text, wanted, start, end).or(beyond)
    });
    out.int(found.map_or(-1, |at| at as i64));
    Ok(())
}

fn getbit(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let offset = offset(&args[2], None, ctx.engine.config.proto_max_bulk_len)?;
    let text = ctx.db().read::<Vec<u8>>(&args[1])?;
    let bit = text.is_some_and(|text| bits::get(text, offset));
    ctx.out.int(i64::from(bit));
    note_fields(ctx, &args[1], one_bit(offset, bit, false));
    Ok(())
}

fn setbit(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let offset = offset(&args[2], None, ctx.engine.config.proto_max_bulk_len)?;
    let on = match num::parse_i64(&args[3]) {
        Some(0) => false,
        Some(1) => true,
        _ => return Err(Error::text("ERR bit is not an integer or out of range")),
    };
    let key = &args[1];
    let text = ctx.db().write_or(key, Vec::<u8>::new)?;
    let len = (offset / 8) as usize + 1;
    let grown = text.len() < len;
    if grown {
        text.resize(len, 0);
    }
    let before = bits::set(text, offset, on);
    if grown || before != on {
        ctx.changed(key);
        ctx.notify(notify::STRING, "setbit", key);
    }
    ctx.out.int(i64::from(before));
    note_fields(ctx, key, one_bit(offset, on, true));
    Ok(())
}

/// A bit's offset in a string of at most `max` bytes. `#` in front, where `width` is given, counts in
/// numbers of that width. Errors: not a number, or out of range.
fn offset(word: &[u8], width: Option<u32>, max: usize) -> Result<u64, Error> {
    let (word, unit) = match (word, width) {
        ([b'#', rest @ ..], Some(width)) => (rest, i64::from(width)),
        _ => (word, 1),
    };
    num::parse_i64(word)
        .map(|number| number.wrapping_mul(unit))
        .and_then(|number| u64::try_from(number).ok())
        .filter(|offset| offset / 8 < max as u64)
        .ok_or(Error::text(
            "ERR bit offset is not an integer or out of range",
        ))
}

/// The range that BITCOUNT and BITPOS look at, as it was given.
#[derive(Clone, Copy, Debug)]
struct Range {
    start: i64,
    end: Option<i64>,
    in_bits: bool,
}

impl Range {
    /// Reads `[start [end [BYTE|BIT]]]` from a word on.
    fn parse(args: Args<'_>, at: usize) -> Result<Self, Error> {
        let start = if args.len() > at { args.int(at)? } else { 0 };
        let in_bits = match () {
            () if args.len() <= at + 2 || args.is(at + 2, "BYTE") => false,
            () if args.is(at + 2, "BIT") => true,
            () => return Err(Error::Syntax),
        };
        let end = (args.len() > at + 1)
            .then(|| args.int(at + 1))
            .transpose()?;
        Ok(Self {
            start,
            end,
            in_bits,
        })
    }

    /// The bits it means in a string of so many bytes: the first, and the one after the last. `None`: none.
    fn bits(&self, len: usize) -> Option<(u64, u64)> {
        let len = len as i64;
        let (total, unit) = if self.in_bits { (len * 8, 1) } else { (len, 8) };
        let place = |at: i64| {
            if at < 0 {
                total.saturating_add(at).max(0)
            } else {
                at
            }
        };
        let start = place(self.start);
        let end = self.end.map_or(total - 1, place).min(total - 1);
        (start <= end).then(|| ((start * unit) as u64, ((end + 1) * unit) as u64))
    }
}

/// One step of BITFIELD: a number among the bits, and what to do with it.
#[derive(Clone, Copy, Debug)]
struct Step {
    signed: bool,
    bits: u32,
    offset: u64,
    write: Option<Write>,
    overflow: Overflow,
}

#[derive(Clone, Copy, Debug)]
enum Write {
    Set(i64),
    Add(i64),
}

/// What happens to a number that does not fit.
#[derive(Clone, Copy, Debug)]
enum Overflow {
    Wrap,
    Saturate,
    Fail,
}

impl Step {
    /// Reads all steps; `max` is the longest string, in bytes.
    fn parse(args: Args<'_>, max: usize) -> Result<Vec<Self>, Error> {
        let mut steps = Vec::new();
        let mut overflow = Overflow::Wrap;
        let mut at = 2;
        while at < args.len() {
            let left = args.len() - at - 1;
            if args.is(at, "OVERFLOW") && left >= 1 {
                overflow = match () {
                    () if args.is(at + 1, "WRAP") => Overflow::Wrap,
                    () if args.is(at + 1, "SAT") => Overflow::Saturate,
                    () if args.is(at + 1, "FAIL") => Overflow::Fail,
                    () => return Err(Error::text("ERR Invalid OVERFLOW type specified")),
                };
                at += 2;
                continue;
            }
            let write: Option<fn(i64) -> Write> = match () {
                () if args.is(at, "GET") && left >= 2 => None,
                () if args.is(at, "SET") && left >= 3 => Some(Write::Set),
                () if args.is(at, "INCRBY") && left >= 3 => Some(Write::Add),
                () => return Err(Error::Syntax),
            };
            let (signed, bits) = width(&args[at + 1]).ok_or(Error::text(
                "ERR Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.",
            ))?;
            let offset = offset(&args[at + 2], Some(bits), max)?;
            let step = Self {
                signed,
                bits,
                offset,
                write: write.map(|write| args.int(at + 3).map(write)).transpose()?,
                overflow,
            };
            at += if step.write.is_some() { 4 } else { 3 };
            steps.push(step);
        }
        Ok(steps)
    }

    /// The number that stands there.
    fn value(&self, text: &[u8]) -> i64 {
        let number = bits::number(text, self.offset, self.bits);
        if self.signed {
            let unused = 64 - self.bits;
            (number << unused) as i64 >> unused
        } else {
            number as i64
        }
    }

    /// A number as it counts before it is fitted: below zero it is very large where there are no signs.
    /// So is, with signs, one so far below the greatest that fits that the distance is no 64-bit number.
    fn exact(&self, number: i64) -> i128 {
        if self.signed {
            let most = (1_i128 << (self.bits - 1)) - 1;
            let beyond = self.bits < 64 && most - i128::from(number) > i128::from(i64::MAX);
            i128::from(number) + if beyond { 1 << 64 } else { 0 }
        } else {
            i128::from(number as u64)
        }
    }

    /// The number made to fit; `None` where that was forbidden.
    fn fitted(&self, exact: i128) -> Option<i64> {
        let (min, max) = if self.signed {
            (
                -(1_i128 << (self.bits - 1)),
                (1_i128 << (self.bits - 1)) - 1,
            )
        } else {
            (0, (1_i128 << self.bits) - 1)
        };
        if (min..=max).contains(&exact) {
            return Some(exact as i64);
        }
        match self.overflow {
            Overflow::Wrap => {
                let low = exact.rem_euclid(1_i128 << self.bits);
                Some(if low > max {
                    low - (1_i128 << self.bits)
                } else {
                    low
                } as i64)
            }
            Overflow::Saturate => Some(exact.clamp(min, max) as i64),
            Overflow::Fail => None,
        }
    }
}

/// The type of a number: signed or not, and how many bits it has.
fn width(word: &[u8]) -> Option<(bool, u32)> {
    let (signed, most) = match word.first()? {
        b'i' => (true, 64),
        b'u' => (false, 63),
        _ => return None,
    };
    let bits = num::parse_i64(word.get(1..)?)?;
    let bits = u32::try_from(bits)
        .ok()
        .filter(|bits| (1..=most).contains(bits))?;
    Some((signed, bits))
}

#[cfg(test)]
mod tests {
    use crate::command::testing::check;

    #[test]
    fn days_are_marked_and_counted() {
        check(
            r#"
            A> SETBIT visits:ann 3 1
            (integer) 0
            A> SETBIT visits:ann 11 1
            (integer) 0
            A> SETBIT visits:bob 11 1
            (integer) 0
            A> BITCOUNT visits:ann
            (integer) 2
            A> BITPOS visits:ann 1 4 -1 BIT
            (integer) 11
            A> BITPOS visits:ann 0
            (integer) 0
            A> BITOP AND both visits:ann visits:bob
            (integer) 2
            A> BITCOUNT both
            (integer) 1
            "#,
        );
    }

    #[test]
    fn strings_are_told_apart_bit_by_bit() {
        check(
            r#"
            A> SET x "\xf0"
            OK
            A> SET y "\xcc"
            OK
            A> SET z "\xaa"
            OK
            A> BITOP DIFF d x y z
            (integer) 1
            A> GET d
            "\x10"
            A> BITOP DIFF1 d x y z
            (integer) 1
            A> GET d
            "\x0e"
            A> BITOP ANDOR d x y z
            (integer) 1
            A> GET d
            "\xe0"
            A> BITOP ONE d x y z
            (integer) 1
            A> GET d
            "\x16"
            A> BITOP ONE d x y z nosuch x
            (integer) 1
            A> GET d
            "\x06"
            A> BITOP DIFF d x
            (error) ERR BITOP DIFF must be called with at least two source keys.
            "#,
        );
    }

    #[test]
    fn numbers_of_any_width_stand_side_by_side() {
        check(
            r#"
            A> BITFIELD k SET u8 #0 255 INCRBY i5 #2 -1 GET u4 0
            1) (integer) 0
            2) (integer) -1
            3) (integer) 15
            A> BITFIELD k OVERFLOW SAT INCRBY u8 0 1 OVERFLOW FAIL INCRBY u8 0 1 OVERFLOW WRAP INCRBY u8 0 1
            1) (integer) 255
            2) (nil)
            3) (integer) 0
            A> BITFIELD_RO k GET u8 0
            1) (integer) 0
            A> BITFIELD_RO k SET u8 0 1
            (error) ERR BITFIELD_RO only supports the GET subcommand
            "#,
        );
    }
}
