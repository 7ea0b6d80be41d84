//! Channels and patterns against their subscribers, and what became of each message.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use yew::prelude::*;

use crate::app::{colour, format};
use crate::session::message::{Bytes, Conn, Event, Fact, PubSubView, View};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::{Icon, icon};
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Since;
use crate::ui::widgets::typed::Typed;

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
    let (channels, patterns) = (now.channels.len(), now.patterns.len());
    let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let meta =
        html! { { format!("{} · {}", plural(channels, "channel"), plural(patterns, "pattern")) } };
    html! {
        <Card
            name="" kind="pubsub" words="Channels" icon={Icon::Channel} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="pubsub" tabindex="0" role="group" aria-label="Subscriptions and messages">
                { matrix(now, &props.on_command) }
                { list(messages, &props.on_command) }
            </div>
            <div class="why">{ why(messages) }</div>
        </Card>
    }
}

fn matrix(now: &PubSubView, on_command: &Callback<String>) -> Html {
    let clients: BTreeSet<Conn> = now
        .channels
        .iter()
        .chain(&now.patterns)
        .flat_map(|(_, who)| who.iter().copied())
        .collect();
    if clients.is_empty() {
        return html! { <p class="empty">{ "Nobody is subscribed. " }<Typed line="SUBSCRIBE notifications:42" on_command={on_command.clone()} /></p> };
    }
    let row = |kind: Icon, name: &Bytes, who: &[Conn]| {
        html! {
            <tr key={format!("{kind:?}{}", format::lossy(name))}>
                <th scope="row"><span class="named">{ icon(kind) }<span class="mono">{ format::lossy(name) }</span></span></th>
                for conn in &clients {
                    <td key={*conn}>
                        if who.contains(conn) {
                            <span class={classes!("dot", colour::client_tag(*conn))}><span class="vh">{ "subscribed" }</span></span>
                        }
                    </td>
                }
            </tr>
        }
    };
    html! {
        <table class="matrix">
            <caption class="vh">{ "Who is subscribed to what" }</caption>
            <thead><tr>
                <th scope="col">{ "Channel or pattern" }</th>
                for conn in &clients { <th key={*conn} scope="col">{ tag::client(Some(*conn)) }</th> }
            </tr></thead>
            <tbody>
                for (name, who) in &now.channels { { row(Icon::Channel, name, who) } }
                for (name, who) in &now.patterns { { row(Icon::Pattern, name, who) } }
            </tbody>
        </table>
    }
}

fn list(messages: &[Event], on_command: &Callback<String>) -> Html {
    if messages.is_empty() {
        return html! { <p class="empty">{ "No message yet. " }<Typed line="PUBLISH notifications:42 hello" on_command={on_command.clone()} /></p> };
    }
    let total = messages.len();
    html! {
        <ol class="messages" aria-label="Messages, newest first">
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
                { tag::client(event.conn) }<span class="vh">{ " published to " }</span>
                <span class="mono dim">{ format::lossy(&event.key) }</span>
                <span class="ago dim"><Since since={event.at} />{ " ago" }</span>
            </span>
            <span class="mono body">{ format::lossy(message) }</span>
            <span class="reach">
                if receivers.is_empty() {
                    <span class="tag bad">{ "reached nobody" }</span>
                } else {
                    <span class="dim">{ format!("reached {} ", receivers.len()) }</span>
                    for (conn, count) in times {
                        { tag::client(Some(conn)) }
                        if count > 1 { <span class="dim">{ format!("×{}", format::count(count as u64)) }</span> }
                    }
                }
            </span>
        </>
    }
}

fn why(messages: &[Event]) -> Html {
    let lost = messages.iter().filter(|event| matches!(&event.fact, Fact::Published { receivers, .. } if receivers.is_empty())).count();
    match (messages.len(), lost) {
        (0, _) => {
            html! { { "A message goes to whoever listens at that moment. Nothing is kept." } }
        }
        (_, 0) => {
            html! { { "Each reached whoever was listening at that moment. Nothing is kept for those who come later." } }
        }
        (all, lost) => {
            html! { { format!("{lost} of {all} reached nobody, and nothing is kept: a stream would have kept them.") } }
        }
    }
}
