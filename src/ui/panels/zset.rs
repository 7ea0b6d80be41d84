//! The leaderboard: every member in its rank, however many there are.

use std::ops::Range;

use yew::prelude::*;

use super::part::{PanelProps, Same};
use crate::app::movement::{self, Move};
use crate::app::{colour, format, show};
use crate::session::message::{Bytes, Fact, ValueView, View, Window, ZsetView};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::rows::{Rows, Spot};
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Ttl;
use crate::ui::widgets::typed::Typed;

/// The height of a row, in pixels.
const ROW: f64 = 26.0;
/// Rows asked for beyond those in view, above and below.
const MARGIN: usize = 40;

/// The inspector of a sorted set.
#[component]
pub fn ZsetInspector(props: &PanelProps) -> Html {
    let in_view = use_state_eq(|| 0..0_usize);
    let go_to = use_state(|| None::<(usize, u32)>);
    let window = use_mut_ref(|| props.state.window);
    *window.borrow_mut() = props.state.window;
    let len = match props.value() {
        Some(ValueView::Zset(zset)) => zset.len,
        _ => 0,
    };
    let on_range = use_callback((props.on_window.clone(), len), {
        let in_view = in_view.setter();
        move |range: Range<usize>, (on_window, len)| {
            let has = window
                .borrow()
                .start
                .map_or(0..0, |start| start..start + window.borrow().count);
            if range.start < has.start || range.end.min(*len) > has.end {
                on_window.emit(Window {
                    start: Some(range.start.saturating_sub(MARGIN)),
                    count: range.len() + 2 * MARGIN,
                });
            }
            in_view.set(range);
        }
    });
    let row = use_callback(Same(props.state.clone()), |spot: Spot, Same(state)| {
        row(&state.view, &state.movement, spot)
    });
    let Some(ValueView::Zset(zset)) = props.value() else {
        return Html::default();
    };

    let digits = format::count(zset.len as u64).len();
    // As wide as the widest score known, within reason: those between may have more decimals.
    let (highest, lowest) = zset.scores;
    let widest = zset
        .rows
        .iter()
        .map(|row| row.score)
        .chain([highest, lowest])
        .map(|score| format::score(score).chars().count())
        .max();
    let score = widest.unwrap_or(0).clamp(4, 14);
    let meta = html! {
        <>
            { format!("{} member{}", format::count(zset.len as u64), if zset.len == 1 { "" } else { "s" }) }
            <span class="memory">{ " · " }{ format::bytes(zset.memory as u64) }</span>
            if let Some(deadline) = props.deadline() {
                { " · " }<Ttl {deadline} />
            }
        </>
    };
    let mover = props
        .state
        .movement
        .mover()
        .map(|mover| mover.rank)
        .filter(|rank| !in_view.contains(rank) && *rank < zset.len);
    let show_mover = {
        let go_to = go_to.clone();
        Callback::from(move |_| {
            go_to.set(mover.map(|rank| (rank, go_to.map_or(0, |(_, n)| n.wrapping_add(1)))))
        })
    };
    let head = html! {
        <div role="row" class="vh">
            for name in ["Rank", "Movement", "Member", "Bar", "Score"] {
                <span role="columnheader">{ name }</span>
            }
        </div>
    };
    html! {
        <Card
            name={props.label()} kind="zset" words="sorted set" icon={Icon::Zset} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="ranks" style={format!("--digits:{digits};--score:{score}")}>
                <Rows
                    len={zset.len} row_height={ROW} label="Members, highest score first" role="table"
                    {head} {row} {on_range} go_to={*go_to}
                />
            </div>
            <div class="why">
                { why(props, zset) }
                if mover.is_some() {
                    { " " }<button type="button" class="line" onclick={show_mover}>{ "Show it" }</button>
                }
            </div>
        </Card>
    }
}

fn row(view: &View, movement: &movement::Movement, spot: Spot) -> Html {
    let View::Key {
        value: ValueView::Zset(zset),
        ..
    } = view
    else {
        return Html::default();
    };
    let rank = spot.index;
    let Some(member) = rank.checked_sub(zset.start).and_then(|i| zset.rows.get(i)) else {
        return html! {
            <div key={format!(" {rank}")} class="rank skeleton" role="row" aria-rowindex={(rank + 2).to_string()} style={spot.style} aria-busy="true">
                <span role="cell" class="num dim">{ format::count(rank as u64 + 1) }</span><span role="cell" /><span role="cell" /><span role="cell" /><span role="cell" />
            </div>
        };
    };
    let mover = movement
        .mover()
        .filter(|mover| mover.member == member.member);
    let class = classes!(
        "rank",
        mover.map(|m| classes!("me", m.conn.map(colour::client_tag)))
    );
    let name = format::lossy(&member.member);
    let share = show::share(member.score, zset.scores.0, zset.scores.1);
    html! {
        <div
            key={show::word(&member.member)} {class} role="row" aria-rowindex={(rank + 2).to_string()} style={spot.style}
            data-member={name.clone()} data-rank={rank.to_string()} data-score={format::plain_score(member.score)}
        >
            <span role="cell" class="num dim">{ format::count(rank as u64 + 1) }</span>
            <span role="cell">{ moved(movement.of(&member.member)) }</span>
            <span role="cell" class="mono member" title={name.clone()}>{ &name }</span>
            <span role="cell" class="bar"><i style={format!("--share:{share:.4}")} /></span>
            <span role="cell" class="num mono score">{ format::score(member.score) }</span>
        </div>
    }
}

fn moved(moved: Option<Move>) -> Html {
    let (class, sign, count, word) = match moved {
        None => return Html::default(),
        Some(Move::Up(n)) => ("up", "▲", n, "up"),
        Some(Move::Down(n)) => ("down", "▼", n, "down"),
        Some(Move::New) => return html! { <span class="new">{ "new" }</span> },
    };
    html! { <span {class}><span aria-hidden="true">{ sign }</span><span class="vh">{ word }{ " " }</span>{ format::count(count as u64) }</span> }
}

/// Why the ranks are as they are: what the last change did, and what it cost.
fn why(props: &PanelProps, zset: &ZsetView) -> Html {
    let change = movement::last_change(props.facts());
    let Some(last) = change.last() else {
        let line = format!(
            "ZINCRBY {} 100 {}",
            props.word(),
            zset.rows
                .first()
                .map_or_else(|| "ann".into(), |row| show::word(&row.member))
        );
        return html! { <>{ "Change a score and watch the ranks: " }<Typed {line} on_command={props.on_command.clone()} /></> };
    };
    let cost = |comparisons: u32, of: usize| {
        let times = if comparisons == 1 {
            "comparison"
        } else {
            "comparisons"
        };
        format!(
            ": {comparisons} {times} among {} members.",
            format::count(of as u64)
        )
    };
    let name = |member: &Bytes| html! { <b class="mono">{ format::lossy(member) }</b> };
    let place = |rank: usize| format::ordinal(rank as u64 + 1);
    let text = match &last.fact {
        Fact::MemberMoved {
            member,
            from,
            to,
            comparisons,
            of,
            ..
        } if from != to => {
            html! { <>{ " moved " }{ name(member) }{ format!(" from {} to {}", place(*from), place(*to)) }{ cost(*comparisons, *of) }</> }
        }
        Fact::MemberMoved {
            member,
            to,
            score,
            comparisons,
            of,
            ..
        } => {
            html! { <>{ " set " }{ name(member) }{ format!(" to {}; it stays {}", format::score(*score), place(*to)) }{ cost(*comparisons, *of) }</> }
        }
        Fact::MemberAdded {
            member,
            rank,
            comparisons,
            of,
            ..
        } if change.len() > 1 => {
            html! { <>{ " added members; the last, " }{ name(member) }{ format!(", came in {}", place(*rank)) }{ cost(*comparisons, *of) }</> }
        }
        Fact::MemberAdded {
            member,
            rank,
            comparisons,
            of,
            ..
        } => {
            html! { <>{ " added " }{ name(member) }{ format!(", which came in {}", place(*rank)) }{ cost(*comparisons, *of) }</> }
        }
        Fact::MembersRemoved { count } => {
            html! { { format!(" removed {} member{}.", format::count(*count as u64), if *count == 1 { "" } else { "s" }) } }
        }
        _ => return Html::default(),
    };
    html! { <>{ tag::client(last.conn) }{ text }</> }
}
