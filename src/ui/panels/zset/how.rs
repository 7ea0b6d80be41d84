//! How a lookup finds its place: the ordered structure, and the way that the last one took through it.

use yew::prelude::*;

use crate::app::words::zset as words;
use crate::app::zset::Subject;
use crate::app::zset::way::{self, Bar, Bars};
use crate::app::{format, zset as app};
use crate::session::message::{Sought, WayStep, WayView, ZsetMore, ZsetView};
use crate::ui::widgets::twin::Twin;
use crate::ui::widgets::typed::Typed;

/// The view. `is_told`: what the last lookup was is said elsewhere already.
pub fn how(
    zset: &ZsetView,
    subject: Option<&Subject>,
    is_told: bool,
    word: &str,
    on_command: &Callback<String>,
) -> Html {
    let first = zset
        .rows
        .first()
        .map(|row| crate::app::show::word(&row.member));
    let propose = |line: String| html! { <Typed {line} on_command={on_command.clone()} /> };
    let Some(subject) = subject else {
        return html! {
            <>
                <p>{ words::ASK_WHERE }</p>
                <p class="zset-typed">
                    if let Some(member) = first { { propose(format!("ZREVRANK {word} {member}")) }{ " " } }
                    { propose(format!("ZCOUNT {word} -inf {}", format::plain_score(zset.scores.1))) }
                </p>
                <p class="dim">{ app::reference(zset) }</p>
            </>
        };
    };
    let Some(sought) = &subject.sought else {
        return html! {
            <>
                <p>{ words::last_lookup(&subject.what) }</p>
                <p>{ words::NO_WAY }</p>
                <p class="dim">{ app::reference(zset) }</p>
            </>
        };
    };
    let ways = match &zset.more {
        Some(ZsetMore::Ways(told, ways)) if told == sought => ways,
        _ => return html! { <p class="dim" aria-busy="true">{ words::LOOKING }</p> },
    };
    let then = match subject.same {
        Some(true) => "",
        Some(false) => words::CHANGED_SINCE,
        None => words::WAY_TO_NOW,
    };
    let by_count = matches!(sought, Sought::Rank(_));
    let taken: usize = ways
        .iter()
        .map(|way| if by_count { way.read } else { way.comparisons })
        .sum();
    let bars = way::bars(
        if by_count {
            words::COUNTS_READ
        } else {
            words::COMPARISONS
        },
        taken,
        zset.len,
    );
    let table = {
        let ways = ways.clone();
        Callback::from(move |()| way::table(&ways))
    };
    let single = ways.iter().all(|way| way.steps.len() == 1);
    html! {
        <>
            if !is_told { <p>{ words::last_lookup(&subject.what) }</p> }
            if !then.is_empty() { <p>{ then }</p> }
            if ways.is_empty() {
                <p>{ words::NOT_THERE }</p>
            } else {
                { drawn_bars(&bars) }
                <Twin what={words::WAY} {table}>
                    <div class="zset-ways">
                        { for ways.iter().enumerate().map(|(at, way)| drawn(way, at, ways.len(), sought)) }
                        <p class="zset-legend dim">
                            <span><i class="zset-cell on" aria-hidden="true" />{ words::legend_taken(by_count) }</span>
                            if !by_count { <span><i class="zset-cell asked" aria-hidden="true" />{ words::LEGEND_COMPARED }</span> }
                            <span>{ words::LOWEST_AT_LEFT }</span>
                        </p>
                    </div>
                </Twin>
                <p>{ words::explained(by_count, single) }</p>
            }
            <p class="dim">{ app::reference(zset) }</p>
        </>
    }
}

fn drawn(way: &WayView, at: usize, of: usize, sought: &Sought) -> Html {
    let name = match (of, at) {
        (2, 0) => words::TO_LOWER_END.to_owned(),
        (2, _) => words::TO_UPPER_END.to_owned(),
        _ => words::to(&app::sought(sought)),
    };
    let cost = match (way.comparisons, sought) {
        (_, Sought::Rank(_)) => words::counts_read(way.read),
        (n, _) => words::comparisons(n),
    };
    html! {
        <div class="zset-way">
            <h3>{ name }<span class="dim num">{ " · " }{ cost }</span></h3>
            { for way.steps.iter().enumerate().map(|(level, step)| html! {
                <>
                    if level > 0 { { way.steps.get(level - 1).map(funnel) } }
                    { node(way, level, step) }
                </>
            }) }
        </div>
    }
}

/// The child that was taken, grown to the node below.
fn funnel(above: &WayStep) -> Html {
    let wide = above.counts.len();
    let points = format!("{},0 {},0 {wide},1 0,1", above.at, above.at + 1);
    html! {
        <svg class="zset-funnel" viewBox={format!("0 0 {wide} 1")} preserveAspectRatio="none" aria-hidden="true"><polygon {points} /></svg>
    }
}

fn node(way: &WayView, level: usize, step: &WayStep) -> Html {
    let (left, right) = way::aside(step);
    let asked = |at: usize| step.compared.iter().any(|(compared, _)| *compared == at);
    let cell = |at: usize| {
        let class = classes!(
            "zset-cell",
            (at == step.at).then_some("on"),
            asked(at).then_some("asked")
        );
        html! { <i {class} /> }
    };
    let low = step.low.as_ref().map(way::member);
    html! {
        <div class="zset-node">
            <div class="zset-said">
                <span><b>{ way::name(way, level) }</b>{ " · " }{ way::holds(way, level) }</span>
                if !step.compared.is_empty() { <span class="num">{ format!("+{}", step.compared.len()) }</span> }
            </div>
            <div class="zset-cells" aria-hidden="true">
                { for (0..step.counts.len()).map(cell) }
                if step.at >= step.counts.len() { <i class="zset-cell on past" /> }
            </div>
            <div class="zset-said dim num">
                <span>{ "◂ " }<span class="vh">{ words::LEFT_OF_IT }</span>{ format::count(left) }</span>
                <span class="mono zset-low">{ low.unwrap_or_else(|| words::PAST_THE_LAST.into()) }</span>
                <span><span class="vh">{ words::RIGHT_OF_IT }</span>{ format::count(right) }{ " ▸" }</span>
            </div>
        </div>
    }
}

fn drawn_bars(bars: &Bars) -> Html {
    let bar = |bar: &Bar, times: u64| {
        html! {
            <li>
                <span class="zset-name">{ &bar.name }</span>
                <span class="zset-bar"><i ~style={format!("--share:{:.6}", way::length(bars, bar, times))} /></span>
                <b class="num">{ &bar.text }</b>
            </li>
        }
    };
    let [taken, log, _] = &bars.all;
    html! {
        <div class="zset-bars">
            <ul aria-label={words::TO_SCALE}>{ for bars.all.iter().map(|it| bar(it, 1)) }</ul>
            if let Some(times) = bars.magnified {
                <p class="dim">{ words::magnified(times) }</p>
                <ul aria-label={words::THE_SAME_MAGNIFIED}>{ bar(taken, times) }{ bar(log, times) }</ul>
            }
        </div>
    }
}
