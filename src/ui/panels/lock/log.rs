//! What happened to a lock, line by line.

use yew::prelude::*;

use crate::app::format;
use crate::app::words::lock as words;
use crate::session::message::{Event, Fact};
use crate::ui::widgets::said::said;
use crate::ui::widgets::tag;

/// What happened to it, each time counted from when it was last taken. Newest first for a reader of the source;
/// the style turns it, so that the newest stays in view at the foot.
pub fn log(facts: &[Event]) -> Html {
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
        return html! { <p class="empty">{ words::NEVER_ASKED }</p> };
    }
    html! { <ol class="steps" tabindex="0" aria-label={words::WHAT_HAPPENED}>{ for lines.into_iter().rev() }</ol> }
}

fn words(event: &Event) -> Option<Html> {
    let bad = |word: &'static str| html! { <span class="no">{ word }</span> };
    Some(match &event.fact {
        Fact::LockTaken { token, .. } => said(words::took(
            html! { <span class="mono" title={format::lossy(token)}>{ shorten(&format::lossy(token)) }</span> },
        )),
        Fact::LockRefused {
            left: Some(left),
            times,
            ..
        } => said(words::refused(bad, *times, Some(*left))),
        Fact::LockRefused { times, .. } => said(words::refused(bad, *times, None)),
        Fact::LockExtended {
            left: Some(left),
            times,
        } => {
            html! { { words::extended(*times, *left) } }
        }
        Fact::LockExtended { times, .. } => {
            html! { { words::made_endless(*times) } }
        }
        Fact::LockMissed { holder: None } => said(words::found_free(bad)),
        Fact::LockMissed { holder } => said(words::read_another(bad, tag::client(*holder))),
        Fact::LockOverwritten => said(words::wrote_over(bad)),
        Fact::WrongToken { .. } => said(words::kept(bad)),
        Fact::LockReleased => html! { { words::RELEASED } },
        Fact::Deleted => said(words::deleted(bad)),
        Fact::Expired => html! { { words::RAN_OUT } },
        Fact::Evicted => html! { { words::EVICTED } },
        _ => return None,
    })
}

/// A token's first characters: enough to tell it from another.
pub fn shorten(token: &str) -> String {
    if token.chars().count() <= 10 {
        token.to_string()
    } else {
        token.chars().take(8).chain(['…']).collect()
    }
}
