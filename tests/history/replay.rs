//! Sessions for the page to replay: `tests/browser/replay.test.mjs` holds what it sends against what was sent here.

use std::path::Path;

use keyglass::session::history::Limits;
use keyglass::session::lua::machine;
use keyglass::session::message::{Record, What};
use keyglass::session::moment::replay;

use crate::rng::Rng;
use crate::session::Session;

/// How many sessions.
const SESSIONS: u64 = 8;

/// What tells how many bytes something takes, which is less where addresses are of 32 bits.
const TELLS_MEMORY: [&str; 2] = ["memory", "info"];

fn tells_memory(what: &What) -> bool {
    let What::Bytes(bytes) = what else {
        return false;
    };
    let text = String::from_utf8_lossy(bytes).to_ascii_lowercase();
    TELLS_MEMORY
        .iter()
        .any(|word| text.contains(&format!("\r\n{word}\r\n")))
}

#[test]
fn recorded_sessions_replay_as_they_were_sent() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("replay");
    std::fs::create_dir_all(&folder).unwrap();
    for seed in 0..SESSIONS {
        let mut session = Session::new(Limits::default());
        let mut rng = Rng::new(seed);
        (0..40).for_each(|_| session.play(&mut rng));
        let record = session.history.record();
        let sent = replay(&record, machine());
        assert!(sent.len() > 1000);
        let live = session
            .sent
            .iter()
            .map(|(conn, bytes, at)| (*conn, *at, bytes.clone()));
        assert!(
            live.zip(&sent).all(|(live, sent)| live == *sent),
            "seed {seed}"
        );

        let inputs = record
            .inputs
            .into_iter()
            .filter(|input| !tells_memory(&input.what));
        let record = Record {
            inputs: inputs.collect(),
            ..record
        };
        let sent = replay(&record, machine());
        let write = |name: &str, bytes: Vec<u8>| {
            std::fs::write(folder.join(format!("{seed}.{name}")), bytes).unwrap();
        };
        write("record", postcard::to_allocvec(&record).unwrap());
        write("sent", postcard::to_allocvec(&sent).unwrap());
    }
}
