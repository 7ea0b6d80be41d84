//! How a lookup finds its place: the ordered structure, and the way that the last one took through it.

use yew::prelude::*;

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
                <p>{ "Ask where a member stands, or for a range, and see the way that is taken through the order:" }</p>
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
                <p>{ format!("The last lookup {}.", subject.what) }</p>
                <p>{ "It took no way through the order: the range is empty, or scores differ, and a range by member then goes from one member to the next." }</p>
                <p class="dim">{ app::reference(zset) }</p>
            </>
        };
    };
    let ways = match &zset.more {
        Some(ZsetMore::Ways(told, ways)) if told == sought => ways,
        _ => return html! { <p class="dim" aria-busy="true">{ "Looking for the way…" }</p> },
    };
    let then = match subject.same {
        Some(true) => "",
        Some(false) => "The set has changed since: this is the way now.",
        None => "The way shown is the one to where it stands now.",
    };
    let by_count = matches!(sought, Sought::Rank(_));
    let taken: usize = ways
        .iter()
        .map(|way| if by_count { way.read } else { way.comparisons })
        .sum();
    let bars = way::bars(
        if by_count {
            "counts read"
        } else {
            "comparisons"
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
            if !is_told { <p>{ format!("The last lookup {}.", subject.what) }</p> }
            if !then.is_empty() { <p>{ then }</p> }
            if ways.is_empty() {
                <p>{ "It is not there any more." }</p>
            } else {
                { drawn_bars(&bars) }
                <Twin what="way through the order" {table}>
                    <div class="zset-ways">
                        { for ways.iter().enumerate().map(|(at, way)| drawn(way, at, ways.len(), sought)) }
                        <p class="zset-legend dim">
                            <span><i class="zset-cell on" aria-hidden="true" />{ if by_count { " taken" } else { " taken, or found" } }</span>
                            if !by_count { <span><i class="zset-cell asked" aria-hidden="true" />{ " compared" }</span> }
                            <span>{ "lowest scores at the left" }</span>
                        </p>
                    </div>
                </Twin>
                <p>{ explained(by_count, single) }</p>
            }
            <p class="dim">{ app::reference(zset) }</p>
        </>
    }
}

fn explained(by_count: bool, single: bool) -> &'static str {
    match (by_count, single) {
        (true, true) => {
            "A node holds up to 64 members. This set has only one node, and a rank is a place in it."
        }
        (true, false) => {
            "Every node knows how many members are under each of its children. Adding these up from the left leads to a rank, without a look at any member."
        }
        (false, true) => {
            "A node holds up to 64 members. This set has only one node, in which each comparison halves what is left."
        }
        (false, false) => {
            "In every node each comparison halves what is left, and one child remains. The counts of the children passed over on the left add up to the rank."
        }
    }
}

fn drawn(way: &WayView, at: usize, of: usize, sought: &Sought) -> Html {
    let name = match (of, at) {
        (2, 0) => "To the lower end".to_owned(),
        (2, _) => "To the upper end".to_owned(),
        _ => format!("To {}", app::sought(sought)),
    };
    let cost = match (way.comparisons, sought) {
        (_, Sought::Rank(_)) => format!("{} counts read", way.read),
        (1, _) => "1 comparison".into(),
        (n, _) => format!("{n} comparisons"),
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
                <span>{ "◂ " }<span class="vh">{ "left of it: " }</span>{ format::count(left) }</span>
                <span class="mono zset-low">{ low.unwrap_or_else(|| "past the last".into()) }</span>
                <span><span class="vh">{ "right of it: " }</span>{ format::count(right) }{ " ▸" }</span>
            </div>
        </div>
    }
}

fn drawn_bars(bars: &Bars) -> Html {
    let bar = |bar: &Bar, times: u64| {
        html! {
            <li>
                <span class="zset-name">{ &bar.name }</span>
                <span class="zset-bar"><i style={format!("--share:{:.6}", way::length(bars, bar, times))} /></span>
                <b class="num">{ &bar.text }</b>
            </li>
        }
    };
    let [taken, log, _] = &bars.all;
    html! {
        <div class="zset-bars">
            <ul aria-label="What it took, to scale">{ for bars.all.iter().map(|it| bar(it, 1)) }</ul>
            if let Some(times) = bars.magnified {
                <p class="dim">{ format!("The first two, magnified {} times:", format::count(times)) }</p>
                <ul aria-label="The same, magnified">{ bar(taken, times) }{ bar(log, times) }</ul>
            }
        </div>
    }
}
