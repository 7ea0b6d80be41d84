//! The session's time, as the parts of the page read it.

use gloo::timers::callback::Interval;
use yew::prelude::*;

use crate::session::message::Millis;

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
}

impl Clock {
    /// The session's moment now.
    pub fn now(&self) -> Millis {
        if !self.running {
            return self.now_at_frame;
        }
        self.now_at_frame
            .saturating_add((wall() - self.frame_wall).max(0.0) as Millis)
    }

    fn offset(&self) -> f64 {
        self.now_at_frame as f64 - self.frame_wall
    }
}

/// Equal where they show the same time, give or take some milliseconds.
impl PartialEq for Clock {
    fn eq(&self, other: &Self) -> bool {
        self.running == other.running
            && if self.running {
                (self.offset() - other.offset()).abs() < DRIFT
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

/// The session's moment, drawn again every `interval_ms` while the clock runs (0: never).
#[hook]
pub fn use_now(interval_ms: u32) -> Millis {
    let clock = use_clock();
    let redraw = use_force_update();
    use_effect_with(
        (interval_ms, clock.running),
        move |&(interval_ms, running)| {
            let timer = (running && interval_ms > 0)
                .then(|| Interval::new(interval_ms, move || redraw.force_update()));
            move || drop(timer)
        },
    );
    clock.now()
}
