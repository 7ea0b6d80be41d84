//! Runs lessons as a reader would, and says of all that does not hold in which line it stands.
//!
//! `keyglass-lessons [FILE.md]…`; without a file, all of `static/lessons/`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

mod check;
mod expected;
mod links;
mod session;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use check::Report;

/// How much stack a lesson is given: its scripts may be nested deep.
const STACK: usize = 64 << 20;

/// The lessons that come with the page.
fn shelf() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("static/lessons")
}

fn all() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(shelf()).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "md"))
        .collect();
    paths.sort();
    paths
}

/// Runs one; `None`: it broke whatever ran it.
fn run(text: String) -> Option<Report> {
    let is_lesson = |name: &str| shelf().join(format!("{name}.md")).is_file();
    let thread = std::thread::Builder::new().stack_size(STACK);
    let thread = thread.spawn(move || check::check(&text, &is_lesson)).ok()?;
    thread.join().ok()
}

/// Runs the lesson of a file, and prints what came of it. Whether all of it holds.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a lesson took is told, and changes nothing"
)]
fn tell(path: &Path) -> bool {
    let name = path
        .strip_prefix(env!("CARGO_MANIFEST_DIR"))
        .unwrap_or(path)
        .display();
    let began = Instant::now();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            println!("{name}: {error}");
            return false;
        }
    };
    let Some(report) = run(text) else {
        println!("{name}: Keyglass broke at it");
        return false;
    };
    for failure in &report.failures {
        println!("{name}:{}: {}", failure.line, failure.text);
    }
    let Report {
        steps,
        blocks,
        checks,
        ..
    } = report;
    let seconds = began.elapsed().as_secs_f64();
    let wrong = report.failures.len();
    let verdict = if wrong == 0 {
        "holds".to_string()
    } else {
        format!("does not hold: {wrong}")
    };
    println!("{name}: {steps} steps, {blocks} blocks, {checks} checks, {seconds:.1} s: {verdict}");
    wrong == 0
}

fn main() -> ExitCode {
    let mut paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    if paths.is_empty() {
        paths = all();
    }
    if paths.is_empty() {
        println!("there is no lesson in static/lessons");
    }
    let wrong = paths.iter().filter(|path| !tell(path)).count();
    if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

#[cfg(test)]
mod tests;
