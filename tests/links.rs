//! Links and files that were once handed out: they are read for ever, and to the same session.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot read its files fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

use keyglass::app::example;
use keyglass::app::share::{Client, Deed, Document, Fault, Mode, Step, address, file, link, read};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/links")
}

/// The samples of an extension, each with its name.
fn samples(extension: &str) -> Vec<(String, String)> {
    let paths = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|e| e == extension));
    let name = |path: &Path| path.file_stem().unwrap().to_string_lossy().into_owned();
    let mut all: Vec<_> = wanted
        .map(|path| (name(&path), fs::read_to_string(&path).unwrap()))
        .collect();
    all.sort();
    assert!(all.len() > 2, "no samples of {extension}");
    all
}

/// A link that was handed out is never to be made anew here: a reader that no longer takes it is wrong.
#[test]
fn links_that_were_handed_out_are_read_for_ever() {
    for (name, address) in samples("link") {
        let expected = fs::read_to_string(folder().join(format!("{name}.keyglass"))).unwrap();
        let there = read(address.trim()).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(Ok(there), file::read(&expected), "{name}");
    }
}

#[test]
fn files_are_as_the_schema_says() {
    let schema = fs::read_to_string(
        Path::new(env!("CARGO_MANIFEST_DIR")).join("static/keyglass.schema.json"),
    );
    let schema: Value = serde_json::from_str(&schema.unwrap()).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler
        .add_resource("keyglass.schema.json", schema)
        .unwrap();
    let mut schemas = boon::Schemas::new();
    let at = compiler
        .compile("keyglass.schema.json", &mut schemas)
        .unwrap();
    let fits = |text: &str| {
        schemas
            .validate(&serde_json::from_str(text).unwrap(), at)
            .map_err(|error| error.to_string())
    };
    for (name, text) in samples("keyglass") {
        let document = file::read(&text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(fits(&text), Ok(()), "{name}");
        // What this page writes is as the schema says too, and comes back.
        let written = file::write(&document);
        assert_eq!(fits(&written), Ok(()), "{name}");
        assert_eq!(file::read(&written), Ok(document), "{name}");
    }
    for (name, text) in samples("wrong") {
        assert!(fits(&text).is_err(), "the schema takes {name}");
        assert!(file::read(&text).is_err(), "the page takes {name}");
    }
}

/// Two hundred commands as people type them: the example that the page opens on, and then a leaderboard, workers at a stream, a
/// lock, counters and messages, a few seconds apart.
fn session_of_200() -> Document {
    let mut chance = 42u64;
    let mut roll = |below: u64| {
        chance = chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % below
    };
    let mut steps: Vec<Step> = (0..3)
        .map(|conn| Step {
            after: 0,
            conn,
            deed: Deed::Connect,
        })
        .collect();
    for (conn, line) in example::LINES {
        steps.push(Step {
            after: 0,
            conn: *conn,
            deed: Deed::Line(line.to_string()),
        });
    }
    let commands = steps.len() - 3;
    let users = [42, 203, 9, 77, 512, 881, 17];
    let people = ["ann", "bob", "cid", "dan", "eve", "zoe", "max"];
    for _ in commands..200 {
        let user = users[roll(7) as usize];
        let person = people[roll(7) as usize];
        let (conn, line) = match roll(14) {
            0..=2 => (
                0,
                format!(
                    "ZINCRBY leaderboard:2026:w14 {} user:{user}",
                    (roll(20) + 1) * 50
                ),
            ),
            3 => (0, format!("ZREVRANK leaderboard:2026:w14 user:{user}")),
            4 => (0, "ZREVRANGE leaderboard:2026:w14 0 9 WITHSCORES".into()),
            5 | 6 => (
                0,
                format!("XADD events:user_activity * type click user {user}"),
            ),
            7 | 8 => (
                1,
                format!(
                    "XREADGROUP GROUP analytics_workers worker_{} COUNT 2 STREAMS events:user_activity >",
                    roll(2) + 1
                ),
            ),
            9 => (
                1,
                "XPENDING events:user_activity analytics_workers - + 10".into(),
            ),
            10 => (
                1,
                format!("SET lock:daily_report {:08x} NX PX 30000", roll(1 << 32)),
            ),
            11 => (2, format!("PFADD unique_visitors:home {person}")),
            12 => (0, format!("PUBLISH notifications:{user} 'hello {person}'")),
            _ => (
                2,
                format!("HSET session:{user} name {person} seen {}", roll(1000)),
            ),
        };
        steps.push(Step {
            after: 700 + roll(9_000),
            conn,
            deed: Deed::Line(line),
        });
    }
    Document {
        title: "Weekly leaderboard and its workers".into(),
        note: "Step through it and watch what waits for whom.".into(),
        mode: Mode::Script,
        begins: Some((5_183_224_179_551_223, 1_775_000_000_000)),
        clients: (0..3)
            .map(|conn| Client {
                conn,
                label: String::new(),
                colour: conn as usize,
            })
            .collect(),
        steps,
        ..Document::default()
    }
}

#[test]
fn a_session_of_200_commands_has_a_link_of_2000_characters_at_most() {
    let document = session_of_200();
    assert_eq!(document.commands(), 200);
    let link = link::write(&document);
    println!("{} characters", link.len());
    assert_eq!(link::read(&link), Ok(document));
    assert!(link.len() <= 2_000, "{} characters", link.len());
}

#[test]
fn a_link_of_a_later_version_says_so() {
    assert_eq!(address("", "#v2.AAAA"), Some(Err(Fault::Later)));
}
