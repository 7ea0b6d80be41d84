//! Keeps docs/compatibility.md true: the page is made from the command table, from the list of commands
//! that the comparison with a real server draws from, and from the reference's own list of commands.
//!
//! `make compatibility` writes it anew.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its files fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use keyglass::command::rows;
use keyglass::command::spec::{Arg, ArgKind, Row};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

/// The source of everything that the comparison sends.
fn generators() -> String {
    let mut source = String::new();
    let mut paths: Vec<_> = fs::read_dir(root().join("tests/oracle/generate"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    for path in paths.iter().filter(|p| p.is_file()) {
        source += &fs::read_to_string(path).unwrap();
    }
    source
}

/// The names that the comparison draws from.
fn compared(generators: &str) -> BTreeSet<String> {
    let (_, list) = generators
        .split_once("pub const COMMANDS: &str = \"")
        .unwrap();
    let (list, _) = list.split_once('"').unwrap();
    list.replace('\\', " ")
        .split_whitespace()
        .map(str::to_ascii_lowercase)
        .collect()
}

/// The reference's commands and subcommands, as COMMAND LIST gives them: which servers have each.
fn reference() -> BTreeMap<String, Vec<String>> {
    fs::read_to_string(root().join("tests/reference-commands.txt"))
        .unwrap()
        .lines()
        .map(|line| {
            let mut words = line.split_whitespace().map(String::from);
            (words.next().unwrap(), words.collect())
        })
        .collect()
}

/// The options of a grammar that are younger than the command.
fn younger<'a>(args: &'a [Arg], since: &str, found: &mut Vec<(String, &'a str)>) {
    for arg in args {
        if let Some(version) = arg.since.filter(|v| *v != since) {
            let inside: Vec<&str> = arg.args.iter().filter_map(|a| a.token).collect();
            let name = match arg.token {
                Some(token) if !token.is_empty() => format!("`{token}`"),
                _ if arg.kind == ArgKind::OneOf && !inside.is_empty() => {
                    format!("`{}`", inside.join("`/`"))
                }
                _ if arg.multiple => format!("more than one `{}`", arg.name),
                _ => format!("`{}`", arg.name),
            };
            found.push((name, version));
        }
        younger(arg.args, arg.since.unwrap_or(since), found);
    }
}

fn row(page: &mut String, spec: &Row, container: Option<&Row>, all: &Facts) {
    let name = match container {
        Some(container) => format!("{}|{}", container.name, spec.name),
        None => spec.name.to_string(),
    };
    let mut options = Vec::new();
    younger(spec.args, spec.since, &mut options);
    let options: Vec<String> = options
        .into_iter()
        .map(|(n, v)| format!("{n} {v}"))
        .collect();
    let mut missing: Vec<String> = spec.missing.iter().map(|m| m.to_string()).collect();
    if !spec.subcommands.is_empty() {
        missing.extend(
            all.reference
                .keys()
                .filter_map(|full| full.split_once('|'))
                .filter(|(c, sub)| {
                    *c == spec.name && !spec.subcommands.iter().any(|s| s.name == *sub)
                })
                .map(|(_, sub)| format!("`{}`", sub.to_ascii_uppercase())),
        );
    }
    let complete = if missing.is_empty() {
        "yes".into()
    } else {
        format!("without {}", missing.join(", "))
    };
    let drawn = match container {
        Some(container) => {
            let word = format!("\"{}\"", spec.name.to_ascii_uppercase());
            all.compared.contains(container.name)
                && all.generators.to_ascii_uppercase().contains(&word)
        }
        None => all.compared.contains(spec.name),
    };
    let against = match all.reference.get(&name) {
        Some(servers) if drawn && servers.iter().any(|s| s == "valkey") => {
            if servers.iter().any(|s| s == "redis") && older(container.unwrap_or(spec)) {
                "Valkey 9.1, Redis 7.0"
            } else {
                "Valkey 9.1"
            }
        }
        Some(_) => "own tests",
        None => "documentation",
    };
    writeln!(
        page,
        "| `{}` | {} | {} | {} | {} |",
        name.replace('|', " ").to_ascii_uppercase(),
        spec.since,
        options.join(", "),
        complete,
        against
    )
    .unwrap();
}

/// Whether the second reference is asked too, as `tests/oracle/older.rs` has it.
fn older(spec: &Row) -> bool {
    let quoted = format!("\"{}\"", spec.name);
    let source = fs::read_to_string(root().join("tests/oracle/older.rs")).unwrap();
    let list = |name: &str| {
        let from = source.find(name).unwrap();
        let rest = &source[from..];
        rest[..rest.find("];").unwrap()].to_string()
    };
    list("const GROUPS").contains(&format!("\"{}\"", spec.group))
        && !list("const LEFT_OUT").contains(&quoted)
        && (spec.flags & keyglass::command::spec::BLOCKING == 0 || spec.name.starts_with("xread"))
}

/// What scripts are answered otherwise than by the reference, and why, as `tests/scripts/differences.rs` has it.
fn script_differences() -> Vec<(String, String)> {
    let source = fs::read_to_string(root().join("tests/scripts/differences.rs")).unwrap();
    let fields = |field: &str| -> Vec<String> {
        let head = format!("{field}: \"");
        source
            .lines()
            .filter_map(|line| {
                line.trim()
                    .strip_prefix(&head)?
                    .strip_suffix("\",")
                    .map(String::from)
            })
            .collect()
    };
    let (names, reasons) = (fields("name"), fields("reason"));
    assert_eq!(names.len(), reasons.len(), "a difference without a reason");
    names.into_iter().zip(reasons).collect()
}

/// How memory is counted and limited.
const MEMORY: &str = "
## Memory

What counts for `maxmemory`, INFO's `used_memory` and MEMORY USAGE is what Valkey 9.1 would take of its allocator for keys and values, about:
MEMORY USAGE of a key, 16 bytes for its place in the table, 16 more for a deadline, and 1,024 bytes for the server itself.
Buffers, clients and scripts count for nothing. It is the same natively and in the page, and so the same session lets the same keys go.

- Policies, samples and the pool of sixteen candidates work as in the reference; idle times are compared in milliseconds, not in seconds.
- Keys go until what is left fits, however many: `maxmemory-eviction-tenacity` bounds time, and nothing takes any here.
- The counter of the LFU policies grows as often as the reference's does on the whole, but without chance. A command counts
  as one use of a key, where GETSET and SET with GET are two there; RENAME and COPY are none.
- An idle time and a counter are kept both, whatever the policy, so that to switch between LRU and LFU loses neither.
";

/// What is not among the scripts that are compared, and differs.
const SCRIPTS_UNCOMPARED: &str = "
Not compared, and known to differ:

- A script that would run for ever, or fill all memory, ends by its budget with an error of Keyglass's own; the reference runs
  it until SCRIPT KILL. So no other command is ever read while a script runs, and SCRIPT KILL and FUNCTION KILL answer NOTBUSY.
- SCRIPT DEBUG YES and SYNC are refused: the page's script editor steps.
- `os.clock` counts steps, since the machine reads no clock; addresses that `tostring` shows are made up.
- An error table whose `__index` or `__newindex` is a function: the error handler does without calling it.
- `load` asks its reader to the end before it compiles; an error of the reader that nothing catches is not handed to the
  error handler.
- A FUNCTION LOAD or RESTORE that fails because a function's name is taken starts the libraries it touched anew: what they
  kept in local variables is lost.
- `table.sort` of a list with metamethods sorts a copy and writes it back at its end.
";

struct Facts {
    generators: String,
    compared: BTreeSet<String>,
    reference: BTreeMap<String, Vec<String>>,
}

const HEAD: &str = "# Compatibility

The commands that Keyglass knows, from the table that runs them. This page is generated
(`make compatibility`), and a test fails when it is out of date.

- **Since**: the first version of the reference that had the command; under *younger options*, the
  version that brought the option.
- **Complete**: `yes`, or what the reference can do and Keyglass cannot. What is missing is refused, never ignored.
- **Held against**: where its answers come from. *Valkey 9.1*: random sequences with it are compared with
  a real server in every test run; *Redis 7.0* likewise, as far as that has the options, where 9.1 does not
  differ on purpose (`tests/oracle/older.rs` names how, and why). *Own tests*: only by transcripts in the tests. *Documentation*: neither
  Valkey 9.1 nor Redis 7.0 has it; it follows what Redis documents.
";

const OWN_SETTINGS: &str = "
## Settings of its own

Settings that neither reference has, for CONFIG GET and CONFIG SET:

| Setting | At first | What it does |
|---|---|---|
| `script-step-limit` | 20000000 | How many steps a script may take; an instruction of its code is one. A script that needs more ends with an error that names the setting, and what it wrote before stays. |
| `script-memory-limit` | 33554432 | How many bytes of memory a script may take, likewise. |
";

fn page() -> String {
    let generators = generators();
    let facts = Facts {
        compared: compared(&generators),
        generators,
        reference: reference(),
    };
    let mut groups: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for spec in rows() {
        groups.entry(spec.group).or_default().push(spec);
    }
    let mut page = HEAD.to_string();
    let mut known = BTreeSet::new();
    for (group, mut specs) in groups {
        specs.sort_by_key(|spec| spec.name);
        writeln!(page, "\n## {group}\n").unwrap();
        page += "| Command | Since | Younger options | Complete | Held against |\n|---|---|---|---|---|\n";
        for spec in specs {
            known.insert(spec.name.to_string());
            row(&mut page, spec, None, &facts);
            for sub in spec.subcommands {
                row(&mut page, sub, Some(spec), &facts);
            }
        }
    }
    page += OWN_SETTINGS;
    page += "\n## Not here\n\nCommands of Valkey 9.1 or Redis 7.0 that are refused as unknown:\n\n";
    let absent: Vec<String> = facts
        .reference
        .keys()
        .filter(|name| !name.contains('|') && !known.contains(*name))
        .map(|name| format!("`{}`", name.to_ascii_uppercase()))
        .collect();
    page += &absent.join(", ");
    page += "\n\n## Scripts: known differences\n\nThousands of scripts, generated and written, are answered as by Valkey 9.1, byte for byte, but for:\n\n";
    for (name, reason) in script_differences() {
        writeln!(page, "- {name}: {reason}").unwrap();
    }
    page += SCRIPTS_UNCOMPARED;
    page += MEMORY;
    page
}

#[test]
fn the_page_says_what_the_table_says() {
    let path = root().join("docs/compatibility.md");
    let page = page();
    if std::env::var_os("KEYGLASS_WRITE").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let stored = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        stored == page,
        "docs/compatibility.md is out of date: run `make compatibility`"
    );
}
