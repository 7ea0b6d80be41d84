//! Holds the engine against a real Valkey: the same random sequences of commands, from several
//! clients at once, must be answered by the same frames, error texts included.
//!
//! `KEYGLASS_VALKEY` holds the path of the real server. `KEYGLASS_ORACLE_COMMANDS` and
//! `KEYGLASS_ORACLE_SEED` change how much is compared and what; `KEYGLASS_ORACLE_ONLY=zset,stream`
//! leaves the other families out. A failing sequence is made small and printed as a transcript: once
//! its cause is mended, it goes into `regressions/`, which is replayed at each run.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(
    clippy::disallowed_methods,
    reason = "the real server lives by the wall clock"
)]

mod compare;
mod frame;
mod generate;
mod older;
mod pair;
mod rng;
mod server;
mod shrink;
mod step;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use compare::{NORMALISED, Tally};
use generate::{COMMANDS, Generator};
use older::Older;
use pair::Pair;
use rng::Rng;
use step::Step;

/// How many commands a run compares, and from which seed, unless the environment says otherwise.
const RUN: usize = 200_000;
const SEED: u64 = 20_090_510;
/// How many commands a run compares with the second reference.
const RUN_OLDER: usize = 50_000;
/// So many different failures end a run.
const ENOUGH: usize = 10;

fn setting<T: std::str::FromStr>(name: &str, default: T) -> T {
    match std::env::var(name) {
        Ok(text) => text
            .parse()
            .unwrap_or_else(|_| panic!("{name} must be a number, and is {text:?}")),
        Err(_) => default,
    }
}

#[test]
fn random_sequences_are_answered_alike() {
    let total: usize = setting("KEYGLASS_ORACLE_COMMANDS", RUN);
    let seed: u64 = setting("KEYGLASS_ORACLE_SEED", SEED);
    let only = std::env::var("KEYGLASS_ORACLE_ONLY").ok();
    let missing: Vec<_> = COMMANDS
        .split_whitespace()
        .filter(|name| keyglass::command::lookup(name.as_bytes()).is_none())
        .collect();
    assert!(
        missing.is_empty() || only.is_some(),
        "the table does not have {}",
        missing.join(" ")
    );

    let began = Instant::now();
    let mut pair = Pair::start();
    let mut seeds = Rng::new(seed);
    let mut failures: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let (mut sequences, mut mismatches) = (0, 0);
    while pair.commands < total && failures.len() < ENOUGH {
        let own = seeds.next();
        let steps = Generator::sequence(own, only.as_deref());
        sequences += 1;
        let Err(difference) = pair.run(&steps) else {
            continue;
        };
        mismatches += 1;
        let signature = shrink::signature(&difference);
        if let Some((times, _)) = failures.get_mut(&signature) {
            *times += 1;
            continue;
        }
        let (commands, tally) = (pair.commands, pair.tally.clone());
        let (steps, difference) = shrink::shrink(&mut pair, &steps, difference);
        (pair.commands, pair.tally) = (commands, tally);
        failures.insert(signature, (1, shrink::transcript(&steps, &difference)));
    }

    print_tally(&pair.tally);
    for (signature, (times, transcript)) in &failures {
        println!("\n== {signature} ({times} times)\n{transcript}");
    }
    let counts: Vec<_> = pair
        .tally
        .commands
        .iter()
        .map(|(name, [errors, empty, full])| format!("{name} {errors}+{empty}+{full}"))
        .collect();
    println!(
        "Replies (errors, empty ones, others): {}",
        counts.join(", ")
    );
    let never = |name: &&str| {
        let counts = &pair.tally.commands;
        !counts
            .iter()
            .any(|(n, [_, _, full])| n.split(' ').next() == Some(*name) && *full > 0)
    };
    let never: Vec<_> = COMMANDS.split_whitespace().filter(never).collect();
    let kinds: Vec<_> = pair
        .tally
        .kinds
        .iter()
        .map(|(kind, n)| format!("{kind} {n}"))
        .collect();
    println!(
        "oracle: {} commands, seed {seed}, {mismatches} mismatches, reply kinds {} (Valkey {}, {sequences} sequences, {} state checks, {:.1} s)",
        pair.commands,
        kinds.join(", "),
        pair.version(),
        pair.checks,
        began.elapsed().as_secs_f64(),
    );
    assert!(
        total < RUN || only.is_some() || never.is_empty(),
        "nothing was compared of {}",
        never.join(" ")
    );
    assert!(
        failures.is_empty(),
        "{mismatches} of {sequences} sequences were answered differently, in {} ways",
        failures.len()
    );
}

#[test]
fn redis_7_answers_alike_what_it_has() {
    let Some(older) = Older::start() else {
        panic!(
            "There is no redis-server 7.0 to compare with; `scripts/test.sh oracle` installs one."
        );
    };
    let total: usize = setting("KEYGLASS_ORACLE_OLDER", RUN_OLDER);
    let seed: u64 = setting("KEYGLASS_ORACLE_SEED", SEED);
    let began = Instant::now();
    let mut seeds = Rng::new(seed);
    let (mut tally, mut explained) = (Tally::default(), BTreeMap::new());
    let mut failures: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut commands = 0;
    while commands < total && failures.len() < ENOUGH {
        let steps = Generator::sequence(seeds.next(), None);
        let result = older.run(&steps, &mut tally, &mut explained, &mut commands);
        let Err((sent, ours, theirs)) = result else {
            continue;
        };
        let last = sent.last().cloned().unwrap_or_default();
        let signature = format!(
            "{} {ours:.40} / {theirs:.40}",
            compare::name_for_counts(&last)
        );
        let shown = sent.iter().rev().take(30).rev();
        let shown: Vec<String> = shown.map(|w| Step::Command(0, w.clone()).line()).collect();
        let shown = format!(
            "{}\n  # keyglass {ours}\n  # redis    {theirs}",
            shown.join("\n")
        );
        failures.entry(signature).or_insert((0, shown)).0 += 1;
    }
    for changed in older::CHANGED {
        println!(
            "{:>8} {}: {}",
            explained.get(changed.name).copied().unwrap_or(0),
            changed.name,
            changed.reason
        );
    }
    for (signature, (times, shown)) in &failures {
        println!("\n== {signature} ({times} times)\n{shown}");
    }
    println!(
        "oracle: {commands} commands, seed {seed}, {} ways to differ (Redis {}, {:.1} s)",
        failures.len(),
        older.version(),
        began.elapsed().as_secs_f64()
    );
    assert!(failures.is_empty(), "{} ways to differ", failures.len());
}

#[test]
fn mended_differences_stay_mended() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle/regressions");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths.retain(|path| path.extension().is_some_and(|e| e == "txt"));
    let mut pair = Pair::start();
    let mut broken = Vec::new();
    for path in &paths {
        let steps: Vec<Step> = fs::read_to_string(path)
            .unwrap()
            .lines()
            .filter_map(Step::parse)
            .collect();
        assert!(!steps.is_empty(), "{} holds no step", path.display());
        if let Err(difference) = pair.run(&steps) {
            broken.push(format!(
                "== {}\n{}",
                path.display(),
                shrink::transcript(&steps, &difference)
            ));
        }
    }
    println!(
        "oracle: {} regressions replayed, {} mismatches",
        paths.len(),
        broken.len()
    );
    assert!(broken.is_empty(), "\n{}", broken.join("\n"));
}

/// Says which known differences were let pass, how often, and why.
fn print_tally(tally: &Tally) {
    println!("Differences that are known, and how often each was let pass:");
    for rule in NORMALISED {
        println!(
            "{:>8} {}: {}",
            tally.rules.get(rule.name).copied().unwrap_or(0),
            rule.name,
            rule.reason
        );
    }
}
