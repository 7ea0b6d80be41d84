//! COMMAND: what commands there are.

use crate::command::spec::*;
use crate::command::{full_name, keys, lookup, row_of, rows, subcommand};
use crate::ds::glob;
use crate::engine::Ctx;
use crate::engine::args::Args;
use crate::engine::error::Error;
use crate::engine::reply::Writer;

/// The row of COMMAND.
pub(super) const COMMAND: Row = Row {
    name: "command",
    arity: -1,
    flags: LOADING | STALE,
    categories: &["slow", "connection"],
    group: "server",
    since: "2.8.13",
    complexity: "O(N) where N is the total number of commands",
    summary: "Describes every command.",
    tips: &["nondeterministic_output_order"],
    subcommands: &[
        Row {
            name: "count",
            arity: 2,
            flags: LOADING | STALE,
            categories: &["slow", "connection"],
            group: "server",
            since: "2.8.13",
            complexity: "O(1)",
            summary: "Answers how many commands there are.",
            handler: Some(command_count),
            ..Row::NEW
        },
        Row {
            name: "docs",
            arity: -2,
            flags: LOADING | STALE,
            categories: &["slow", "connection"],
            group: "server",
            since: "7.0.0",
            complexity: "O(N) where N is the number of commands to look up",
            summary: "Documents commands: summary, group, arguments.",
            tips: &["nondeterministic_output_order"],
            args: &[string("command-name").optional().multiple()],
            handler: Some(command_docs),
            ..Row::NEW
        },
        Row {
            name: "getkeys",
            arity: -3,
            flags: LOADING | STALE,
            categories: &["slow", "connection"],
            group: "server",
            since: "2.8.13",
            complexity: "O(N) where N is the number of arguments to the command",
            summary: "Answers which words of a command are keys.",
            args: &[string("command"), string("arg").multiple().optional()],
            handler: Some(command_getkeys),
            ..Row::NEW
        },
        Row {
            name: "getkeysandflags",
            arity: -3,
            flags: LOADING | STALE,
            categories: &["slow", "connection"],
            group: "server",
            since: "7.0.0",
            complexity: "O(N) where N is the number of arguments to the command",
            summary: "Answers which words of a command are keys, and how it uses them.",
            args: &[string("command"), string("arg").multiple().optional()],
            handler: Some(command_getkeysandflags),
            ..Row::NEW
        },
        Row {
            name: "help",
            arity: 2,
            flags: LOADING | STALE,
            categories: &["slow", "connection"],
            group: "server",
            since: "5.0.0",
            complexity: "O(1)",
            summary: "Lists the subcommands.",
            handler: Some(command_help),
            ..Row::NEW
        },
        Row {
            name: "info",
            arity: -2,
            flags: LOADING | STALE,
            categories: &["slow", "connection"],
            group: "server",
            since: "2.8.13",
            complexity: "O(N) where N is the number of commands to look up",
            summary: "Describes commands: arity, flags, keys.",
            history: &[(
                "7.0.0",
                "Allowed to be called with no argument to get info on all commands.",
            )],
            tips: &["nondeterministic_output_order"],
            args: &[string("command-name").optional().multiple()],
            handler: Some(command_info),
            ..Row::NEW
        },
        Row {
            name: "list",
            arity: -2,
            flags: LOADING | STALE,
            categories: &["slow", "connection"],
            group: "server",
            since: "7.0.0",
            complexity: "O(N) where N is the total number of commands",
            summary: "Lists the names of commands.",
            tips: &["nondeterministic_output_order"],
            args: &[one_of(
                "filterby",
                &[
                    string("module-name").token("MODULE"),
                    string("category").token("ACLCAT"),
                    pattern("pattern").token("PATTERN"),
                ],
            )
            .token("FILTERBY")
            .optional()],
            handler: Some(command_list),
            ..Row::NEW
        },
    ],
    handler: Some(command),
    ..Row::NEW
};

fn command(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.array(rows().count());
    for row in rows() {
        write_info(&mut ctx.out, row, row);
    }
    Ok(())
}

fn command_count(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.count(rows().count());
    Ok(())
}

fn command_docs(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let chosen: Vec<_> = if args.len() == 2 {
        rows().map(|row| (row, row)).collect()
    } else {
        args.from(2)
            .iter()
            .filter_map(|name| row_of(name))
            .collect()
    };
    ctx.out.map(chosen.len());
    for (container, row) in chosen {
        ctx.out.bulk(full_name(container.name, row.name).as_bytes());
        write_docs(&mut ctx.out, container, row);
    }
    Ok(())
}

fn command_getkeys(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    for (at, _) in keys_among(ctx, args)? {
        ctx.out.bulk(&args[at]);
    }
    Ok(())
}

fn command_getkeysandflags(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    for (at, flags) in keys_among(ctx, args)? {
        ctx.out.array(2);
        ctx.out.bulk(&args[at]);
        ctx.out.set(flags.len());
        flags.iter().for_each(|flag| ctx.out.simple(flag));
    }
    Ok(())
}

/// The keys among the words from the third on, which are a command; the head of their list is written.
fn keys_among(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<Vec<keys::Key>, Error> {
    let words = args.from(2);
    let mut spec = lookup(&args[2]);
    if let (Some(container), Some(name)) = (spec, args.get(3))
        && !container.subcommands.is_empty()
    {
        spec = subcommand(container, name);
    }
    let spec = spec.ok_or(Error::text("ERR Invalid command specified"))?;
    if !keys::has_keys(spec) {
        return Err(Error::text("ERR The command has no key arguments"));
    }
    if !spec.takes(words.len()) {
        return Err(Error::text(
            "ERR Invalid number of arguments specified for command",
        ));
    }
    let found = keys::find(spec, words);
    if found.is_empty() && spec.flags & NO_MANDATORY_KEYS == 0 {
        return Err(Error::text("ERR Invalid arguments specified for command"));
    }
    ctx.out.array(found.len());
    Ok(found
        .into_iter()
        .map(|(at, flags)| (at + 2, flags))
        .collect())
}

fn command_help(ctx: &mut Ctx<'_>, _: Args<'_>) -> Result<(), Error> {
    ctx.out.help(
        "COMMAND",
        &[
            "(no subcommand)",
            "    Return details about all commands.",
            "COUNT",
            "    Return the total number of commands in this server.",
            "LIST",
            "    Return a list of all commands in this server.",
            "INFO [<command-name> ...]",
            "    Return details about multiple commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
            "DOCS [<command-name> ...]",
            "    Return documentation details about multiple commands.",
            "    If no command names are given, documentation details for all",
            "    commands are returned.",
            "GETKEYS <full-command>",
            "    Return the keys from a full command.",
            "GETKEYSANDFLAGS <full-command>",
            "    Return the keys and the access flags from a full command.",
        ],
    );
    Ok(())
}

fn command_info(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    if args.len() == 2 {
        return command(ctx, args);
    }
    ctx.out.array(args.len() - 2);
    for name in args.from(2) {
        match row_of(name) {
            Some((container, row)) => write_info(&mut ctx.out, container, row),
            None => ctx.out.null(),
        }
    }
    Ok(())
}

/// Whether COMMAND LIST names a command, by its row and its full name.
type Keep = Box<dyn Fn(&Row, &str) -> bool>;

fn command_list(ctx: &mut Ctx<'_>, args: Args<'_>) -> Result<(), Error> {
    let keep: Keep = match args.len() {
        2 => Box::new(|_, _| true),
        5 if args.is(2, "FILTERBY") && args.is(3, "PATTERN") => {
            let pattern = args[4].to_vec();
            Box::new(move |_, name| glob::matches_nocase(&pattern, name.as_bytes()))
        }
        5 if args.is(2, "FILTERBY") && args.is(3, "ACLCAT") => {
            let category = String::from_utf8_lossy(&args[4]).to_ascii_lowercase();
            Box::new(move |row, _| row.categories.contains(&category.as_str()))
        }
        5 if args.is(2, "FILTERBY") && args.is(3, "MODULE") => Box::new(|_, _| false),
        _ => return Err(Error::Syntax),
    };
    ctx.out.array_of(|out| {
        let mut n = 0;
        for container in rows() {
            for row in std::iter::once(container).chain(container.subcommands) {
                let name = full_name(container.name, row.name);
                if keep(row, &name) {
                    out.bulk(name.as_bytes());
                    n += 1;
                }
            }
        }
        n
    });
    Ok(())
}

/// One element of COMMAND INFO.
fn write_info(out: &mut Writer, container: &Row, row: &Row) {
    out.array(10);
    out.bulk(full_name(container.name, row.name).as_bytes());
    out.int(i64::from(row.arity));
    let flags: Vec<_> = FLAG_NAMES
        .iter()
        // Which commands a pause holds back beside those that write is not told.
        .filter(|(bit, _)| row.flags & bit & !MAY_REPLICATE != 0)
        .collect();
    out.set(flags.len());
    for (_, name) in flags {
        out.simple(name);
    }
    let (first, last, step) = key_range(row);
    out.int(first);
    out.int(last);
    out.int(step);
    out.set(row.categories.len());
    for category in row.categories {
        out.simple(&format!("@{category}"));
    }
    out.set(row.tips.len());
    for tip in row.tips {
        out.bulk(tip.as_bytes());
    }
    out.set(row.keys.len());
    for key in row.keys {
        write_key_spec(out, key);
    }
    out.array(row.subcommands.len());
    for sub in row.subcommands {
        write_info(out, container, sub);
    }
}

/// The old way to say where keys stand: first, last and step, from the specs that begin at a fixed word.
fn key_range(row: &Row) -> (i64, i64, i64) {
    let mut range: Option<(i64, i64, i64)> = None;
    for key in row.keys {
        let (
            Begin::Index(begin),
            Find::Range {
                last,
                step,
                limit: 0,
            },
        ) = (key.begin, key.find)
        else {
            continue;
        };
        let (begin, step) = (i64::from(begin), i64::from(step));
        let end = if last < 0 {
            i64::from(last)
        } else {
            begin + i64::from(last)
        };
        range = Some(match range {
            None => (begin, end, step),
            Some((first, before, _)) if before + 1 == begin => (first, end, 1),
            Some(kept) => kept,
        });
    }
    range.unwrap_or((0, 0, 0))
}

fn write_key_spec(out: &mut Writer, key: &KeySpec) {
    out.map(3 + usize::from(key.notes.is_some()));
    if let Some(notes) = key.notes {
        out.bulk(b"notes");
        out.bulk(notes.as_bytes());
    }
    out.bulk(b"flags");
    out.set(key.flags.len());
    for flag in key.flags {
        out.simple(flag);
    }
    out.bulk(b"begin_search");
    match key.begin {
        Begin::Index(index) => write_search(out, "index", &[("index", index)]),
        Begin::Keyword(word, from) => {
            out.map(2);
            out.bulk(b"type");
            out.bulk(b"keyword");
            out.bulk(b"spec");
            out.map(2);
            out.bulk(b"keyword");
            out.bulk(word.as_bytes());
            out.bulk(b"startfrom");
            out.int(i64::from(from));
        }
        Begin::Unknown => write_search(out, "unknown", &[]),
    }
    out.bulk(b"find_keys");
    match key.find {
        Find::Range { last, step, limit } => write_search(
            out,
            "range",
            &[("lastkey", last), ("keystep", step), ("limit", limit)],
        ),
        Find::KeyNum { index, first, step } => write_search(
            out,
            "keynum",
            &[("keynumidx", index), ("firstkey", first), ("keystep", step)],
        ),
        Find::Unknown => write_search(out, "unknown", &[]),
    }
}

fn write_search(out: &mut Writer, kind: &str, fields: &[(&str, i32)]) {
    out.map(2);
    out.bulk(b"type");
    out.bulk(kind.as_bytes());
    out.bulk(b"spec");
    out.map(fields.len());
    for (name, value) in fields {
        out.bulk(name.as_bytes());
        out.int(i64::from(*value));
    }
}

/// A map of which only some fields are there, written once it is known which.
struct Fields<'a>(Vec<(&'static str, Write<'a>)>);

/// Writes a field's value.
type Write<'a> = Box<dyn Fn(&mut Writer) + 'a>;

impl<'a> Fields<'a> {
    fn text(&mut self, name: &'static str, value: Option<&'a str>) {
        if let Some(value) = value {
            self.0
                .push((name, Box::new(move |out| out.bulk(value.as_bytes()))));
        }
    }

    fn statuses(&mut self, name: &'static str, values: Vec<&'a str>) {
        if !values.is_empty() {
            self.0.push((
                name,
                Box::new(move |out| {
                    out.set(values.len());
                    values.iter().for_each(|value| out.simple(value));
                }),
            ));
        }
    }

    fn custom(&mut self, name: &'static str, present: bool, write: impl Fn(&mut Writer) + 'a) {
        if present {
            self.0.push((name, Box::new(write)));
        }
    }

    fn write(self, out: &mut Writer) {
        out.map(self.0.len());
        for (name, write) in self.0 {
            out.bulk(name.as_bytes());
            write(out);
        }
    }
}

/// The documentation of one command, as COMMAND DOCS gives it.
fn write_docs(out: &mut Writer, container: &Row, row: &Row) {
    let mut fields = Fields(Vec::new());
    fields.text("summary", Some(row.summary));
    fields.text("since", Some(row.since));
    fields.text("group", Some(row.group));
    fields.text("complexity", Some(row.complexity).filter(|c| !c.is_empty()));
    fields.statuses("doc_flags", row.doc_flags.to_vec());
    fields.text("deprecated_since", row.deprecated_since);
    fields.text("replaced_by", row.replaced_by);
    fields.custom("history", !row.history.is_empty(), |out| {
        out.set(row.history.len());
        for (version, change) in row.history {
            out.array(2);
            out.bulk(version.as_bytes());
            out.bulk(change.as_bytes());
        }
    });
    fields.custom("arguments", !row.args.is_empty(), |out| {
        write_args(out, row.args)
    });
    fields.custom("subcommands", !row.subcommands.is_empty(), |out| {
        out.map(row.subcommands.len());
        for sub in row.subcommands {
            out.bulk(full_name(container.name, sub.name).as_bytes());
            write_docs(out, container, sub);
        }
    });
    fields.write(out);
}

fn write_args(out: &mut Writer, args: &[Arg]) {
    out.array(args.len());
    for arg in args {
        let mut fields = Fields(Vec::new());
        fields.text("name", Some(arg.name));
        fields.text("type", Some(arg.kind.name()));
        let plain = arg.args.is_empty();
        fields.text(
            "display_text",
            Some(arg.display.unwrap_or(arg.name)).filter(|_| plain),
        );
        fields.custom("key_spec_index", arg.key_spec.is_some(), |out| {
            out.int(i64::from(arg.key_spec.unwrap_or_default()))
        });
        fields.text("token", arg.token);
        fields.text("summary", arg.summary);
        fields.text("since", arg.since);
        fields.text("deprecated_since", arg.deprecated);
        let flags = [
            ("optional", arg.optional),
            ("multiple", arg.multiple),
            ("multiple_token", arg.multiple_token),
        ];
        fields.statuses(
            "flags",
            flags
                .iter()
                .filter(|(_, on)| *on)
                .map(|(name, _)| *name)
                .collect(),
        );
        fields.custom("arguments", !plain, |out| write_args(out, arg.args));
        fields.write(out);
    }
}

#[cfg(test)]
mod tests {
    use crate::command::rows;
    use crate::command::testing::check;

    #[test]
    fn every_command_is_described_and_can_run() {
        let names: Vec<_> = rows().map(|row| row.name).collect();
        let mut unique = names.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), names.len(), "a name stands twice");
        for row in rows() {
            assert!(
                !row.summary.is_empty() && !row.group.is_empty() && row.arity != 0,
                "{}",
                row.name
            );
            assert!(
                row.handler.is_some() || !row.subcommands.is_empty(),
                "{} cannot run",
                row.name
            );
            assert!(
                row.subcommands.iter().all(|sub| sub.handler.is_some()),
                "{} has a subcommand that cannot run",
                row.name
            );
        }
    }

    #[test]
    fn command_info_follows_the_table() {
        check(
            r#"
            A> COMMAND INFO get nosuch
            1)  1) "get"
                2) (integer) 2
                3) 1) readonly
                   2) fast
                4) (integer) 1
                5) (integer) 1
                6) (integer) 1
                7) 1) @read
                   2) @string
                   3) @fast
                8) (empty array)
                9) 1) 1) "flags"
                      2) 1) RO
                         2) access
                      3) "begin_search"
                      4) 1) "type"
                         2) "index"
                         3) "spec"
                         4) 1) "index"
                            2) (integer) 1
                      5) "find_keys"
                      6) 1) "type"
                         2) "range"
                         3) "spec"
                         4) 1) "lastkey"
                            2) (integer) 0
                            3) "keystep"
                            4) (integer) 1
                            5) "limit"
                            6) (integer) 0
               10) (empty array)
            2) (nil)
            "#,
        );
    }
}
