//! The session's time, as the parts of the page read it.

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::session::message::{Millis, Speed};

/// How far two clocks may be apart, in milliseconds, and still be the same clock. Every frame brings the
/// session's time anew; whoever shows time is woken only when it does not run as it was running.
const DRIFT: f64 = 20.0;

/// The session's clock: a moment, and the browser's clock (`performance.now`, in milliseconds) at that moment.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    /// The session's moment.
    pub now_at_frame: Millis,
    /// The browser's clock then.
    pub frame_wall: f64,
    /// Whether it runs. A clock that stands shows its moment.
    pub running: bool,
    /// How fast it runs.
    pub speed: Speed,
}

impl Clock {
    /// The session's moment now.
    pub fn now(&self) -> Millis {
        if !self.running {
            return self.now_at_frame;
        }
        let passed = (wall() - self.frame_wall).max(0.0) * self.speed.factor();
        self.now_at_frame.saturating_add(passed as Millis)
    }

    /// How long a time of the session takes by the browser's clock, in milliseconds.
    pub fn lasts(&self, session: Millis) -> f64 {
        session as f64 / self.speed.factor()
    }

    fn offset(&self) -> f64 {
        self.now_at_frame as f64 - self.frame_wall * self.speed.factor()
    }
}

/// Equal where they show the same time, give or take some milliseconds.
impl PartialEq for Clock {
    fn eq(&self, other: &Self) -> bool {
        (self.running, self.speed) == (other.running, other.speed)
            && if self.running {
                (self.offset() - other.offset()).abs() < DRIFT * self.speed.factor()
            } else {
                self.now_at_frame == other.now_at_frame
            }
    }
}

fn wall() -> f64 {
    web_sys::window()
        .and_then(|w| w.performance())
        .map_or(0.0, |p| p.now())
}

/// The session's clock; one that stands at 0 where none is provided.
#[hook]
pub fn use_clock() -> Clock {
    use_context::<Clock>().unwrap_or_default()
}

/// The shortest time between two drawings of a time, in milliseconds of the browser's clock.
const REDRAW: f64 = 100.0;

/// The session's moment, drawn again every `interval_ms` of the session while the clock runs (0: never), but no more
/// often than anybody can read.
#[hook]
pub fn use_now(interval_ms: u32) -> Millis {
    let clock = use_clock();
    let redraw = use_force_update();
    let every = clock.lasts(interval_ms.into()).max(REDRAW) as u32;
    let runs = clock.running && interval_ms > 0;
    use_effect_with((every, runs), move |&(every, runs)| {
        let timer = runs.then(|| Interval::new(every, move || redraw.force_update()));
        move || drop(timer)
    });
    clock.now()
}
