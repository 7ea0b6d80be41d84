//! What happened to a lock, line by line.

use yew::prelude::*;

use crate::app::format;
use crate::session::message::{Event, Fact};
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
            left: Some(left),
            times,
            ..
        } => {
            html! { <>{ bad("refused") }{ often(*times) }{ format!(", held for another {}", format::duration(*left)) }</> }
        }
        Fact::LockRefused { times, .. } => {
            html! { <>{ bad("refused") }{ often(*times) }{ ", it is held" }</> }
        }
        Fact::LockExtended {
            left: Some(left),
            times,
        } => {
            html! { { format!("extended it{}: {} left", often(*times), format::duration(*left)) } }
        }
        Fact::LockExtended { times, .. } => {
            html! { { format!("took away its TTL{}", often(*times)) } }
        }
        Fact::LockMissed { holder: None } => {
            html! { <>{ bad("found it free") }{ ": no longer its own" }</> }
        }
        Fact::LockMissed { holder } => {
            html! { <>{ bad("read the token of") }{ " " }{ tag::client(*holder) }</> }
        }
        Fact::LockOverwritten => html! { <>{ bad("wrote over") }{ " its token" }</> },
        Fact::WrongToken { .. } => html! { <>{ bad("kept") }{ ": wrong token" }</> },
        Fact::LockReleased => html! { { "released it" } },
        Fact::Deleted => html! { <>{ bad("deleted") }{ " it, asking for no token" }</> },
        Fact::Expired => html! { { "ran out: free again" } },
        _ => return None,
    })
}

/// How often, where that is more than once.
fn often(times: u32) -> String {
    match times {
        1 => String::new(),
        times => format!(" {} times", format::count(times.into())),
    }
}

/// A token's first characters: enough to tell it from another.
pub fn shorten(token: &str) -> String {
    if token.chars().count() <= 10 {
        token.to_string()
    } else {
        token.chars().take(8).chain(['…']).collect()
    }
}
