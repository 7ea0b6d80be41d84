//! The session's clock: what the wall clock says becomes a moment of the session, which the learner can
//! hold still, run slower or faster, and move on. It never goes back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::engine::time::Millis;

/// The last moment that the clock reaches: the end of the year 9999.
pub const LAST: Millis = 253_402_300_799_999;

/// How fast the session's clock runs, in tenths of the wall clock's speed: 0.1 to 100 times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speed(u16);

impl Speed {
    /// As fast as the wall clock.
    pub const NORMAL: Self = Self(10);
    /// Those that the page offers.
    pub const OFFERED: [Self; 4] = [Self(1), Self::NORMAL, Self(100), Self(1000)];

    /// So many tenths, from 1 to 1000.
    pub fn of_tenths(tenths: u16) -> Option<Self> {
        (1..=1000).contains(&tenths).then_some(Self(tenths))
    }

    /// In tenths, never 0.
    pub fn tenths(self) -> u64 {
        u64::from(self.0.max(1))
    }

    /// Milliseconds of the session in a millisecond of the wall clock.
    pub fn factor(self) -> f64 {
        self.tenths() as f64 / 10.0
    }
}

impl Default for Speed {
    fn default() -> Self {
        Self::NORMAL
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tenths() / 10, self.tenths() % 10) {
            (whole, 0) => write!(f, "{whole}"),
            (whole, tenths) => write!(f, "{whole}.{tenths}"),
        }
    }
}

/// The session's clock.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The session's moment when the wall clock was last read.
    now: Millis,
    /// What of the session's next millisecond has passed, in tenths: carried on, so that nothing is lost.
    rest: u64,
    /// What the wall clock said then.
    wall: Millis,
    speed: Speed,
    paused: bool,
}

impl Clock {
    /// A clock that runs with the wall clock from a moment on.
    pub fn new(start: Millis) -> Self {
        Self {
            now: start,
            rest: 0,
            wall: start,
            speed: Speed::NORMAL,
            paused: false,
        }
    }

    /// The session's moment when the wall clock was last read.
    pub fn now(&self) -> Millis {
        self.now
    }

    /// How fast it runs.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Whether it is held.
    pub fn paused(&self) -> bool {
        self.paused
    }

    /// The session's moment at a moment of the wall clock. A wall clock that is set back takes nothing away.
    pub fn read(&mut self, wall: Millis) -> Millis {
        let passed = wall.saturating_sub(self.wall);
        self.wall = wall;
        if !self.paused {
            let tenths = passed.saturating_mul(self.speed.tenths());
            let tenths = tenths.saturating_add(self.rest);
            self.rest = tenths % 10;
            self.jump_to(self.now.saturating_add(tenths / 10));
        }
        self.now
    }

    /// The wall clock goes on without this one.
    pub fn stand(&mut self, wall: Millis) {
        self.wall = wall;
    }

    /// Sets it to a moment, to run from there as fast as before: the session begins there, or stands there.
    pub fn set(&mut self, now: Millis) {
        self.now = now;
        self.rest = 0;
    }

    /// Moves it on to a moment; one that has passed, or comes after [`LAST`], counts as the nearest it can show.
    pub fn jump_to(&mut self, when: Millis) {
        self.now = when.min(LAST).max(self.now);
    }

    /// Holds it.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// Lets it run.
    pub fn resume(&mut self) {
        self.paused = false;
    }

    /// Runs it faster or slower from the last moment it was read on.
    pub fn set_speed(&mut self, speed: Speed) {
        self.speed = speed;
    }

    /// When the wall clock will stand at a moment of the session; `None`: never, as things are.
    pub fn wall_at(&self, when: Millis) -> Option<Millis> {
        if self.paused || when > LAST {
            return None;
        }
        let tenths = when.saturating_sub(self.now).saturating_mul(10);
        let left = tenths.saturating_sub(self.rest);
        Some(self.wall.saturating_add(left.div_ceil(self.speed.tenths())))
    }
}

/// The wall clock without the time that the computer slept: whoever is awake reads it at least once a minute.
#[derive(Clone, Copy, Debug, Default)]
pub struct Awake {
    /// What the wall clock said when it was last read, once it was.
    read: Option<Millis>,
    /// How long the computer slept.
    slept: Millis,
}

impl Awake {
    /// More than this between two readings, in milliseconds, is sleep.
    const UNREAD_MAX: Millis = 120_000;

    /// What the wall clock would say without the sleep, and whether the computer has just woken.
    pub fn read(&mut self, wall: Millis) -> (Millis, bool) {
        let passed = wall.saturating_sub(self.read.unwrap_or(wall));
        self.read = Some(wall);
        let woke = passed > Self::UNREAD_MAX;
        if woke {
            self.slept += passed;
        }
        (wall.saturating_sub(self.slept), woke)
    }
}

#[cfg(test)]
mod tests;
