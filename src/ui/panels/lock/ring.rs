//! A ring that empties with a lock's TTL.

use yew::prelude::*;

use crate::app::words::lock as words;
use crate::app::{colour, format};
use crate::session::message::{LockView, Millis};
use crate::ui::widgets::clock::{Clock, use_clock};

/// What the ring shows.
#[derive(Properties, PartialEq)]
pub struct RingProps {
    /// The lock while it is held, and when it is free again; `None`: it has no TTL.
    pub held: Option<(LockView, Option<Millis>)>,
    /// How long it is still held, in milliseconds.
    pub left: Millis,
}

/// A ring that empties with the TTL. The browser moves it; only the number is drawn again.
#[component]
pub fn Ring(props: &RingProps) -> Html {
    let clock = use_clock();
    let held = props.held;
    // Fixed until the deadline or the clock changes. Then the ring is a new element (its key is the style): a delay that
    // changes on a ring that moves already would count the time twice.
    let style = use_memo(
        (held, clock),
        |(held, clock): &(Option<(LockView, Option<Millis>)>, Clock)| {
            let (lock, deadline) = (*held)?;
            let Some(deadline) = deadline else {
                return Some(format!(
                    "--c:{};animation:none",
                    colour::client_var(lock.holder)
                ));
            };
            let total = total(&lock, deadline);
            let elapsed = total.saturating_sub(deadline.saturating_sub(clock.now()));
            let state = if clock.running { "running" } else { "paused" };
            Some(format!(
                "--c:{};--total:{:.0}ms;--elapsed:-{:.0}ms;--run:{state}",
                colour::client_var(lock.holder),
                clock.lasts(total),
                clock.lasts(elapsed)
            ))
        },
    );
    let of = held.map(|(lock, deadline)| deadline.map(|deadline| total(&lock, deadline)));
    html! {
        <svg class="ring" viewBox="0 0 100 100" role="img" aria-label={match of {
            Some(Some(of)) => words::left(props.left, &whole(of)),
            Some(None) => words::WITHOUT_TTL.into(),
            None => words::FREE.into(),
        }}>
            <circle class="ring-track" cx="50" cy="50" r="42" />
            if let (Some(of), Some(style)) = (of, &*style) {
                <circle key={style.clone()} class="ring-left" cx="50" cy="50" r="42" transform="rotate(-90 50 50)" ~style={style.clone()} />
                if let Some(of) = of {
                    <text class="ring-number" x="50" y="50">{ format::duration(props.left) }</text>
                    <text class="ring-words" x="50" y="64">{ words::of_left(&whole(of)) }</text>
                } else {
                    <text class="ring-number" x="50" y="54">{ words::NO_TTL }</text>
                }
            } else {
                <text class="ring-number" x="50" y="54">{ words::FREE }</text>
            }
        </svg>
    }
}

/// The whole TTL: as it was taken, or longer where it was extended since.
fn total(lock: &LockView, deadline: Millis) -> Millis {
    lock.ttl.max(deadline.saturating_sub(lock.since)).max(1)
}

/// A TTL as it was typed: whole seconds without a fraction.
fn whole(ms: Millis) -> String {
    if ms < 60_000 && ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format::duration(ms)
    }
}
