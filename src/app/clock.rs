//! The session's clock in the page: lines that turn it (`.advance 30s`), what is answered, and what is asked of the
//! server half.

use std::rc::Rc;

use super::{Action, Effect, State, format};
use crate::session::message::{ClockView, Conn, Expiry, Millis, Speed, Turn, Turned};

/// The lines that turn the clock, as they are proposed.
pub const LINES: [&str; 5] = [".advance", ".pause", ".resume", ".speed", ".step"];
/// What one of them is told when the server half was stopped before it answered.
const LOST: &str = "(error) The server half was started again; the clock is where it was.";
/// The longest way that a line moves the clock on.
const FARTHEST: Millis = 10 * 365 * 24 * 3_600_000;

/// What is proposed behind one of them.
pub fn values(name: &[u8]) -> Vec<String> {
    if name.eq_ignore_ascii_case(b".advance") {
        ["1s", "30s", "1m", "1h", "expiry", "timeout"]
            .map(str::to_owned)
            .to_vec()
    } else if name.eq_ignore_ascii_case(b".speed") {
        Speed::OFFERED.iter().map(Speed::to_string).collect()
    } else {
        Vec::new()
    }
}

/// Whether a first word turns the clock, or was meant to: no command begins with a dot.
pub fn is_turn(word: &[u8]) -> bool {
    matches!(word, [b'.', second, ..] if second.is_ascii_alphabetic())
}

/// What a line that turns the clock asks for; the error is what to print.
pub fn parse(words: &[Vec<u8>]) -> Result<Turn, String> {
    let words: Vec<String> = words
        .iter()
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (&name, rest) = words.split_first().unwrap_or((&"", &[]));
    let bare = |turn| match rest {
        [] => Ok(turn),
        _ => Err(format!(
            "(error) {} takes nothing behind it",
            name.to_ascii_lowercase()
        )),
    };
    match (name.to_ascii_lowercase().as_str(), rest) {
        (".pause", _) => bare(Turn::Pause),
        (".resume", _) => bare(Turn::Resume),
        (".step", _) => bare(Turn::Step),
        (".advance", [to]) if to.eq_ignore_ascii_case("expiry") => Ok(Turn::ToExpiry),
        (".advance", [to]) if to.eq_ignore_ascii_case("timeout") => Ok(Turn::ToTimeout),
        (".advance", [length]) => duration(length).map(Turn::Advance),
        (".advance", _) => Err(
            "(error) .advance takes one length of time, such as 30s, or expiry or timeout".into(),
        ),
        (".speed", [speed]) => speed_of(speed).map(Turn::Speed),
        (".speed", _) => Err("(error) .speed takes one number from 0.1 to 100: .speed 10".into()),
        _ => Err(format!(
            "(error) no {} here: the clock knows .pause, .resume, .step, .advance 30s and .speed 10, actors .crash, .go, .halt, .remove, .restart and .slow, the history .undo, .redo, .at, .back, .fork and .name",
            format::shortened(name, 20)
        )),
    }
}

/// Reads a length of time: a whole number, or one with a point, and `ms`, `s`, `m` or `h` behind it.
fn duration(text: &str) -> Result<Millis, String> {
    let wrong = || {
        format!(
            "(error) '{}' is no length of time: a number with ms, s, m or h behind it, such as 30s",
            format::shortened(text, 20)
        )
    };
    let unit_at = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .ok_or_else(wrong)?;
    let (number, unit) = text.split_at(unit_at);
    let unit: Millis = match unit.to_ascii_lowercase().as_str() {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| text.parse::<Millis>().map_err(|_| wrong());
    let far = || "(error) the clock moves on by ten years at most at once".to_string();
    // Digits beyond the ninth are far below a millisecond.
    let part = part.get(..9).unwrap_or(part);
    let below = digits(part)? * unit / 10u64.pow(part.len() as u32);
    let ms = digits(whole)?.checked_mul(unit).ok_or_else(far)? + below;
    match ms {
        0 => Err("(error) that is less than a millisecond".into()),
        1..=FARTHEST => Ok(ms),
        _ => Err(far()),
    }
}

/// Reads a speed: 0.1 to 100, with one digit behind the point, and perhaps a × before it.
fn speed_of(text: &str) -> Result<Speed, String> {
    let number = text.trim_start_matches(['×', 'x', 'X']);
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let tenths = |whole: &str, part: &str| {
        let digit = Some(part).filter(|p| p.len() == 1)?;
        let whole = whole.parse::<u16>().ok()?.checked_mul(10)?;
        whole.checked_add(digit.parse::<u16>().ok()?)
    };
    tenths(whole, part)
        .and_then(Speed::of_tenths)
        .ok_or_else(|| {
            format!(
                "(error) '{}' is no speed: a number from 0.1 to 100, such as 10",
                format::shortened(text, 20)
            )
        })
}

/// A key as it is named beside the clock.
pub fn expiry_name(expiry: &Expiry) -> String {
    let fields = if expiry.field { "fields of " } else { "" };
    let db = match expiry.db {
        0 => String::new(),
        db => format!(" (db {db})"),
    };
    format!(
        "{fields}{}{db}",
        format::shortened(&format::lossy(&expiry.key), 40)
    )
}

/// What the clock did, in a line, and whether it could not. Moments count from the session's start.
fn told(turned: &Turned, start: Millis, stands: bool) -> (String, bool) {
    let to = format::clock(turned.at.saturating_sub(start));
    let moved = turned.at > turned.from;
    match turned.turn {
        Turn::Pause => return (format!("the clock stands at {to}"), false),
        Turn::Resume => return (format!("the clock runs ×{}", turned.speed), false),
        Turn::Speed(speed) if turned.paused => {
            return (format!("the clock stands; it will run ×{speed}"), false);
        }
        Turn::Speed(speed) => return (format!("the clock runs ×{speed}"), false),
        _ if moved => {}
        _ if stands => {
            let text = "(error) a script stands still, and the clock with it: step on, or run it to its end";
            return (text.into(), true);
        }
        Turn::Advance(_) => return ("(error) this is the end of time".into(), true),
        Turn::ToExpiry => return ("(error) nothing is to expire".into(), true),
        Turn::ToTimeout => return ("(error) no wait has an end".into(), true),
        Turn::Step => return ("(error) nothing happens by itself".into(), true),
    }
    let by = format::duration(turned.at - turned.from);
    let mut text = format!("{by} on, to {to}");
    if matches!(turned.turn, Turn::Step | Turn::ToExpiry)
        && let Some(expiry) = &turned.expiry
    {
        text += &format!(": {} expired", expiry_name(expiry));
    }
    if matches!(turned.turn, Turn::Step | Turn::ToTimeout)
        && let Some(timeout) = turned.timeout
    {
        text += &format!(
            ": {} has waited long enough",
            format::client_letter(timeout.conn)
        );
    }
    (text, false)
}

/// Who turned the clock: a client's console, and whoever waits for its answer; nobody where it was a button.
pub type Asked = Option<(Conn, Option<u32>)>;

impl State {
    /// Whether the clock is held, by the learner or by a script that stands still.
    pub fn clock_runs(&self) -> bool {
        self.ready() && !self.time.paused && self.script.stand.is_none() && !self.in_past()
    }

    /// Turns the clock.
    pub(super) fn turn(&mut self, turn: Turn, asked: Asked, wall: f64, effects: &mut Vec<Effect>) {
        self.turns.push_back(asked);
        let orders = self.port.turn(turn);
        self.follow(orders, wall, effects);
    }

    /// The clock was turned: whoever asked for it is told.
    pub(super) fn turned(
        &mut self,
        turned: &Turned,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) -> Option<Conn> {
        let (conn, ticket) = self.turns.pop_front()??;
        let start = self.log().start;
        let stands = self.script.stand.is_some();
        let (text, error) = told(turned, start, stands);
        self.answer_turn(conn, ticket, text, error, wall, effects);
        Some(conn)
    }

    /// The server half is started anew: nobody will say how the clock was turned.
    pub(super) fn turns_lost(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let lost: Vec<_> = self.turns.drain(..).flatten().collect();
        for (conn, ticket) in lost {
            self.answer_turn(conn, ticket, LOST.into(), true, wall, effects);
            self.pump(conn, wall, effects);
        }
    }

    fn answer_turn(
        &mut self,
        conn: Conn,
        ticket: Option<u32>,
        text: String,
        error: bool,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        let now = self.clock.now;
        if let Some(console) = self.console(conn) {
            console.turning = false;
            console.transcript.answer(&text, error, now);
        }
        if let Some(ticket) = ticket {
            self.resolve(conn, ticket, text, wall, effects);
        }
    }

    /// The clock runs otherwise, or something else happens next.
    pub(super) fn clock_told(&mut self, view: ClockView) {
        self.time = Rc::new(view);
    }
}

impl Action {
    /// Holds the clock where it runs, and lets it run where it is held.
    pub fn pause_or_resume(paused: bool) -> Self {
        Self::Clock(if paused { Turn::Resume } else { Turn::Pause })
    }
}

#[cfg(test)]
mod tests;
