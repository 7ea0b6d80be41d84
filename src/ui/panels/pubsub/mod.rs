//! Subscribers against channels and patterns, what became of each message, and what a stream kept of them.

mod seats;

use std::collections::BTreeMap;
use std::rc::Rc;

use yew::prelude::*;

use crate::app::matrix::Matrix;
use crate::app::words::common;
use crate::app::words::pubsub as words;
use crate::app::{format, show};
use crate::session::message::{Event, Fact, KeptView, View};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::said::said;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Since;
use crate::ui::widgets::typed::Typed;
use seats::Seats;

/// What the inspector needs.
#[derive(Properties)]
pub struct PubSubProps {
    /// A [`View::PubSub`].
    pub view: Rc<View>,
    /// Whether it is pinned.
    pub pinned: bool,
    /// It is pinned or let go.
    pub on_pin: Callback<()>,
    /// It is closed.
    pub on_close: Callback<()>,
    /// A command is to be typed in a console.
    pub on_command: Callback<String>,
}

impl PartialEq for PubSubProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.view, &other.view)
            && self.pinned == other.pinned
            && self.on_pin == other.on_pin
            && self.on_close == other.on_close
            && self.on_command == other.on_command
    }
}

/// The inspector of channels.
#[component]
pub fn PubSubInspector(props: &PubSubProps) -> Html {
    let View::PubSub { now, messages } = &*props.view else {
        return Html::default();
    };
    let matrix = Matrix::of(now);
    let channels = now.channels.len() + now.shards.len();
    let patterns = now.patterns.len();
    let sent: u64 = now.senders.iter().map(|sender| sender.sent).sum();
    let meta = html! { { words::size(channels, patterns) } };
    html! {
        <Card
            name="" kind="pubsub" words={words::TITLE} icon={Icon::Channel} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="pubsub" tabindex="0" role="group" aria-label={words::SUBSCRIPTIONS_AND_MESSAGES}>
                if now.channels.is_empty() && now.patterns.is_empty() && now.shards.is_empty() {
                    <p class="empty">{ words::NOBODY_SUBSCRIBED }<Typed line="SUBSCRIBE notifications:42" on_command={props.on_command.clone()} /></p>
                }
                if !matrix.rows.is_empty() {
                    <Seats matrix={matrix.clone()} last={messages.last().cloned()} {sent} />
                }
                { kept(&now.kept, messages, &props.on_command) }
                { list(messages, &props.on_command) }
            </div>
            <div class="why">{ why(messages, &matrix) }</div>
        </Card>
    }
}

fn list(messages: &[Event], on_command: &Callback<String>) -> Html {
    if messages.is_empty() {
        return html! { <p class="empty">{ words::NO_MESSAGE }<Typed line="PUBLISH notifications:42 hello" on_command={on_command.clone()} /></p> };
    }
    let total = messages.len();
    html! {
        <ol class="messages" aria-label={words::MESSAGES}>
            for (i, event) in messages.iter().enumerate().rev() {
                // A message is told from another by its moment and by how many of that moment came before it.
                <li
                    key={format!("{}-{}", event.at, messages.get(..i).unwrap_or_default().iter().filter(|e| e.at == event.at).count())}
                    class={classes!((i + 1 == total).then_some("latest"))}
                >
                    { message(event) }
                </li>
            }
        </ol>
    }
}

fn message(event: &Event) -> Html {
    let Fact::Published {
        message, receivers, ..
    } = &event.fact
    else {
        return Html::default();
    };
    // A client that listens by channel and by pattern gets the message twice.
    let mut times = BTreeMap::new();
    for conn in receivers {
        *times.entry(*conn).or_insert(0_usize) += 1;
    }
    html! {
        <>
            <span class="from">
                { tag::client(event.conn) }<span class="vh">{ words::PUBLISHED_TO }</span>
                <span class="mono dim">{ format::lossy(&event.key) }</span>
                <span class="ago dim">{ said(common::ago(html! { <Since since={event.at} /> })) }</span>
            </span>
            <span class="mono body">{ format::lossy(message) }</span>
            <span class="reach">
                if receivers.is_empty() {
                    <span class="tag bad">{ words::LOST }</span>
                } else {
                    <span class="dim">{ words::reached(receivers.len()) }</span>
                    for (conn, count) in times {
                        { tag::client(Some(conn)) }
                        if count > 1 { <span class="dim">{ format!("×{}", format::count(count as u64)) }</span> }
                    }
                }
            </span>
        </>
    }
}

/// What streams hold of the last messages; otherwise how one would.
fn kept(kept: &[KeptView], messages: &[Event], on_command: &Callback<String>) -> Html {
    let Some(Event {
        fact: Fact::Published { message, .. },
        ..
    }) = messages.last()
    else {
        return Html::default();
    };
    if kept.is_empty() {
        let line = format!("XADD messages * message {}", show::word(message));
        return html! { <p class="ps-kept ps-none">{ words::NO_STREAM_HOLDS }<Typed {line} on_command={on_command.clone()} /></p> };
    }
    html! {
        <ul class="ps-kept" aria-label={words::STREAMS_THAT_HOLD}>
            for kept in kept {
                <li key={show::word(&kept.key)}>
                    <b class="mono">{ format::lossy(&kept.key) }</b>
                    { words::holds(kept.messages, messages.len()) }
                    if kept.readers.is_empty() {
                        { words::ANYBODY_CAN_READ }
                    } else {
                        for (i, (conn, count)) in kept.readers.iter().enumerate() {
                            if i > 0 { { ", " } }
                            { said(words::missed(tag::client(Some(*conn)), *count as u64)) } } { words::OF_THOSE }
                    }
                    <Typed line={format!("XREAD COUNT {} STREAMS {} {}", kept.entries.max(10), show::word(&kept.key), kept.after)} on_command={on_command.clone()} />
                </li>
            }
        </ul>
    }
}

fn why(messages: &[Event], matrix: &Matrix) -> Html {
    let lost = messages.iter().filter(|event| matches!(&event.fact, Fact::Published { receivers, .. } if receivers.is_empty())).count();
    let missed = matrix.missed();
    if !missed.is_empty() {
        return html! {
            <>
                for (i, (conn, count)) in missed.iter().take(4).enumerate() {
                    if i > 0 { { ", " } }
                    { said(words::missed(tag::client(Some(*conn)), *count)) }
                }
                if missed.len() > 4 { { words::more_missed(missed.len() - 4) } }
                { words::NOT_KEPT_FOR_AWAY }
            </>
        };
    }
    match (messages.len(), lost) {
        (0, _) => {
            html! { { words::NOTHING_IS_KEPT } }
        }
        (_, 0) => {
            html! { { words::EACH_REACHED } }
        }
        (all, lost) => {
            html! { { words::lost_of(lost, all) } }
        }
    }
}
