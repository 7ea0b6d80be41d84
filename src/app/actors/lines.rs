//! Lines of a console that steer actors (`.crash worker_1`), and what is answered.

use crate::app::{Effect, State, format};
use crate::session::message::{Conn, SLOW_MAX, Steer};

/// The lines that steer an actor, as they are proposed.
pub const LINES: [&str; 6] = [".crash", ".go", ".halt", ".remove", ".restart", ".slow"];
/// How many names an error tells.
const NAMES_MAX: usize = 10;

/// What a line asks for: the name of an actor, and how it is steered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// Which actor.
    pub name: String,
    /// How.
    pub steer: Steer,
}

/// Whether a first word steers an actor.
pub fn is_order(word: &[u8]) -> bool {
    LINES
        .iter()
        .any(|line| word.eq_ignore_ascii_case(line.as_bytes()))
}

/// What is proposed behind the words that stand there.
pub fn values(words: &[Vec<u8>], names: &[String]) -> Vec<String> {
    match words {
        [_] => names.to_vec(),
        [line, _] if line.eq_ignore_ascii_case(b".slow") => {
            ["1", "2", "10", "100"].map(str::to_owned).to_vec()
        }
        _ => Vec::new(),
    }
}

/// What a line asks for; the error is what to print.
pub fn parse(words: &[Vec<u8>]) -> Result<Order, String> {
    let mut words = words
        .iter()
        .map(|word| String::from_utf8_lossy(word).into_owned());
    let line = words.next().unwrap_or_default().to_ascii_lowercase();
    let mut rest: Vec<String> = words.collect();
    let steer = match line.as_str() {
        ".crash" => Steer::Crash,
        ".restart" => Steer::Restart,
        ".halt" => Steer::Pause,
        ".go" => Steer::Resume,
        ".remove" => Steer::Remove,
        _ => {
            let factor = rest.pop().filter(|_| !rest.is_empty());
            let factor = factor.and_then(|factor| factor.parse().ok());
            let wrong = || {
                format!(
                    "(error) .slow takes an actor's name and a whole number from 1 to {SLOW_MAX}: .slow worker-1 10"
                )
            };
            let factor = factor
                .filter(|n| (1..=SLOW_MAX).contains(n))
                .ok_or_else(wrong)?;
            Steer::Slow { factor }
        }
    };
    match rest.is_empty() {
        true => Err(format!(
            "(error) {line} takes an actor's name: {line} worker-1"
        )),
        false => Ok(Order {
            name: rest.join(" "),
            steer,
        }),
    }
}

/// What came of it, in a line.
fn told(order: &Order) -> String {
    let name = &order.name;
    match order.steer {
        Steer::Crash => format!("{name} crashed"),
        Steer::Restart | Steer::Start { .. } => format!("{name} starts again"),
        Steer::Pause => format!("{name} stands still"),
        Steer::Resume => format!("{name} goes on"),
        Steer::Slow { factor: 1 } => format!("{name} takes as long as written"),
        Steer::Slow { factor } => format!("{name} takes {factor} times as long"),
        Steer::Remove => format!("{name} is removed"),
    }
}

impl State {
    /// A console's line steers an actor: it is told what came of it.
    pub(in crate::app) fn steer_line(
        &mut self,
        conn: Conn,
        order: Order,
        ticket: Option<u32>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        // Of two that are called the same, the one that was started last.
        let mut cards = self.actors.cards.iter().rev();
        let actor = cards
            .find(|card| card.name == order.name)
            .map(|card| card.conn);
        let (text, error) = match actor {
            Some(_) => (told(&order), false),
            None => (self.no_actor(&order.name), true),
        };
        if let Some(actor) = actor {
            self.steer(actor, order.steer, wall, effects);
        }
        let now = self.clock.now;
        if let Some(console) = self.console(conn) {
            console.transcript.answer(&text, error, now);
        }
        if let Some(ticket) = ticket {
            self.resolve(conn, ticket, text, wall, effects);
        }
    }

    fn no_actor(&self, name: &str) -> String {
        let names = self.actor_names();
        let name = format::shortened(name, 20);
        if names.is_empty() {
            return format!("(error) there is no actor '{name}': none was started");
        }
        let more = if names.len() > NAMES_MAX { ", …" } else { "" };
        let names: Vec<String> = names.into_iter().take(NAMES_MAX).collect();
        format!(
            "(error) there is no actor '{name}': there are {}{more}",
            names.join(", ")
        )
    }

    /// What the actors are called.
    pub(in crate::app) fn actor_names(&self) -> Vec<String> {
        self.actors
            .cards
            .iter()
            .map(|card| card.name.clone())
            .collect()
    }
}

#[cfg(test)]
mod tests;
