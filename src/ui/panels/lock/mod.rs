//! The lock: who holds it and for how long, who thinks so and errs, and who waits.

mod log;
mod ring;
mod strip;

use std::rc::Rc;

use yew::prelude::*;

use self::log::{log, shorten};
use self::ring::Ring;
use self::strip::strip;
use super::part::{PanelProps, Same};
use crate::app::tenure::{Ended, Story, TRIES};
use crate::app::words::lock as words;
use crate::app::words::script;
use crate::app::{format, show};
use crate::session::message::{Conn, Event, Fact, Millis, ValueView};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::clock::use_now;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::said::said;
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
    let held = match props.value() {
        Some(ValueView::Text(text)) => text
            .lock
            .map(|lock| (lock, props.deadline(), text.head.clone())),
        _ => None,
    };
    let story = use_memo(Same(Rc::clone(&props.state)), |_| {
        let lock = held.as_ref().map(|(lock, deadline, _)| (*lock, *deadline));
        Story::of(props.facts(), lock)
    });
    let lasts = held.is_some() || story.overlaps.iter().any(|both| both.until.is_none());
    let now = use_now(match (lasts, seen) {
        (true, true) => 100,
        (true, false) => 1000,
        (false, _) if story.mistaken().next().is_some() => 1000,
        (false, _) if !story.contenders.is_empty() => 1000,
        (false, _) => 0,
    });
    let held = held.filter(|(_, deadline, _)| deadline.is_none_or(|deadline| deadline > now));
    let left = held
        .as_ref()
        .and_then(|(_, deadline, _)| *deadline)
        .map_or(0, |deadline| deadline - now);
    let holder = held.as_ref().map(|(lock, ..)| lock.holder);
    let meta = match holder {
        Some(holder) => said(words::held_by(tag::client(Some(holder)))),
        None => html! { <span class="tag good">{ words::FREE }</span> },
    };
    html! {
        <Card
            {node} name={props.label()} kind="lock" words={words::KIND} icon={Icon::Lock} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
            holder={holder.map(format::client_letter).unwrap_or_default()} ttl_ms={left.to_string()}
        >
            <div class="lock" role="region" aria-label={words::LOCK} tabindex="0">
                <div class="lock-top">
                    <div class="lock-now">
                        <Ring held={held.as_ref().map(|(lock, deadline, _)| (*lock, *deadline))} {left} />
                        if let Some((.., head)) = &held {
                            <code class="lock-token" title={words::the_token(&format::lossy(head))}>{ shorten(&format::lossy(head)) }</code>
                        }
                    </div>
                    <div class="lock-owners">{ strip(&story, now) }</div>
                </div>
                { waiting(&story, now) }
                { log(props.facts()) }
            </div>
            <div class="why">
                { accident(&story, holder) }
                if let Some((_, _, head)) = &held {
                    { released_by(props, head, on_release) }
                } else {
                    { words::WHOEVER_COMES_FIRST }
                    <Typed line={format!("SET {} {} NX PX 30000", props.word(), token(props.facts()))} on_command={props.on_command.clone()} />
                }
            </div>
        </Card>
    }
}

/// How the holder lets it go.
fn released_by(props: &PanelProps, token: &[u8], on_release: &Callback<(String, String)>) -> Html {
    let onclick = on_release.reform({
        let (key, token) = (format::lossy(&props.name), format::lossy(token));
        move |_: MouseEvent| (key.clone(), token.clone())
    });
    let line = format!("DELIFEQ {} {}", props.word(), show::word(token));
    said(words::released_by(
        html! { <Typed {line} on_command={props.on_command.clone()} /> },
        html! { <button class="line" type="button" title={script::OPEN_EDITOR} {onclick}>{ words::A_SCRIPT }</button> },
    ))
}

/// What went wrong, or is about to, in a sentence.
fn accident(story: &Story, holder: Option<Conn>) -> Html {
    if let Some(holder) = holder
        && let Some(who) = story.mistaken().find(|&who| who != holder)
    {
        return said(words::mistaken(
            tag::client(Some(who)),
            tag::client(Some(holder)),
        ));
    }
    let last = story.tenures.last().filter(|_| holder.is_none());
    match last.map(|last| (last.conn, last.ended)) {
        Some((owner, Some(Ended::Deleted(Some(by))))) if by != owner => said(
            words::deleted_by_another(tag::client(Some(by)), tag::client(Some(owner))),
        ),
        _ => Html::default(),
    }
}

/// Who was refused and has not had it since.
fn waiting(story: &Story, now: Millis) -> Html {
    let counts = words::refused_and_kept(story.refused, story.kept);
    html! {
        <div class="lock-waits">
            <p class="dim num">{ counts }</p>
            if !story.contenders.is_empty() {
                <ul aria-label={words::WHO_WAS_REFUSED}>
                    { for story.contenders.iter().map(|one| {
                        let ago = now.saturating_sub(one.last);
                        html! {
                            <li key={one.conn} class="num">
                                { tag::client(Some(one.conn)) }
                                <span>{ words::tried(one.times) }</span>
                                if ago < TRIES {
                                    <span class="tag warn">{ words::STILL_TRYING }</span>
                                } else {
                                    <span class="dim">{ words::last_tried(ago) }</span>
                                }
                            </li>
                        }
                    }) }
                </ul>
            }
        </div>
    }
}

fn token(facts: &[Event]) -> String {
    let last = facts.iter().rev().find_map(|event| match &event.fact {
        Fact::LockTaken { token, .. } => Some(show::word(token)),
        _ => None,
    });
    last.unwrap_or_else(|| "9f3c51e1".into())
}
