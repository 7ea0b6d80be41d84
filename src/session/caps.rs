//! What a session may use that came from elsewhere: it opens in full, or not at all, and holds nobody up for long.

use serde::{Deserialize, Serialize};

use super::host::{FOLDED_TOLD, Host};
use super::message::{Entry, Frame, Millis, Update, What};

/// How much it may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caps {
    /// Keys, in all databases.
    pub keys: u64,
    /// Bytes of memory.
    pub memory: u64,
    /// Steps of 10 to 20 ns that all its commands take, to open it.
    pub steps: u64,
    /// Steps that its scripts take, to open it.
    pub script_steps: u64,
    /// Commands that its actors send, to open it.
    pub acts: u64,
}

impl Default for Caps {
    fn default() -> Self {
        Self {
            keys: 100_000,
            memory: 128 * 1024 * 1024,
            steps: 500_000_000,
            script_steps: 200_000_000,
            acts: 100_000,
        }
    }
}

/// What it would use more of than it may, and how much that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cap {
    /// Keys.
    Keys(u64),
    /// Bytes of memory.
    Memory(u64),
    /// Steps of all commands.
    Steps(u64),
    /// Steps of scripts.
    ScriptSteps(u64),
    /// Commands of actors.
    Acts(u64),
}

/// How far time goes on between two looks at all that is used, in milliseconds.
const PIECE: Millis = 1_000;
/// After so many inputs, or so many steps, the memory is weighed, which takes the longer the more there is.
const WEIGHED_EVERY: usize = 4;
const WEIGHED_STEPS: u64 = 5_000_000;

/// The work that was done up to a moment.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Work {
    steps: u64,
    script_steps: u64,
    acts: u64,
}

impl Host {
    /// Lets happen what a session begins with, unless it uses more than it may.
    pub(super) fn fold(
        &mut self,
        entries: Vec<Entry>,
        until: Millis,
        told: &mut dyn FnMut(Frame),
    ) -> Option<Cap> {
        let all = entries.len();
        let bound = self.guard.map(|caps| caps.memory);
        for (n, entry) in entries.into_iter().enumerate() {
            // What goes past it is given up: one command may begin that does, and no other.
            self.now.engine.bound_memory(bound, true);
            if let Entry::Input(input) = &entry
                && let Some(cap) = self.creep(input.at, Work::default())
            {
                return Some(cap);
            }
            self.repeat(entry);
            self.updates.clear();
            let done = n + 1;
            if done % FOLDED_TOLD == 0 {
                told(Frame {
                    now: self.now.engine.now,
                    updates: vec![Update::Folded { done, all }],
                });
            }
            let cap = self.weigh(Work::default(), n % WEIGHED_EVERY == 0);
            if cap.is_some() {
                return cap;
            }
        }
        let cap = self.creep(until, Work::default());
        if cap.is_none() {
            self.pass(until);
        }
        let cap = cap.or_else(|| self.weigh(Work::default(), true));
        self.now
            .engine
            .bound_memory(bound.filter(|_| cap.is_none()), false);
        cap
    }

    /// Lets time pass up to a moment, as long as no more is used than may be; work counts from when it was so much.
    pub(super) fn creep(&mut self, until: Millis, from: Work) -> Option<Cap> {
        self.guard?;
        let mut looked = self.now.engine.now;
        while let Some(next) = self.now.next().filter(|next| *next < until) {
            self.pass(next);
            // One command of an actor may take much memory; the rest adds up slowly.
            if next < looked.saturating_add(PIECE) && !self.now.engine.has_passed_bound() {
                continue;
            }
            looked = next;
            let cap = self.weigh(from, false);
            if cap.is_some() {
                return cap;
            }
        }
        None
    }

    /// Looks whether a session that has opened uses more now than it may.
    pub(super) fn look_at_use(&mut self) {
        let capped = self.weigh(self.work(), false);
        self.spend(capped);
    }

    /// It uses more, if it does: says so, and takes no more commands until that is heard. Many may be on their way.
    pub(super) fn spend(&mut self, capped: Option<Cap>) {
        let Some(cap) = capped else {
            return;
        };
        self.spent = true;
        // Time stands until then, or actors would go on.
        self.clock.set(self.now.engine.now);
        self.updates.push(Update::Capped(cap));
        self.held.retain(|(_, what)| !what.is_bytes());
        self.held_bytes = self.held.iter().map(|(_, what)| what.size()).sum();
    }

    /// Whether an input does not happen, since its session was just found to use more than it may.
    pub(super) fn leaves_out(&self, what: &What) -> bool {
        self.spent && what.is_bytes()
    }

    /// The work that was done so far.
    pub(super) fn work(&self) -> Work {
        Work {
            steps: self.history.spent(),
            script_steps: self.now.engine.scripting.steps(),
            acts: self.now.actors.sent(),
        }
    }

    /// What is used more of than may be, where the session is guarded: which it is not any more then.
    pub(super) fn weigh(&mut self, from: Work, memory: bool) -> Option<Cap> {
        let caps = self.guard?;
        let now = self.work();
        let weigh = memory || now.steps.saturating_sub(self.weighed) > WEIGHED_STEPS;
        if weigh {
            self.weighed = now.steps;
        }
        let passed = self.now.engine.has_passed_bound();
        let dbs = self.now.engine.dbs.iter();
        let keys: u64 = dbs.map(|db| db.len() as u64).sum();
        let memory = || self.now.engine.memory_bytes() as u64;
        let more = |now: u64, from: u64, most: u64| now.saturating_sub(from) > most;
        let cap = if keys > caps.keys {
            Cap::Keys(caps.keys)
        } else if passed || weigh && memory() > caps.memory {
            Cap::Memory(caps.memory)
        } else if more(now.script_steps, from.script_steps, caps.script_steps) {
            Cap::ScriptSteps(caps.script_steps)
        } else if more(now.acts, from.acts, caps.acts) {
            Cap::Acts(caps.acts)
        } else if more(now.steps, from.steps, caps.steps) {
            Cap::Steps(caps.steps)
        } else {
            return None;
        };
        self.guard = None;
        self.now.engine.bound_memory(None, false);
        Some(cap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::script::fake;
    use crate::session::message::*;

    const START: Millis = 1_700_000_000_000;

    /// What comes of a session that is opened under caps.
    fn open(caps: Caps, said: &[(Millis, Conn, What)]) -> (Host, Option<Cap>) {
        let input = |(at, conn, what): &(Millis, Conn, What)| Input {
            at: START + at,
            conn: *conn,
            what: what.clone(),
        };
        let record = Record {
            seed: 1,
            start: START,
            inputs: said.iter().map(input).collect(),
        };
        let until = record.inputs.last().map_or(START, |input| input.at);
        let mut host = Host::new(0, START, fake::machine);
        host.handle(START, Request::Guard(caps));
        host.handle(START, Request::Begin(Log::of(record, until)));
        let capped = host
            .frame(START)
            .updates
            .into_iter()
            .find_map(|update| match update {
                Update::Capped(cap) => Some(cap),
                _ => None,
            });
        (host, capped)
    }

    fn line(line: &str) -> What {
        let words = split_words(line.as_bytes()).unwrap_or_default();
        What::Bytes(encode_command(&words))
    }

    fn actor(text: &str) -> What {
        What::Actor(Steer::Start {
            name: "a".into(),
            text: text.into(),
        })
    }

    #[test]
    fn each_cap_ends_what_would_use_more() {
        let all = Caps::default();
        let few = |said: &[(Millis, Conn, What)], caps| {
            let connected = (0, 0, What::Connect);
            let said: Vec<_> = [connected]
                .into_iter()
                .chain(said.iter().cloned())
                .collect();
            open(caps, &said).1
        };
        let two = [(1, 0, line("SET a 1")), (2, 0, line("SET b 2"))];
        assert_eq!(few(&two, all), None);
        assert_eq!(few(&two, Caps { keys: 1, ..all }), Some(Cap::Keys(1)));
        let large = [(1, 0, line("SETRANGE k 10000000 x"))];
        let memory = 9_000_000;
        assert_eq!(
            few(&large, Caps { memory, ..all }),
            Some(Cap::Memory(memory))
        );
        let busy = actor("forever\n  INCR n\n");
        // Ten years of it do not pass before somebody looks.
        let years = [(1, 1_000, busy), (315_360_000_000, 0, line("PING"))];
        assert_eq!(
            few(&years, Caps { acts: 5_000, ..all }),
            Some(Cap::Acts(5_000))
        );
        let steps = 100_000;
        assert_eq!(few(&years, Caps { steps, ..all }), Some(Cap::Steps(steps)));
    }

    #[test]
    fn one_input_goes_past_the_memory_by_one_command_at_most() {
        let caps = Caps {
            memory: 2_500_000,
            ..Caps::default()
        };
        let grow = |key| format!("SETRANGE {key} 1000000 x");
        let exec = ["MULTI".to_string()]
            .into_iter()
            .chain((0..100).map(grow))
            .chain(["EXEC".into()]);
        let mget = [grow(0), format!("MGET{}", " 0".repeat(1000))];
        for lines in [
            (0..100).map(grow).collect::<Vec<_>>(),
            exec.collect(),
            mget.to_vec(),
        ] {
            let connect = (0, 0, What::Connect);
            let said: Vec<_> = [connect]
                .into_iter()
                .chain(lines.iter().map(|text| (1, 0, line(text))))
                .collect();
            let (mut host, capped) = open(caps, &said);
            assert_eq!(capped, Some(Cap::Memory(caps.memory)));
            assert!(host.now.engine.used_memory() < 4_000_000);
        }
    }

    #[test]
    fn commands_that_are_on_their_way_when_it_is_too_much_are_left_out_until_that_is_heard() {
        let caps = Caps {
            memory: 1_000_000,
            ..Caps::default()
        };
        let (mut host, _) = open(caps, &[(0, 0, What::Connect)]);
        let send = |host: &mut Host, text: &str| {
            let what = line(text);
            host.handle(START, Request::Input { conn: 0, what });
        };
        for key in ["a", "b", "c"] {
            send(&mut host, &format!("SETRANGE {key} 2000000 x"));
        }
        let what = What::Connect;
        host.handle(START, Request::Input { conn: 1, what });
        let told = host.frame(START).updates;
        let recorded: Vec<Conn> = told
            .iter()
            .filter_map(|update| match update {
                Update::Recorded { conn, .. } => Some(*conn),
                _ => None,
            })
            .collect();
        assert_eq!(recorded, [0, 1], "what is no command happens");
        assert!(told.contains(&Update::Capped(Cap::Memory(caps.memory))));
        assert_eq!(host.now.engine.dbs[0].len(), 1);
        send(&mut host, "SET b 1");
        assert_eq!(host.now.engine.dbs[0].len(), 1);
        host.handle(START, Request::Heard);
        send(&mut host, "SET b 1");
        assert_eq!(host.now.engine.dbs[0].len(), 2);
    }

    #[test]
    fn what_happens_later_is_guarded_too_and_told_of_once() {
        let caps = Caps {
            keys: 2,
            ..Caps::default()
        };
        let (mut host, capped) = open(caps, &[(0, 0, What::Connect), (0, 0, line("SET a 1"))]);
        assert_eq!(capped, None);
        let send = |host: &mut Host, text: &str| {
            let what = line(text);
            host.handle(START, Request::Input { conn: 0, what });
            let told = host.frame(START).updates;
            told.contains(&Update::Capped(Cap::Keys(2)))
        };
        assert!(!send(&mut host, "SET b 1"));
        assert!(send(&mut host, "SET c 1"));
        assert!(!send(&mut host, "SET d 1"));
    }
}
