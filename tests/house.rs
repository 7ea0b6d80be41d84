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
    ("ui", &["ui", "app", "session::message", "rest"]),
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

/// The attributes that people read or hear.
const SAID: &[&str] = &[
    "alt",
    "aria-description",
    "aria-label",
    "aria-roledescription",
    "aria-valuetext",
    "label",
    "meta",
    "more",
    "placeholder",
    "text",
    "title",
    "what",
    "words",
];
/// The attributes that hold names of classes and the like.
const DRAWN: &[&str] = &["class", "d", "role", "style", "transform", "type"];
/// What looks like words and is none: keys of the keyboard, classes, a question to the browser, and the name.
const NO_WORDS: &[&str] = &[
    "Enter",
    "Escape",
    "Tab",
    "Home",
    "End",
    "Backspace",
    "r err",
    "(prefers-reduced-motion: reduce)",
    "Keyglass",
];

/// A string literal, the code before it in its file, and the attribute that it belongs to.
struct Literal<'c> {
    text: &'c str,
    before: &'c str,
    attribute: &'c str,
}

/// The string literals of a piece of code.
fn literals(code: &str) -> Vec<Literal<'_>> {
    let bytes = code.as_bytes();
    let at = |i: usize| bytes.get(i).copied().unwrap_or(0);
    let (mut i, mut found) = (0, Vec::new());
    // Attributes and `classes!(` whose brackets are open, with how deep these were before.
    let (mut depth, mut open) = (0_usize, Vec::<(usize, &str)>::new());
    while i < bytes.len() {
        match at(i) {
            b'/' if at(i + 1) == b'/' => i += code[i..].find('\n').unwrap_or(code.len() - i),
            // A character; otherwise it is a lifetime.
            b'\'' if at(i + 1) == b'\\' => i += 3 + code[i + 3..].find('\'').unwrap_or(0),
            b'\'' => {
                let mut next = code[i + 1..].char_indices().skip(1);
                i += match next.next() {
                    Some((end, '\'')) => end + 2,
                    _ => 1,
                };
                continue;
            }
            b'"' => {
                let hashes = code[..i].bytes().rev().take_while(|b| *b == b'#').count();
                let raw = i > hashes && at(i - hashes - 1) == b'r';
                let start = i + 1;
                let mut end = start;
                let closed = |end: usize| {
                    at(end) == b'"' && (!raw || (1..=hashes).all(|n| at(end + n) == b'#'))
                };
                while end < bytes.len() && !closed(end) {
                    end += if at(end) == b'\\' && !raw { 2 } else { 1 };
                }
                let attribute = match code[..i].strip_suffix('=').map(name) {
                    Some(own) if !own.is_empty() => own,
                    _ => open.last().map_or("", |(_, name)| name),
                };
                found.push(Literal {
                    text: &code[start..end.min(code.len())],
                    before: &code[..i],
                    attribute,
                });
                i = end;
            }
            b'(' | b'[' | b'{' => {
                let before = &code[..i];
                match before.strip_suffix('=').map(name) {
                    Some(own) if !own.is_empty() => open.push((depth, own)),
                    _ if before.ends_with("classes!") => open.push((depth, "class")),
                    _ => {}
                }
                depth += 1;
            }
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                open.retain(|(outer, _)| *outer < depth);
            }
            _ => {}
        }
        i += 1;
    }
    found
}

/// The name of an attribute that a piece of code ends with.
fn name(code: &str) -> &str {
    let start = code
        .rfind(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'))
        .map_or(0, |i| i + 1);
    &code[start..]
}

/// Whether a literal is words for people.
fn is_words(literal: &Literal<'_>) -> bool {
    let mut depth = 0;
    // Without what is filled in.
    let text: String = literal
        .text
        .chars()
        .filter(|c| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => return depth == 0,
            }
            false
        })
        .collect();
    let letters = |word: &str| {
        word.chars()
            .zip(word.chars().skip(1))
            .any(|(a, b)| a.is_alphabetic() && b.is_alphabetic())
    };
    let words: Vec<&str> = text
        .split_whitespace()
        .filter(|word| letters(word))
        .collect();
    let Some(first) = words.first() else {
        return false;
    };
    let before = literal.before.trim_end();
    if NO_WORDS.contains(&literal.text)
        || DRAWN.contains(&literal.attribute)
        || before.ends_with("reason =")
    {
        return false;
    }
    if SAID.contains(&literal.attribute) {
        return true;
    }
    // A command to be typed; or what looks elements up, and style.
    let capitals = first.chars().take_while(char::is_ascii_uppercase).count();
    let style = text.contains(['[', '#']) || text.starts_with('.') || text.contains(";--") || {
        let mut pairs = text.chars().zip(text.chars().skip(1));
        pairs.any(|(a, b)| a == ':' && !b.is_whitespace())
    };
    if capitals >= 3 || style {
        return false;
    }
    let child = before.strip_suffix('{').unwrap_or(before).trim_end();
    let child = before.ends_with('{') && child.ends_with(['>', '{', '}']) || before.ends_with('>');
    if child && !before.ends_with("=>") && !child_of_code(before) {
        return true;
    }
    let plain = |word: &&str| {
        word.chars()
            .all(|c| c.is_alphabetic() || c.is_ascii_punctuation() && !"()-_/".contains(c))
    };
    let sentence = text.contains(char::is_whitespace) && words.iter().any(plain);
    let title = capitals == 1 && first.chars().filter(char::is_ascii_uppercase).count() == 1;
    sentence || title
}

/// Whether what is opened is a body of code and not a part of a drawing: an arm or a closure.
fn child_of_code(before: &str) -> bool {
    let outer = before.strip_suffix('{').unwrap_or(before).trim_end();
    outer.ends_with("=>") || outer.ends_with("->")
}

#[test]
fn the_page_has_its_words_in_one_place() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut seen, mut words) = (0, Vec::new());
    for path in files(&src.join("ui")) {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for literal in literals(code) {
            seen += 1;
            if is_words(&literal) {
                let line = literal.before.lines().count().max(1);
                words.push(format!("{}:{line}: {:?}", path.display(), literal.text));
            }
        }
    }
    assert!(
        words.is_empty(),
        "these belong to src/app/words:\n{}",
        words.join("\n")
    );
    assert!(
        seen > 500,
        "only {seen} literals were seen: does this test still read them?"
    );
}

#[test]
fn words_are_told_from_what_is_none() {
    let code = r##"
        // { "A comment" }
        const SIGN: (char, &'static str) = ('"', "dim");
        #[allow(clippy::too_many_arguments, reason = "one row's parts")]
        fn drawn(name: &'static str) -> Html {
            match key { "ArrowUp" | "Enter" => "strm-row", _ => { "strm-mid" } }
            let class = if lit { "lit" } else { "place" };
            let text = if lit { "It is lit" } else { r#"Not "lit""# };
            document.query_selector(&format!(".con[data-conn=\"{conn}\"] .entry input"));
            html! {
                <p class={classes!("dim", on.then_some("two classes"))} aria-label="Close" title={format!("Pin {name}")} role="img">
                    { "expiry" }{ " · " }<b style={format!("left:{:.2}%;width:{:.2}%", a, b)}>{ format!("{} members", n) }</b>
                    if on { { "on" } }
                    <Typed line={format!("XACK {key} {} {}", a, b)} text="Ack" />
                    <Twin what={match of { Of::All => "all", Of::One => words::ONE }} />
                </p>
            }
        }
    "##;
    let found: Vec<&str> = literals(code)
        .iter()
        .filter(|literal| is_words(literal))
        .map(|literal| literal.text)
        .collect();
    assert_eq!(
        found,
        [
            "It is lit",
            "Not \"lit\"",
            "Close",
            "Pin {name}",
            "expiry",
            "{} members",
            "on",
            "Ack",
            "all"
        ]
    );
}

/// A browser that looks from one of these for what stands anywhere within styles all of it anew with every element that
/// comes or goes: an attribute says the same.
const LARGE: [&str; 8] = [
    "html",
    ":root",
    "body",
    ".page",
    ".parts",
    ".stage",
    ".consoles",
    ".con",
];

fn looks_from_a_large_part(css: &str) -> Option<String> {
    let part = |before: &str| {
        let from = before
            .rfind(|c: char| !(c.is_alphanumeric() || ".:-_".contains(c)))
            .map_or(0, |at| at + 1);
        before.get(from..).unwrap_or_default().to_string()
    };
    css.match_indices(":has(")
        .map(|(at, _)| part(css.get(..at).unwrap_or_default()))
        .find(|part| LARGE.contains(&part.as_str()))
}

#[test]
fn no_style_looks_from_a_large_part_for_what_stands_in_it() {
    assert_eq!(
        looks_from_a_large_part("a {}\n.x, .page:has(.walk) .y {}"),
        Some(".page".into())
    );
    assert_eq!(looks_from_a_large_part(".card .twin:has(.table) {}"), None);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static/css");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let css = fs::read_to_string(&path).unwrap();
        assert_eq!(looks_from_a_large_part(&css), None, "{}", path.display());
    }
}
