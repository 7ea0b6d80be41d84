//! The owners of a lock over time: for whom the server held it, and who only thought so.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::table::Table;
use crate::app::tenure::{Axis, Ended, Overlap, Story, Tenure};
use crate::app::words::common;
use crate::app::words::lock as words;
use crate::app::{colour, format};
use crate::session::message::{Conn, Millis};
use crate::ui::widgets::tag;
use crate::ui::widgets::twin::Twin;

/// The strip of a lock's owners, with its table twin.
pub fn strip(story: &Rc<Story>, now: Millis) -> Html {
    if story.tenures.is_empty() {
        return html! { <p class="empty">{ words::NEVER_HAD }</p> };
    }
    let axis = story.axis(now);
    let table = {
        let story = Rc::clone(story);
        Callback::from(move |()| table(&story, now))
    };
    html! {
        <Twin what={words::OWNERS_OVER_TIME} {table}>
            <div class="lock-strip" role="img" aria-label={words(story, now)}>
                { for story.owners().into_iter().map(|owner| lane(story, owner, axis)) }
                <div class="lock-lane">
                    <span />
                    <span class="lock-track lock-both">
                        { for story.overlaps.iter().map(|both| html! { <i ~style={place(axis, both.from, both.until)} /> }) }
                    </span>
                </div>
            </div>
            <p class="lock-ends num">
                <span>{ words::AXIS_BEGINS }</span>
                <span>{ words::axis_ends(axis.to - axis.from, axis.cut) }</span>
            </p>
            { verdict(story, now) }
            <p class="lock-legend">
                <span><i class="lock-held" />{ words::HELD_FOR_IT }</span>
                <span><i class="lock-thinks" />{ words::ONLY_THINKS_SO }</span>
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
            <i class="lock-held" ~style={place(axis, one.from, one.held)} />
            if let Some(held) = one.held.filter(|_| thinks) {
                <i class="lock-thinks" ~style={place(axis, held, one.thought)} />
            }
        </>
    }
}

/// A bar's place along the axis, in percent. One that begins at its end is 2 px wide all the same, and within it.
fn place(axis: Axis, from: Millis, until: Option<Millis>) -> String {
    let (from, until) = (axis.part(from), until.map_or(1.0, |until| axis.part(until)));
    format!(
        "left:min({:.2}%, 100% - 2px);width:{:.2}%",
        from * 100.0,
        (until - from).max(0.0) * 100.0
    )
}

/// The last overlap in words; where there was none, that there was none.
fn verdict(story: &Story, now: Millis) -> Html {
    let Some(last) = story.overlaps.last() else {
        return html! { <p class="lock-verdict dim">{ words::NEVER_TWO }</p> };
    };
    let owners = last
        .owners
        .iter()
        .map(|&conn| html! { <>{ " " }{ tag::client(Some(conn)) }</> });
    html! {
        <p class="lock-verdict lock-bad num">
            <b>{ sentence(last, now) }</b>{ for owners }
            if story.overlaps.len() > 1 { { words::and_before(story.overlaps.len() - 1) } }
        </p>
    }
}

/// "Two owners for 4.2 s", with "so far" while it lasts.
fn sentence(both: &Overlap, now: Millis) -> String {
    words::owners_for(&both.count(), both.length(now), both.until.is_none())
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
            words::who_at_once(&sentence(last, now), &who)
        }
        None => words::NEVER_TWO.into(),
    };
    words::owners_in_order(&owners, &both)
}

fn table(story: &Story, now: Millis) -> Table {
    let mut table = Table::new(&words::OWNERS_COLUMNS);
    let begin = story.tenures.first().map_or(0, |one| one.from);
    let lasted = |from: Millis, until: Option<Millis>| {
        let length = format::duration(until.unwrap_or(now).saturating_sub(from));
        match until {
            Some(_) => length,
            None => words::so_far(&length),
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
    let by = |conn: Option<Conn>| conn.map_or_else(|| common::TIME.into(), format::client_letter);
    match one.ended {
        None if one.held.is_none() => words::HELD_NOW.into(),
        None => words::NOT_KNOWN.into(),
        Some(Ended::Released(conn)) => words::released_it(&by(conn)),
        Some(Ended::Deleted(conn)) => words::deleted_it(&by(conn)),
        Some(Ended::Expired) => words::TTL_RAN_OUT.into(),
        Some(Ended::Evicted) => words::IT_WAS_EVICTED.into(),
        Some(Ended::Overwritten(conn)) => words::wrote_over_it(&by(conn)),
    }
}
