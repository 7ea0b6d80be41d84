//! The lock: who holds it and for how long, and who was refused.

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::{colour, format, show};
use crate::session::message::{Event, Fact, LockView, Millis, ValueView};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::clock::{Clock, use_clock, use_now};
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::seen::use_seen;
use crate::ui::widgets::tag;
use crate::ui::widgets::typed::Typed;

/// Whether facts tell of a lock: then a key that is no longer there is shown as a lock that is free.
pub fn was_lock(facts: &[Event]) -> bool {
    facts
        .iter()
        .any(|event| matches!(event.fact, Fact::LockTaken { .. }))
}

/// What the inspector of a lock needs.
#[derive(Properties, PartialEq)]
pub struct LockProps {
    /// What every inspector does.
    pub panel: PanelProps,
    /// The script that releases a lock is to be shown, for a key and a token.
    pub on_release: Callback<(String, String)>,
}

/// The inspector of a lock, held or free.
#[component]
pub fn LockInspector(props: &LockProps) -> Html {
    let LockProps {
        panel: props,
        on_release,
    } = props;
    let node = use_node_ref();
    let seen = use_seen(&node);
    let held = match (props.value(), props.deadline()) {
        (Some(ValueView::Text(text)), Some(deadline)) => {
            text.lock.map(|lock| (lock, deadline, text.head.clone()))
        }
        _ => None,
    };
    let now = use_now(match (&held, seen) {
        (None, _) => 0,
        (_, true) => 100,
        (_, false) => 1000,
    });
    let held = held.filter(|(_, deadline, _)| *deadline > now);
    let left = held.as_ref().map_or(0, |(_, deadline, _)| deadline - now);
    let holder = held.as_ref().map(|(lock, ..)| lock.holder);
    let meta = match holder {
        Some(holder) => html! { <>{ "held by " }{ tag::client(Some(holder)) }</> },
        None => html! { <span class="tag good">{ "free" }</span> },
    };
    let free_line = format!("SET {} {} NX PX 30000", props.word(), token(props.facts()));
    html! {
        <Card
            {node} name={props.label()} kind="lock" words="lock" icon={Icon::Lock} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
            holder={holder.map(format::client_letter).unwrap_or_default()} ttl_ms={left.to_string()}
        >
            <div class="lock">
                <Ring held={held.as_ref().map(|(lock, deadline, _)| (*lock, *deadline))} {left} />
                { log(props.facts()) }
            </div>
            <div class="why">
                if let Some((_, _, head)) = &held {
                    { "Only its token releases it: " }
                    <Typed line={format!("DELIFEQ {} {}", props.word(), show::word(head))} on_command={props.on_command.clone()} />
                    { " compares and deletes (Valkey 9). Elsewhere " }
                    <button class="line" type="button" title="Open the script editor" onclick={on_release.reform({
                        let (key, token) = (format::lossy(&props.name), format::lossy(head));
                        move |_: MouseEvent| (key.clone(), token.clone())
                    })}>{ "a script" }</button>
                    { " does." }
                } else {
                    { "Whoever comes first takes it: " }<Typed line={free_line} on_command={props.on_command.clone()} />
                }
            </div>
        </Card>
    }
}

fn token(facts: &[Event]) -> String {
    let last = facts.iter().rev().find_map(|event| match &event.fact {
        Fact::LockTaken { token, .. } => Some(show::word(token)),
        _ => None,
    });
    last.unwrap_or_else(|| "9f3c51e1".into())
}

#[derive(Properties, PartialEq)]
struct RingProps {
    held: Option<(LockView, Millis)>,
    left: Millis,
}

/// A ring that empties with the TTL. The browser moves it; only the number is drawn again.
#[component]
fn Ring(props: &RingProps) -> Html {
    let clock = use_clock();
    let held = props.held;
    // Fixed until the deadline or the clock changes. Then the ring is a new element (its key is the style): a delay that
    // changes on a ring that moves already would count the time twice.
    let style = use_memo(
        (held, clock),
        |(held, clock): &(Option<(LockView, Millis)>, Clock)| {
            let (lock, deadline) = (*held)?;
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
    let of = held.map(|(lock, deadline)| total(&lock, deadline));
    html! {
        <svg class="ring" viewBox="0 0 100 100" role="img" aria-label={match of {
            Some(of) => format!("{} of {} left", format::duration(props.left), whole(of)),
            None => "free".into(),
        }}>
            <circle class="ring-track" cx="50" cy="50" r="42" />
            if let (Some((lock, deadline)), Some(style)) = (held, &*style) {
                <circle key={style.clone()} class="ring-left" cx="50" cy="50" r="42" transform="rotate(-90 50 50)" style={style.clone()} />
                <text class="ring-number" x="50" y="50">{ format::duration(props.left) }</text>
                <text class="ring-words" x="50" y="64">{ format!("of {} left", whole(total(&lock, deadline))) }</text>
            } else {
                <text class="ring-number" x="50" y="54">{ "free" }</text>
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

/// What happened to it, each time counted from when it was last taken. Newest first for a reader of the source;
/// the style turns it, so that the newest stays in view at the foot.
fn log(facts: &[Event]) -> Html {
    let mut since = None;
    let mut lines = Vec::new();
    for (i, event) in facts.iter().enumerate() {
        let Some(what) = words(event) else { continue };
        let taken = matches!(event.fact, Fact::LockTaken { .. });
        if taken {
            since = Some(event.at);
        }
        let at = since.map_or_else(String::new, |since| {
            format!("+{}", format::duration(event.at.saturating_sub(since)))
        });
        lines.push(html! {
            <li key={i} class={classes!(taken.then_some("taken"))}>
                <span class="num dim">{ at }</span>{ tag::client(event.conn) }<span>{ what }</span>
            </li>
        });
    }
    if lines.is_empty() {
        return html! { <p class="empty">{ "Nobody has asked for it since the page opened." }</p> };
    }
    html! { <ol class="steps" tabindex="0" aria-label="What happened to the lock, newest first">{ for lines.into_iter().rev() }</ol> }
}

fn words(event: &Event) -> Option<Html> {
    let bad = |word: &'static str| html! { <span class="no">{ word }</span> };
    Some(match &event.fact {
        Fact::LockTaken { token, .. } => {
            html! { <>{ "took it, token " }<span class="mono" title={format::lossy(token)}>{ shorten(&format::lossy(token)) }</span></> }
        }
        Fact::LockRefused {
            left: Some(left), ..
        } => {
            html! { <>{ bad("refused") }{ format!(", held for another {}", format::duration(*left)) }</> }
        }
        Fact::LockRefused { .. } => html! { <>{ bad("refused") }{ ", it is held" }</> },
        Fact::WrongToken { .. } => html! { <>{ bad("kept") }{ ", wrong token" }</> },
        Fact::LockReleased => html! { { "released it" } },
        Fact::Deleted => html! { <>{ bad("deleted") }{ " it, asking for no token" }</> },
        Fact::Expired => html! { { "ran out: free again" } },
        _ => return None,
    })
}

/// A token's first characters: enough to tell it from another.
fn shorten(token: &str) -> String {
    if token.chars().count() <= 10 {
        token.to_string()
    } else {
        token.chars().take(8).chain(['…']).collect()
    }
}
