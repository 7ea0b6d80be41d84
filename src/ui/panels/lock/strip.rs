//! The owners of a lock over time: for whom the server held it, and who only thought so.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::table::Table;
use crate::app::tenure::{Axis, Ended, Overlap, Story, Tenure};
use crate::app::{colour, format};
use crate::session::message::{Conn, Millis};
use crate::ui::widgets::tag;
use crate::ui::widgets::twin::Twin;

/// The strip of a lock's owners, with its table twin.
pub fn strip(story: &Rc<Story>, now: Millis) -> Html {
    if story.tenures.is_empty() {
        return html! { <p class="empty">{ "Nobody has had it since the page opened." }</p> };
    }
    let axis = story.axis(now);
    let table = {
        let story = Rc::clone(story);
        Callback::from(move |()| table(&story, now))
    };
    html! {
        <Twin what="owners over time" {table}>
            <div class="lock-strip" role="img" aria-label={words(story, now)}>
                { for story.owners().into_iter().map(|owner| lane(story, owner, axis)) }
                <div class="lock-lane">
                    <span />
                    <span class="lock-track lock-both">
                        { for story.overlaps.iter().map(|both| html! { <i style={place(axis, both.from, both.until)} /> }) }
                    </span>
                </div>
            </div>
            <p class="lock-ends num">
                <span>{ "0 s" }</span>
                <span>{ format!("{}{}", format::duration(axis.to - axis.from), if axis.cut { " and on" } else { "" }) }</span>
            </p>
            { verdict(story, now) }
            <p class="lock-legend">
                <span><i class="lock-held" />{ "held for it" }</span>
                <span><i class="lock-thinks" />{ "only thinks so" }</span>
            </p>
        </Twin>
    }
}

/// One client's tenures.
fn lane(story: &Story, owner: Conn, axis: Axis) -> Html {
    let own = story.tenures.iter().filter(|one| one.conn == owner);
    html! {
        <div key={owner} class="lock-lane">
            { tag::client(Some(owner)) }
            <span class={classes!("lock-track", colour::client_tag(owner))}>
                { for own.map(|one| bars(one, axis)) }
            </span>
        </div>
    }
}

fn bars(one: &Tenure, axis: Axis) -> Html {
    let end = |until: Option<Millis>| until.unwrap_or(Millis::MAX);
    let thinks = end(one.thought) > end(one.held);
    html! {
        <>
            <i class="lock-held" style={place(axis, one.from, one.held)} />
            if let Some(held) = one.held.filter(|_| thinks) {
                <i class="lock-thinks" style={place(axis, held, one.thought)} />
            }
        </>
    }
}

/// A bar's place along the axis, in percent.
fn place(axis: Axis, from: Millis, until: Option<Millis>) -> String {
    let (from, until) = (axis.part(from), until.map_or(1.0, |until| axis.part(until)));
    format!(
        "left:{:.2}%;width:{:.2}%",
        from * 100.0,
        (until - from).max(0.0) * 100.0
    )
}

/// The last overlap in words; where there was none, that there was none.
fn verdict(story: &Story, now: Millis) -> Html {
    let Some(last) = story.overlaps.last() else {
        return html! { <p class="lock-verdict dim">{ "Never two owners at once." }</p> };
    };
    let owners = last
        .owners
        .iter()
        .map(|&conn| html! { <>{ " " }{ tag::client(Some(conn)) }</> });
    html! {
        <p class="lock-verdict lock-bad num">
            <b>{ sentence(last, now) }</b>{ for owners }
            if story.overlaps.len() > 1 { { format!(", and {} more", before(story.overlaps.len() - 1)) } }
        </p>
    }
}

fn before(n: usize) -> String {
    match n {
        1 => "one time".into(),
        n => format!("{n} times"),
    }
}

/// "Two owners for 4.2 s", with "so far" while it lasts.
fn sentence(both: &Overlap, now: Millis) -> String {
    let (count, length) = (both.count(), format::duration(both.length(now)));
    let mut sentence = format!("{count} owners for {length}");
    if let Some(first) = sentence.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if both.until.is_none() {
        sentence.push_str(" so far:");
    } else {
        sentence.push(':');
    }
    sentence
}

/// The strip as a sentence.
fn words(story: &Story, now: Millis) -> String {
    let owners: Vec<String> = story
        .tenures
        .iter()
        .map(|one| format::client_letter(one.conn))
        .collect();
    let both = match story.overlaps.last() {
        Some(last) => {
            let who: Vec<String> = last
                .owners
                .iter()
                .map(|&conn| format::client_letter(conn))
                .collect();
            format!("{} {}.", sentence(last, now), who.join(" and "))
        }
        None => "Never two owners at once.".into(),
    };
    format!("Owners, in order: {}. {both}", owners.join(", "))
}

fn table(story: &Story, now: Millis) -> Table {
    let mut table = Table::new(&[
        "Owner",
        "Token",
        "Took it",
        "Held for it",
        "Ended by",
        "Thought so for",
        "Extended",
    ]);
    let begin = story.tenures.first().map_or(0, |one| one.from);
    let lasted = |from: Millis, until: Option<Millis>| {
        let length = format::duration(until.unwrap_or(now).saturating_sub(from));
        match until {
            Some(_) => length,
            None => format!("{length} so far"),
        }
    };
    for one in &story.tenures {
        table.row([
            format::client_letter(one.conn),
            one.token
                .as_ref()
                .map_or_else(String::new, |token| format::lossy(token)),
            format!("+{}", format::duration(one.from - begin)),
            lasted(one.from, one.held),
            ended(one),
            lasted(one.from, one.thought),
            one.extended.to_string(),
        ]);
    }
    table
}

fn ended(one: &Tenure) -> String {
    let by = |conn: Option<Conn>| conn.map_or_else(|| "time".into(), format::client_letter);
    match one.ended {
        None if one.held.is_none() => "held now".into(),
        None => "not known".into(),
        Some(Ended::Released(conn)) => format!("{} released it", by(conn)),
        Some(Ended::Deleted(conn)) => format!("{} deleted it", by(conn)),
        Some(Ended::Expired) => "its TTL ran out".into(),
        Some(Ended::Overwritten(conn)) => format!("{} wrote over it", by(conn)),
    }
}
