//! Holds scripts against real servers: each is run by Valkey 9.1, by Redis 7.0 where that can have it, and by
//! the engine, and must be answered by the same frames, error texts included.
//!
//! `KEYGLASS_VALKEY` holds the path of the real server. `KEYGLASS_SCRIPTS_ONLY=strings` leaves out the cases
//! without this in their names; `KEYGLASS_SCRIPTS_SEED` changes those that are generated (other seeds may find
//! an order of keys that Redis 7.0 has otherwise), and `KEYGLASS_SCRIPTS_SHOWN` how many mismatches are printed. With
//! `KEYGLASS_SCRIPTS_OTHER=1` a second Valkey stands in for the engine, which shows what chance decides.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![allow(
    clippy::disallowed_methods,
    reason = "the real server lives by the wall clock"
)]

mod case;
mod differences;
#[path = "../oracle/frame.rs"]
#[allow(dead_code, reason = "the other comparison uses more of it")]
mod frame;
mod generate;
mod older;
#[path = "../oracle/rng.rs"]
#[allow(dead_code, reason = "the other comparison uses more of it")]
mod rng;
#[path = "../oracle/server.rs"]
#[allow(dead_code, reason = "the other comparison uses more of it")]
mod server;
mod sides;
#[path = "../oracle/step.rs"]
#[allow(dead_code, reason = "the other comparison uses more of it")]
mod step;

use std::collections::BTreeMap;
use std::time::Instant;

use case::Case;
use differences::Difference;
use frame::Frame;
use server::Server;
use sides::{Ours, Real, Replies, Side};

/// The seed of what is generated, unless the environment says otherwise.
const SEED: u64 = 20_110_217;
/// How many mismatches are printed.
const SHOWN: usize = 20;

/// What a comparison of two sides found.
#[derive(Default)]
struct Found {
    compared: usize,
    mismatches: Vec<String>,
    /// By the name of the difference.
    explained: BTreeMap<&'static str, usize>,
}

impl Found {
    /// Compares two sides' replies to a case; the differences may explain what is unequal.
    fn compare(
        &mut self,
        case: &Case,
        ours: &Replies,
        theirs: &Replies,
        known: &'static [Difference],
    ) {
        self.compared += 1;
        for (at, (a, b)) in ours.iter().zip(theirs).enumerate() {
            let (mut x, mut y) = (a.clone(), b.clone());
            [&mut x, &mut y]
                .into_iter()
                .flatten()
                .for_each(differences::without_addresses);
            if x == y {
                continue;
            }
            let mut used = Vec::new();
            if let (Some(x), Some(y)) = (&mut x, &mut y) {
                for difference in known {
                    let before = (x.clone(), y.clone());
                    (difference.apply)(case, x, y);
                    if before != (x.clone(), y.clone()) {
                        used.push(difference.name);
                    }
                    if x == y {
                        break;
                    }
                }
            }
            if x == y {
                used.into_iter()
                    .for_each(|name| *self.explained.entry(name).or_default() += 1);
                continue;
            }
            let show = |frame: &Option<Frame>| {
                frame.as_ref().map_or("nothing".into(), ToString::to_string)
            };
            self.mismatches.push(format!(
                "== {}\n{}  # {}\n  # {} (the reference)\n",
                case.name,
                case.shown(at),
                show(a),
                show(b)
            ));
            return;
        }
    }

    fn print(&self, who: &str, known: &[Difference]) {
        for difference in known {
            println!(
                "{:>8} {}: {}",
                self.explained.get(difference.name).copied().unwrap_or(0),
                difference.name,
                difference.reason
            );
        }
        let shown: usize = std::env::var("KEYGLASS_SCRIPTS_SHOWN")
            .ok()
            .and_then(|n| n.parse().ok())
            .unwrap_or(SHOWN);
        for mismatch in self.mismatches.iter().take(shown) {
            println!("{mismatch}");
        }
        println!(
            "scripts: {} compared with {who}, {} mismatches",
            self.compared,
            self.mismatches.len()
        );
    }
}

/// Every case, or those that the environment names.
fn cases() -> Vec<Case> {
    let seed = std::env::var("KEYGLASS_SCRIPTS_SEED").map_or(SEED, |seed| seed.parse().unwrap());
    let mut cases = case::written();
    cases.extend(generate::all(seed));
    if let Ok(only) = std::env::var("KEYGLASS_SCRIPTS_ONLY") {
        cases.retain(|case| case.name.contains(&only));
    }
    cases
}

/// Replies may be thousands of arrays deep, and frames are read by recursion.
const STACK: usize = 256 << 20;

#[test]
fn scripts_are_answered_alike() {
    let thread = std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(compare_all)
        .unwrap();
    if let Err(panic) = thread.join() {
        std::panic::resume_unwind(panic);
    }
}

fn compare_all() {
    let began = Instant::now();
    let cases = cases();
    let valkey = || Some(Server::start());
    let mut ours: Box<dyn Side> = match std::env::var_os("KEYGLASS_SCRIPTS_OTHER") {
        Some(_) => Box::new(Real::start(valkey).unwrap()),
        None => Box::new(Ours::new()),
    };
    let mut valkey = Real::start(valkey).unwrap();
    let mut redis = Real::start(Server::start_redis).expect(
        "There is no redis-server 7.0 to compare with; `scripts/test.sh oracle` installs one.",
    );
    let (mut newer, mut older) = (Found::default(), Found::default());
    for case in &cases {
        let theirs = valkey
            .run(case)
            .unwrap_or_else(|| panic!("{} ends Valkey\n{}", case.name, case.shown(0)));
        match ours.run(case) {
            Some(replies) => newer.compare(case, &replies, &theirs, differences::KNOWN),
            None => panic!("{} ends the server", case.name),
        }
        if !case.newer
            && let Some(replies) = redis.run(case)
        {
            older.compare(case, &replies, &theirs, older::CHANGED);
        }
    }
    println!(
        "What is known to differ between Redis 7.0 and Valkey 9.1, and how often it was let pass:"
    );
    println!(
        "{:>8} scripts that end Redis 7.0: it does not survive an error that is a table without `err`",
        redis.ended
    );
    older.print(
        &format!("Redis {} (it with Valkey)", redis.version()),
        older::CHANGED,
    );
    println!(
        "What is known to differ between the engine and Valkey, and how often it was let pass:"
    );
    newer.print(&format!("Valkey {}", valkey.version()), differences::KNOWN);
    println!(
        "scripts: {} scripts, {} mismatches with Valkey, {} of Redis with Valkey ({:.1} s)",
        cases.len(),
        newer.mismatches.len(),
        older.mismatches.len(),
        began.elapsed().as_secs_f64()
    );
    assert!(
        std::env::var_os("KEYGLASS_SCRIPTS_ONLY").is_some() || cases.len() >= 3000,
        "there are only {} scripts",
        cases.len()
    );
    assert!(newer.mismatches.is_empty() && older.mismatches.is_empty());
}
