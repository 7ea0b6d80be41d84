//! A key that is not there: what became of it, who waits for it, and what would make it.

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::client::Waiting;
use crate::app::words::missing as words;
use crate::app::{format, show};
use crate::session::message::{Bytes, Event, Fact, Kind};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::said::said;
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
            name={panel.label()} kind="none" words={words::KIND} icon={Icon::Missing} meta={html! { <span class="tag plain">{ words::NOT_THERE }</span> }}
            pinned={panel.pinned} on_pin={panel.on_pin.clone()} on_close={panel.on_close.clone()}
        >
            <div class="missing" tabindex="0" role="group" aria-label={words::WHAT_BECAME}>
                { story(last) }
                if waits {
                    <p>{ words::WAITING }</p>
                    <ul class="missing-waiting">
                        for waiting in &props.waiting {
                            <li>{ said(words::waits(tag::client(Some(waiting.conn)), html! { <Since since={waiting.since} /> }, waiting.until.is_none())) }</li>
                        }
                    </ul>
                }
                <p>{ if kind.is_some() { words::MAKE_IT_AGAIN } else { words::ANY_MAKES_IT } }</p>
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
            Fact::Gone { .. } | Fact::Expired | Fact::Evicted | Fact::Deleted | Fact::LockReleased
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
        return html! { <p>{ words::NO_SUCH_KEY }</p> };
    };
    let what = match was {
        // The command that emptied it comes before this.
        Some((kind, 0)) => words::it_was(show::kind_words(kind), None),
        Some((kind, size)) => words::it_was(show::kind_words(kind), Some(&show::size(kind, size))),
        None => String::new(),
    };
    let since = html! { <Since since={event.at} /> };
    let how = match (&event.fact, to, event.conn) {
        (Fact::Expired, ..) => words::expired(
            html! { <b class="mono num">{ show::time_of_day(event.at) }</b> },
            since,
        ),
        (Fact::Evicted, ..) => words::evicted(since),
        (_, Some((_, key)), conn) => words::moved(tag::client(conn), &format::lossy(key), since),
        (Fact::Gone { .. }, _, None) => words::last_field_expired(since),
        (Fact::Gone { .. }, _, conn) => words::took_the_last(tag::client(conn), since),
        (_, _, conn) => words::deleted(tag::client(conn), since),
    };
    html! { <p>{ what }{ said(how) }</p> }
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
