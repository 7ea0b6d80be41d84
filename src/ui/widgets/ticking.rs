//! Times that run: each redraws itself alone.

use yew::prelude::*;

use super::clock::{use_clock, use_now};
use crate::app::format;
use crate::app::words::common as words;
use crate::session::message::Millis;

/// From when on an entry has waited too long, in milliseconds: the article's workers claim after 30 seconds.
pub const IDLE_LONG: Millis = 30_000;

/// How often a time that long is drawn again: as often as its text changes.
fn interval(length: Millis) -> u32 {
    match length {
        ..60_000 => 100,
        60_000..3_600_000 => 1000,
        _ => 10_000,
    }
}

/// When a key expires.
#[derive(Properties, PartialEq)]
pub struct TtlProps {
    /// The moment.
    pub deadline: Millis,
}

/// How long a key still has.
#[component]
pub fn Ttl(props: &TtlProps) -> Html {
    let left = props.deadline.saturating_sub(use_clock().now());
    let now = use_now(interval(left));
    html! { <span class="ttl num" title={words::TIME_TO_LIVE}>{ format::duration(props.deadline.saturating_sub(now)) }</span> }
}

/// Since when something has waited.
#[derive(Properties, PartialEq)]
pub struct SinceProps {
    /// The moment.
    pub since: Millis,
    /// It stands out when that is long ago.
    #[prop_or_default]
    pub warn: bool,
}

/// How long ago something was.
#[component]
pub fn Since(props: &SinceProps) -> Html {
    let ago = use_clock().now().saturating_sub(props.since);
    let ago = use_now(interval(ago).max(200)).saturating_sub(props.since);
    let text = format::duration(ago);
    if props.warn && ago >= IDLE_LONG {
        html! { <span class="tag warn num" title={words::LONG_UNACKNOWLEDGED}>{ text }</span> }
    } else {
        html! { <span class="num">{ text }</span> }
    }
}
