//! The leaderboard: every member in its rank, however many there are.

mod how;
mod map;
mod range;
mod slide;

use std::ops::Range;

use yew::prelude::*;

use super::part::{PanelProps, Same};
use crate::app::movement::{self, Move};
use crate::app::table::Table;
use crate::app::words::zset as words;
use crate::app::zset::scores::{Chosen, Span};
use crate::app::{colour, format, show, zset as app};
use crate::session::message::{
    Bytes, Event, Fact, Look, Sought, ValueView, View, ZsetLook, ZsetMore, ZsetView,
};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::copy::Copy;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::rows::{Rows, ask, use_asked};
use crate::ui::widgets::said::said;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Ttl;
use crate::ui::widgets::typed::Typed;

/// The height of a row, in pixels.
const ROW: f64 = 26.0;
/// So many rows of a slice count as having been shown.
const SHOWN: usize = 8;

/// What of a sorted set is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Mode {
    /// The members in their ranks.
    #[default]
    Ranks,
    /// The same, and sliders for a range of scores.
    Range,
    /// The way of the last lookup.
    How,
    /// A map of places.
    Map,
}

/// The rows that are drawn, and those that the last command was about.
#[derive(Default)]
struct InView {
    drawn: Range<usize>,
    place: Option<(usize, usize)>,
}

impl InView {
    /// Whether what the last command was about is among those that are drawn.
    fn holds(&self) -> bool {
        let drawn = &self.drawn;
        self.place.is_some_and(|(start, end)| {
            drawn.contains(&start) && drawn.contains(&end.saturating_sub(1))
        })
    }
}

/// The inspector of a sorted set.
#[component]
pub fn ZsetInspector(props: &PanelProps) -> Html {
    let in_view = use_mut_ref(InView::default);
    let redraw = use_force_update();
    let go_to = use_state(|| None::<(usize, u32)>);
    let asked = use_asked(props.state.window);
    let len = match props.value() {
        Some(ValueView::Zset(zset)) => zset.len,
        _ => 0,
    };
    let on_range = use_callback((props.on_window.clone(), len), {
        let in_view = in_view.clone();
        move |range: Range<usize>, (on_window, len)| {
            ask(&asked, &range, *len, on_window);
            let mut in_view = in_view.borrow_mut();
            let held = in_view.holds();
            in_view.drawn = range;
            if in_view.holds() != held {
                redraw.force_update();
            }
        }
    });
    let mode = use_state_eq(Mode::default);
    let chosen = use_state_eq(Chosen::default);
    let shown = match props.value() {
        Some(ValueView::Zset(zset)) if *mode == Mode::Map && !zset.places => Mode::Ranks,
        _ => *mode,
    };
    let subject = match props.value() {
        Some(ValueView::Zset(zset)) => app::subject(props.facts(), zset.version),
        _ => None,
    };
    let look = match props.value() {
        Some(ValueView::Zset(zset)) => look(shown, zset, props.facts(), *chosen, subject.as_ref()),
        _ => Look::Rows,
    };
    use_effect_with(
        (look, props.state.look.clone(), props.on_look.clone()),
        |(look, told, on_look)| {
            if look != told {
                on_look.emit(look.clone());
            }
        },
    );
    // What stands in place of ranks, or beside them, needs the room.
    let tall = shown != Mode::Ranks;
    use_effect_with((tall, props.on_tall.clone()), |(tall, on_tall)| {
        let on_tall = tall.then(|| on_tall.clone());
        if let Some(on_tall) = &on_tall {
            on_tall.emit(true);
        }
        move || {
            if let Some(on_tall) = on_tall {
                on_tall.emit(false);
            }
        }
    });
    let lit = match props.value() {
        Some(ValueView::Zset(zset)) if shown == Mode::Range => match zset.more {
            Some(ZsetMore::Between(_, start, count)) => start..start + count,
            _ => 0..0,
        },
        Some(ValueView::Zset(zset)) => app::slice(props.facts(), zset.version).unwrap_or(0..0),
        _ => 0..0,
    };
    let row = use_callback(
        (Same(props.state.clone()), lit.clone()),
        |rank: usize, (Same(state), lit)| row(&state.view, &state.movement, lit, rank),
    );
    let list = use_node_ref();
    let slides = use_mut_ref(slide::Slides::default);
    use_effect_with(Same(props.state.clone()), {
        let list = list.clone();
        move |Same(state)| {
            let now = match &state.view {
                View::Key {
                    value: ValueView::Zset(zset),
                    ..
                } => slide::ranks(zset),
                _ => slide::Ranks::default(),
            };
            slides.borrow_mut().see(&list, now, ROW);
        }
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
            { words::members(zset.len) }
            <span class="memory">{ " · " }{ format::bytes(zset.memory as u64) }</span>
            if let Some(deadline) = props.deadline() {
                { " · " }<Ttl {deadline} />
            }
        </>
    };
    let told = app::last_told(props.facts());
    // Where the rows are that the last command was about.
    let place = match told {
        Some(event) if event.fact.is_reading() => {
            app::slice(std::slice::from_ref(event), zset.version)
                .map(|slice| (slice.start, slice.end.min(slice.start + SHOWN)))
        }
        _ => {
            let mover = props.state.movement.mover().map(|mover| mover.rank);
            mover.map(|rank| (rank, rank + 1))
        }
    };
    // The last sentence says already what the last lookup was.
    let is_told = told.and_then(|event| app::what(&event.fact)).as_ref()
        == subject.as_ref().map(|subject| &subject.what);
    let listed = matches!(shown, Mode::Ranks | Mode::Range);
    let place = place.filter(|&(_, end)| end <= zset.len);
    in_view.borrow_mut().place = place;
    let place = place.filter(|_| !(listed && in_view.borrow().holds()));
    let show_place = {
        let (go_to, mode) = (go_to.clone(), mode.clone());
        Callback::from(move |_| {
            mode.set(if shown == Mode::Range {
                shown
            } else {
                Mode::Ranks
            });
            go_to.set(place.map(|(start, end)| {
                (
                    (start + end) / 2,
                    go_to.map_or(0, |(_, n)| n.wrapping_add(1)),
                )
            }))
        })
    };
    let view = |name: &'static str, own: Mode| {
        let (mode, go_to) = (mode.clone(), go_to.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            mode.set(own);
            go_to.set(None);
        });
        html! { <button type="button" aria-pressed={(own == shown).to_string()} {onclick}>{ name }</button> }
    };
    let on_choose = {
        let chosen = chosen.clone();
        Callback::from(move |now| chosen.set(now))
    };
    let copied = {
        let state = props.state.clone();
        Callback::from(move |()| table(&state.view).tsv())
    };
    let word = props.word();
    let head = html! {
        <div role="row" class="vh">
            for name in words::COLUMNS {
                <span role="columnheader">{ name }</span>
            }
        </div>
    };
    html! {
        <Card
            name={props.label()} kind="zset" words={words::KIND} icon={Icon::Zset} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()} {tall}
        >
            <div class="zset-views" role="group" aria-label={words::WHAT_IS_SHOWN}>
                { view(words::RANKS, Mode::Ranks) }{ view(words::SCORE_RANGE, Mode::Range) }{ view(words::HOW, Mode::How) }
                if zset.places { { view(words::MAP, Mode::Map) } }
                if listed { <Copy what={words::RANKS_IN_VIEW} text={copied} /> }
            </div>
            if shown == Mode::Range {
                { range::sliders(zset, &word, *chosen, &on_choose, &props.on_command) }
            }
            if listed {
                <div class="ranks" ref={list} ~style={format!("--digits:{digits};--score:{score}")}>
                    <Rows
                        len={zset.len} row_height={ROW} label={words::MEMBERS} role="table"
                        {head} {row} {on_range} go_to={*go_to}
                    />
                </div>
            } else if shown == Mode::How {
                <div class="zset-page" role="region" aria-label={words::HOW_IT_IS_FOUND} tabindex="0">
                    { how::how(zset, subject.as_ref(), is_told, &word, &props.on_command) }
                </div>
            } else {
                <div class="zset-page" role="region" aria-label={words::PLACES} tabindex="0">
                    if let Some(ZsetMore::Map(map)) = &zset.more {
                        <map::Map
                            map={map.clone()} len={zset.len} search={app::search(props.facts()).cloned()} version={zset.version}
                            word={word.clone()} on_command={props.on_command.clone()}
                        />
                    }
                </div>
            }
            <div class="why">
                { match told {
                    Some(event) if event.fact.is_reading() => read(event),
                    _ => why(props, zset),
                } }
                if place.is_some() {
                    { " " }<button type="button" class="line" onclick={show_place}>{ if told.is_some_and(|event| event.fact.is_reading()) { words::SHOW } else { words::SHOW_IT } }</button>
                }
            </div>
        </Card>
    }
}

/// The ranks in view.
fn table(view: &View) -> Table {
    let mut table = Table::new(&words::COPIED_COLUMNS);
    if let View::Key {
        value: ValueView::Zset(zset),
        ..
    } = view
    {
        for (at, row) in zset.rows.iter().enumerate() {
            table.row([
                (zset.start + at + 1).to_string(),
                format::lossy(&row.member),
                format::plain_score(row.score),
            ]);
        }
    }
    table
}

/// What is to be looked at for what is shown.
fn look(
    mode: Mode,
    zset: &ZsetView,
    facts: &[Event],
    chosen: Chosen,
    subject: Option<&app::Subject>,
) -> Look {
    let look = match mode {
        Mode::Ranks => None,
        Mode::Range => Span::new(zset.scores)
            .map(|span| ZsetLook::Between(span.at(chosen.low), span.at(chosen.high))),
        Mode::How => subject
            .and_then(|subject| subject.sought.clone())
            .map(ZsetLook::Ways),
        Mode::Map => Some(ZsetLook::Map(app::search(facts).and_then(
            |event| match &event.fact {
                Fact::PlacesSearched { area, .. } => Some(area.clone()),
                _ => None,
            },
        ))),
    };
    look.map_or(Look::Rows, Look::Zset)
}

/// What was read last, and what it cost.
fn read(event: &Event) -> Html {
    let text = match &event.fact {
        Fact::PlacesSearched {
            area,
            found,
            examined,
            of,
            ..
        } => words::read_places(&app::area(area), *found, *examined, *of),
        fact => {
            let what = app::what(fact).unwrap_or_default();
            match fact {
                Fact::RankRead {
                    comparisons, of, ..
                } => words::read_rank(&what, *comparisons, *of),
                Fact::RangeRead {
                    sought: Some(Sought::Rank(_)),
                    ..
                } => words::read_by_rank(&what),
                Fact::RangeRead {
                    sought: Some(_),
                    comparisons,
                    of,
                    ..
                } => words::read_range(&what, *comparisons, *of),
                _ => format!("{what}."),
            }
        }
    };
    html! { <>{ tag::client(event.conn) }{ " " }{ text }</> }
}

fn row(view: &View, movement: &movement::Movement, lit: &Range<usize>, rank: usize) -> Html {
    let View::Key {
        value: ValueView::Zset(zset),
        ..
    } = view
    else {
        return Html::default();
    };
    let Some(member) = rank.checked_sub(zset.start).and_then(|i| zset.rows.get(i)) else {
        return html! {
            <div key={format!(" {rank}")} class="rank skeleton" role="row" aria-rowindex={(rank + 2).to_string()} aria-busy="true">
                <span role="cell" class="num dim">{ format::count(rank as u64 + 1) }</span><span role="cell" /><span role="cell" /><span role="cell" /><span role="cell" />
            </div>
        };
    };
    let mover = movement
        .mover()
        .filter(|mover| mover.member == member.member);
    let class = classes!(
        "rank",
        mover.map(|m| classes!("me", m.conn.map(colour::client_tag))),
        lit.contains(&rank).then_some("lit"),
        (lit.start == rank && !lit.is_empty()).then_some("first"),
        (lit.end == rank + 1 && !lit.is_empty()).then_some("last"),
    );
    let tied = app::tied(&zset.rows, rank - zset.start);
    let name = format::lossy(&member.member);
    let share = show::share(member.score, zset.scores.0, zset.scores.1);
    html! {
        <div
            key={show::word(&member.member)} {class} role="row" aria-rowindex={(rank + 2).to_string()}
            data-member={name.clone()} data-rank={rank.to_string()} data-score={format::plain_score(member.score)}
        >
            <span role="cell" class="num dim">{ format::count(rank as u64 + 1) }</span>
            <span role="cell">{ moved(movement.of(&member.member)) }</span>
            <span role="cell" class="mono member" title={name.clone()}>
                <span class="zset-member">{ &name }</span>
                if lit.contains(&rank) { <span class="vh">{ words::IN_THE_RANGE }</span> }
                if tied { <span class="zset-tie" title={words::TIED}><span class="zset-is" aria-hidden="true">{ "=" }</span><span class="zset-says">{ words::TIE }</span></span> }
            </span>
            <span role="cell" class="bar"><i ~style={format!("--share:{share:.4}")} /></span>
            <span role="cell" class="num mono score">{ format::score(member.score) }</span>
        </div>
    }
}

fn moved(moved: Option<Move>) -> Html {
    let (class, sign, count, word) = match moved {
        None => return Html::default(),
        Some(Move::Up(n)) => ("up", "▲", n, words::UP),
        Some(Move::Down(n)) => ("down", "▼", n, words::DOWN),
        Some(Move::New) => return html! { <span class="new">{ words::NEW }</span> },
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
        return html! { <>{ words::CHANGE_A_SCORE }<Typed {line} on_command={props.on_command.clone()} /></> };
    };
    let who = tag::client(last.conn);
    let name = |member: &Bytes| html! { <b class="mono">{ format::lossy(member) }</b> };
    said(match &last.fact {
        Fact::MemberMoved {
            member,
            from,
            to,
            comparisons,
            of,
            ..
        } if from != to => words::moved(who, name(member), [*from, *to], *comparisons, *of),
        Fact::MemberMoved {
            member,
            to,
            score,
            comparisons,
            of,
            ..
        } => words::score_set(who, name(member), *score, *to, *comparisons, *of),
        Fact::MemberAdded {
            member,
            rank,
            comparisons,
            of,
            ..
        } if change.len() > 1 => words::members_added(who, name(member), *rank, *comparisons, *of),
        Fact::MemberAdded {
            member,
            rank,
            comparisons,
            of,
            ..
        } => words::member_added(who, name(member), *rank, *comparisons, *of),
        Fact::MembersRemoved { count } => words::members_removed(who, *count as u64),
        _ => return Html::default(),
    })
}
