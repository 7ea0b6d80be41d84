//! Holds the first invariant of the house: who may import whom.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its files fails"
)]

use std::fs;
use std::path::{Path, PathBuf};

/// Each folder, and what of the crate its code may name.
const MAY_NAME: &[(&str, &[&str])] = &[
    ("ds", &["ds"]),
    ("lua", &["lua", "grisu"]),
    ("engine", &["engine", "ds", "lua::message", "grisu"]),
    ("command", &["command", "engine", "ds", "lua::message"]),
    ("session", &["session", "command", "engine", "ds", "lua"]),
    ("app", &["app", "session::message"]),
    ("ui", &["ui", "app", "session::message"]),
];

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|e| e == "rs")
            && path.file_stem().is_some_and(|s| s != "tests")
        {
            found.push(path);
        }
    }
    found
}

/// The code of a file without its comments and without the tests at its end.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let before_tests = text.split("#[cfg(test)]").next().unwrap_or_default();
    before_tests
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

/// What of the crate a piece of code names: `a::b` for every `crate::a::b`, braces spread out one level.
fn named(code: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        let path: String = rest
            .chars()
            .take_while(|c| c.is_alphanumeric() || matches!(c, '_' | ':'))
            .collect();
        match rest
            .strip_prefix(path.as_str())
            .and_then(|r| r.strip_prefix('{'))
        {
            Some(group) => {
                let inside = group.split('}').next().unwrap_or_default();
                names.extend(
                    inside
                        .split(',')
                        .map(|item| format!("{path}{}", item.trim())),
                );
            }
            None => names.push(path),
        }
    }
    names
}

#[test]
fn no_arrow_runs_back() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut checked = 0;
    for (folder, allowed) in MAY_NAME {
        for path in files(&src.join(folder)) {
            for name in named(&code(&path)) {
                let fits = allowed
                    .iter()
                    .any(|a| name == *a || name.starts_with(&format!("{a}::")));
                assert!(
                    fits,
                    "{} names crate::{name}; {folder} may name only {allowed:?}",
                    path.display()
                );
                checked += 1;
            }
        }
    }
    assert!(
        checked > 50,
        "only {checked} imports were seen: does this test still read them?"
    );
}

#[test]
fn what_a_file_names_is_read_off_it() {
    let code = "use crate::ds::bytes::Bytes;\nuse crate::{engine::Ctx, ds};\nlet x = crate::session::host::Host::new();";
    assert_eq!(
        named(code),
        [
            "ds::bytes::Bytes",
            "engine::Ctx",
            "ds",
            "session::host::Host::new"
        ]
    );
}

#[test]
fn only_the_page_and_the_shells_know_the_browser() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for folder in ["ds", "lua", "engine", "command", "session", "app"] {
        for path in files(&src.join(folder)) {
            let code = code(&path);
            for browser in ["web_sys", "js_sys", "wasm_bindgen", "gloo", "yew"] {
                assert!(
                    !code.contains(browser),
                    "{} names {browser}",
                    path.display()
                );
            }
        }
    }
}
