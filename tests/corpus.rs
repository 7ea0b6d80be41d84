//! Replays the fuzz targets' corpora: everything in `fuzz/corpus/`, in every test run.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot read its files fails"
)]

use std::fs;
use std::path::Path;

#[path = "../fuzz/targets.rs"]
mod targets;

fn replay(name: &str, target: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "no corpus for {name}");
    for path in paths {
        // Shown only when the test fails: the last one is the culprit.
        println!("{}", path.display());
        target(&fs::read(&path).unwrap());
    }
}

#[test]
fn resp() {
    replay("resp", targets::resp);
}

#[test]
fn replies() {
    replay("replies", targets::replies);
}

#[test]
fn commands() {
    replay("commands", targets::commands);
}

#[test]
fn restore() {
    replay("restore", targets::restore);
}

#[test]
fn glob() {
    replay("glob", targets::glob);
}

#[test]
fn scripts() {
    replay("scripts", targets::scripts);
}

#[test]
fn lessons() {
    replay("lessons", targets::lessons);
}

#[test]
fn links() {
    replay("links", targets::links);
}

#[test]
fn addresses() {
    replay("addresses", targets::addresses);
}

#[test]
fn files() {
    replay("files", targets::files);
}

#[test]
fn transcripts() {
    replay("transcripts", targets::transcripts);
}

#[test]
fn embeds() {
    replay("embeds", targets::embeds);
}

#[test]
fn messages() {
    replay("messages", targets::messages);
}

#[test]
fn actors() {
    replay("actors", targets::actors);
}

#[test]
fn kept() {
    replay("kept", targets::kept);
}
