//! A set beside another: what only one of them has, and what both have.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::circles::circles;
use crate::app::table::Table;
use crate::app::words::common;
use crate::app::words::items as words;
use crate::app::{format, show};
use crate::session::message::{Against, Bytes, Overlap, Shared};
use crate::ui::widgets::said::said;
use crate::ui::widgets::twin::Twin;
use crate::ui::widgets::typed::Typed;

/// The radius of the larger circle, in the drawing's own units.
const RADIUS: f64 = 62.0;

/// What the comparison needs.
#[derive(Properties, PartialEq)]
pub struct CompareProps {
    /// The set's key.
    pub name: Bytes,
    /// What was asked, once it is told.
    pub overlap: Option<Overlap>,
    /// Another set is chosen.
    pub on_choose: Callback<Option<Bytes>>,
    /// A command is to be typed.
    pub on_command: Callback<String>,
}

/// The comparison.
#[component]
pub fn Compare(props: &CompareProps) -> Html {
    let Some(overlap) = &props.overlap else {
        return html! { <p class="dim">{ "…" }</p> };
    };
    let mut others = overlap.others.clone();
    let chosen = overlap.with.as_ref().map(|(key, _)| key);
    if let Some(key) = chosen.filter(|key| !others.contains(key)) {
        others.push(key.clone());
    }
    let onchange = {
        let others = others.clone();
        props.on_choose.reform(move |event: Event| {
            let at = event
                .target_unchecked_into::<HtmlSelectElement>()
                .selected_index();
            usize::try_from(at - 1)
                .ok()
                .and_then(|at| others.get(at))
                .cloned()
        })
    };
    let word = show::word(&props.name);
    html! {
        <div class="compare">
            if others.is_empty() {
                <p>{ words::NO_OTHER_SET }<Typed line={format!("SADD other:{word} ann")} on_command={props.on_command.clone()} /></p>
            } else {
                <label class="compare-choice">
                    <span>{ words::WITH }</span>
                    <select {onchange} aria-label={words::THE_OTHER_SET}>
                        <option selected={chosen.is_none()}>{ words::CHOOSE_A_SET }</option>
                        for other in &others {
                            <option selected={chosen == Some(other)}>{ format::lossy(other) }</option>
                        }
                    </select>
                </label>
            }
            if let Some((other, against)) = &overlap.with { { compared(props, other, against) } }
        </div>
    }
}

fn compared(props: &CompareProps, other: &Bytes, against: &Against) -> Html {
    let (here, there) = (show::word(&props.name), show::word(other));
    let typed = |line: String| html! { <Typed {line} on_command={props.on_command.clone()} /> };
    match against {
        Against::Missing => {
            html! { <p>{ words::is_missing(&format::lossy(other)) }</p> }
        }
        Against::NotASet(kind) => {
            html! { <p>{ words::is_no_set(&format::lossy(other), show::kind_words(*kind)) }</p> }
        }
        Against::TooMany(members) => html! {
            <p>{ words::too_many(*members) }{ typed(format!("SINTERCARD 2 {here} {there}")) }</p>
        },
        Against::Shared(shared) => html! {
            <>
                { drawing(&props.name, other, shared) }
                <div class="compare-lists">
                    { part(words::ONLY_HERE, shared, 0, typed(format!("SDIFF {here} {there}"))) }
                    { part(words::IN_BOTH, shared, 1, html! { <>{ typed(format!("SINTER {here} {there}")) }{ typed(format!("SINTERCARD 2 {here} {there}")) }</> }) }
                    { part(words::ONLY_THERE, shared, 2, typed(format!("SDIFF {there} {here}"))) }
                </div>
                <p>{ words::ALL_OF_THEM }{ typed(format!("SUNION {here} {there}")) }</p>
                <p class="dim">{ words::looked_up(shared.looked_up) }</p>
            </>
        },
    }
}

fn part(title: &'static str, shared: &Shared, at: usize, commands: Html) -> Html {
    let (count, named) = match (shared.counts.get(at), shared.named.get(at)) {
        (Some(count), Some(named)) => (*count, named),
        _ => return Html::default(),
    };
    let more = count.saturating_sub(named.len());
    html! {
        <section aria-label={title}>
            <h3>{ title }{ " · " }<span class="num">{ format::count(count as u64) }</span></h3>
            <div class="compare-acts">{ commands }</div>
            <ul>
                for member in named { <li class="mono">{ format::lossy(member) }</li> }
                if more > 0 { <li class="dim">{ common::and_more(more) }</li> }
            </ul>
        </section>
    }
}

fn drawing(here: &[u8], there: &[u8], shared: &Shared) -> Html {
    let drawn = circles(shared.counts);
    let [a, b] = drawn.radii.map(|radius| radius * RADIUS);
    let apart = drawn.apart * RADIUS;
    let left = a.max(b - apart);
    let width = left + (apart + b).max(a);
    let [only_here, both, only_there] = shared.counts.map(|count| format::count(count as u64));
    let names = [here, there].map(|name| format::shortened(&format::lossy(name), 24));
    let label = words::circles([&only_here, &both, &only_there], [&names[0], &names[1]]);
    let table = {
        let (counts, names) = (shared.counts, names.clone());
        Callback::from(move |()| {
            let mut table = Table::new(&words::OVERLAP_COLUMNS);
            let titles = [
                words::only_in(&names[0]),
                words::IN_BOTH.to_string(),
                words::only_in(&names[1]),
            ];
            for (title, count) in titles.into_iter().zip(counts) {
                table.row([title, count.to_string()]);
            }
            table
        })
    };
    html! {
        <Twin what={words::THE_OVERLAP} {table}>
            <figure class="compare-drawing">
                <svg viewBox={format!("-2 -2 {:.1} {:.1}", width + 4.0, RADIUS * 2.0 + 4.0)} role="img" aria-label={label}>
                    <circle class="compare-here" cx={format!("{left:.2}")} cy={RADIUS.to_string()} r={format!("{a:.2}")} />
                    <circle class="compare-there" cx={format!("{:.2}", left + apart)} cy={RADIUS.to_string()} r={format!("{b:.2}")} />
                </svg>
                <figcaption>
                    { said(words::overlap(html! { <span class="compare-key-here">{ &names[0] }</span> }, [&only_here, &both, &only_there], html! { <span class="compare-key-there">{ &names[1] }</span> })) }
                    <span class="dim">{ words::scale(drawn.to_scale) }</span>
                </figcaption>
            </figure>
        </Twin>
    }
}
