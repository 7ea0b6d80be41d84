//! The clock bar.

pub const RESUME: &str = "Resume";
pub const RESUME_DOES: &str = "Let the clock run (.resume)";
pub const PAUSE: &str = "Pause";
pub const PAUSE_DOES: &str = "Hold the clock: nothing expires, no wait ends (.pause)";
pub const CLOCK: &str = "Clock";
pub const SPEED: &str = "Speed";
pub const STEP: &str = "Step";
pub const TIME_SINCE_BEGAN: &str = "Time since the session began";

pub const MOVE_1_S: &str = "+1 s";
pub const MOVE_1_S_DOES: &str = "Move the clock on by 1 second";
pub const MOVE_30_S: &str = "+30 s";
pub const MOVE_30_S_DOES: &str = "Move the clock on by 30 seconds";

pub fn step_does(next: Option<&str>) -> String {
    match next {
        Some(at) => {
            format!("Step: move the clock on to what happens next by itself, at {at} (.step)")
        }
        None => "Step: nothing is to happen by itself".into(),
    }
}

pub fn to_expiry_does(key: &str, at: &str) -> String {
    format!("Move the clock on to the next expiry: {key} at {at}")
}

pub const NOTHING_TO_EXPIRE: &str = "Nothing is to expire";

pub fn to_timeout_does(client: &str, at: &str) -> String {
    format!("Move the clock on to the next timeout: the wait of {client} ends at {at}")
}

pub const NO_WAIT_HAS_AN_END: &str = "No client's wait has an end";

pub fn more(speed: &str) -> String {
    format!("×{speed}, more of the clock")
}

pub fn speed_does(speed: &str) -> String {
    format!("Run the clock ×{speed} (.speed {speed})")
}

pub fn next_expiry(key: &str) -> String {
    format!("Next expiry {key}")
}

pub fn next_timeout(client: &str) -> String {
    format!("Next timeout {client}")
}

/// Before [`EXPIRY`] or [`TIMEOUT`], where there is room.
pub const NEXT: &str = "Next\u{a0}";
pub const EXPIRY: &str = "expiry";
pub const TIMEOUT: &str = "timeout";
