//! A key that is not there: what became of it, who waits for it, and what would make it.

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::client::Waiting;
use crate::app::{format, show};
use crate::session::message::{Bytes, Event, Fact, Kind};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Since;
use crate::ui::widgets::typed::Typed;

/// What the inspector needs.
#[derive(Properties, PartialEq)]
pub struct MissingProps {
    /// What every inspector has.
    pub panel: PanelProps,
    /// The clients that wait for the key.
    pub waiting: Vec<Waiting>,
}

/// The inspector of a key that is not there.
#[component]
pub fn MissingInspector(props: &MissingProps) -> Html {
    let panel = &props.panel;
    let last = last(panel.facts());
    let kind = last
        .as_ref()
        .and_then(|last| last.was)
        .map(|(kind, _)| kind);
    let waits = !props.waiting.is_empty();
    html! {
        <Card
            name={panel.label()} kind="none" words="no such key" icon={Icon::Missing} meta={html! { <span class="tag plain">{ "not there" }</span> }}
            pinned={panel.pinned} on_pin={panel.on_pin.clone()} on_close={panel.on_close.clone()}
        >
            <div class="missing" tabindex="0" role="group" aria-label="What became of it">
                { story(last) }
                if waits {
                    <p>{ "Waiting for it, the first in line first:" }</p>
                    <ul class="missing-waiting">
                        for waiting in &props.waiting {
                            <li>{ tag::client(Some(waiting.conn)) }{ " for " }<Since since={waiting.since} />{ if waiting.until.is_none() { ", without an end" } else { "" } }</li>
                        }
                    </ul>
                }
                <p>{ if kind.is_some() { "To make it again, or as something else:" } else { "Any of these makes it:" } }</p>
                <ul class="proposals">
                    for line in proposals(&panel.word(), kind) { <li><Typed {line} on_command={panel.on_command.clone()} /></li> }
                </ul>
            </div>
        </Card>
    }
}

/// How a key went last.
struct Last<'a> {
    event: &'a Event,
    /// What it was, and its size.
    was: Option<(Kind, u64)>,
    /// Where it is now.
    to: Option<&'a (usize, Bytes)>,
}

fn last(facts: &[Event]) -> Option<Last<'_>> {
    let at = facts.iter().rposition(|event| {
        matches!(
            event.fact,
            Fact::Gone { .. } | Fact::Expired | Fact::Deleted | Fact::LockReleased
        )
    })?;
    let event = facts.get(at)?;
    // What it was is noted right before why it went.
    let gone = facts
        .get(..=at)?
        .iter()
        .rev()
        .find_map(|event| match &event.fact {
            Fact::Gone { kind, size, to } => Some(((*kind, *size), to.as_ref())),
            _ => None,
        });
    Some(Last {
        event,
        was: gone.map(|(was, _)| was),
        to: gone.and_then(|(_, to)| to),
    })
}

fn story(last: Option<Last<'_>>) -> Html {
    let Some(Last { event, was, to }) = last else {
        return html! { <p>{ "There is no such key." }</p> };
    };
    let what = match was {
        // The command that emptied it comes before this.
        Some((kind, 0)) => format!("It was a {}. ", show::kind_words(kind)),
        Some((kind, size)) => format!(
            "It was a {} of {}. ",
            show::kind_words(kind),
            show::size(kind, size)
        ),
        None => String::new(),
    };
    let ago = html! { <><Since since={event.at} />{ " ago" }</> };
    let how = match (&event.fact, to, event.conn) {
        (Fact::Expired, ..) => {
            html! { <>{ "It expired at " }<b class="mono num">{ show::time_of_day(event.at) }</b>{ ", " }{ ago }{ ", at its exact deadline." }</> }
        }
        (_, Some((_, key)), conn) => {
            html! { <>{ tag::client(conn) }{ format!(" gave it another place, {}, ", format::lossy(key)) }{ ago }{ "." }</> }
        }
        (Fact::Gone { .. }, _, None) => {
            html! { <>{ "Its last field expired " }{ ago }{ ", and what is empty is not there." }</> }
        }
        (Fact::Gone { .. }, _, conn) => {
            html! { <>{ tag::client(conn) }{ " took the last of it " }{ ago }{ ", and what is empty is not there." }</> }
        }
        (_, _, conn) => html! { <>{ tag::client(conn) }{ " deleted it " }{ ago }{ "." }</> },
    };
    html! { <p>{ what }{ how }</p> }
}

/// Commands that make the key: first one that makes what it was.
fn proposals(key: &str, kind: Option<Kind>) -> Vec<String> {
    let make = |kind: Kind| match kind {
        Kind::Text => format!("SET {key} hello"),
        Kind::Lock => format!("SET {key} token NX PX 30000"),
        Kind::Hll => format!("PFADD {key} ann"),
        Kind::Zset => format!("ZADD {key} 100 ann"),
        Kind::Stream => format!("XADD {key} * type click"),
        Kind::List => format!("RPUSH {key} job1"),
        Kind::Set => format!("SADD {key} ann"),
        Kind::Hash => format!("HSET {key} name ann"),
    };
    let usual = [
        Kind::Text,
        Kind::Zset,
        Kind::Stream,
        Kind::Lock,
        Kind::Hll,
        Kind::List,
        Kind::Set,
        Kind::Hash,
    ];
    kind.into_iter()
        .chain(usual.into_iter().filter(|other| Some(*other) != kind))
        .map(make)
        .collect()
}
