//! A set beside another: what only one of them has, and what both have.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::app::circles::circles;
use crate::app::table::Table;
use crate::app::{format, show};
use crate::session::message::{Against, Bytes, Overlap, Shared};
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
                <p>{ "There is no other set in this database. Make one: " }<Typed line={format!("SADD other:{word} ann")} on_command={props.on_command.clone()} /></p>
            } else {
                <label class="compare-choice">
                    <span>{ "with" }</span>
                    <select {onchange} aria-label="The other set">
                        <option selected={chosen.is_none()}>{ "choose a set" }</option>
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
            html! { <p>{ format::lossy(other) }{ " is not there, which counts as an empty set." }</p> }
        }
        Against::NotASet(kind) => {
            html! { <p>{ format::lossy(other) }{ format!(" is a {}: a set cannot be joined with it.", show::kind_words(*kind)) }</p> }
        }
        Against::TooMany(members) => html! {
            <p>{ format!("The smaller of the two has {} members, too many to look up at each change. Ask once: ", format::count(*members as u64)) }{ typed(format!("SINTERCARD 2 {here} {there}")) }</p>
        },
        Against::Shared(shared) => html! {
            <>
                { drawing(&props.name, other, shared) }
                <div class="compare-lists">
                    { part("only here", shared, 0, typed(format!("SDIFF {here} {there}"))) }
                    { part("in both", shared, 1, html! { <>{ typed(format!("SINTER {here} {there}")) }{ typed(format!("SINTERCARD 2 {here} {there}")) }</> }) }
                    { part("only there", shared, 2, typed(format!("SDIFF {there} {here}"))) }
                </div>
                <p>{ "All of them: " }{ typed(format!("SUNION {here} {there}")) }</p>
                <p class="dim">{ format!("Exact: {} member{} of the smaller set looked up in the other.", format::count(shared.looked_up as u64), if shared.looked_up == 1 { "" } else { "s" }) }</p>
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
                if more > 0 { <li class="dim">{ format!("and {} more", format::count(more as u64)) }</li> }
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
    let label = format!(
        "Two circles: {only_here} only in {}, {both} in both, {only_there} only in {}",
        names[0], names[1]
    );
    let table = {
        let (counts, names) = (shared.counts, names.clone());
        Callback::from(move |()| {
            let mut table = Table::new(&["Part", "Members"]);
            let titles = [
                format!("only in {}", names[0]),
                "in both".to_string(),
                format!("only in {}", names[1]),
            ];
            for (title, count) in titles.into_iter().zip(counts) {
                table.row([title, count.to_string()]);
            }
            table
        })
    };
    html! {
        <Twin what="the overlap" {table}>
            <figure class="compare-drawing">
                <svg viewBox={format!("-2 -2 {:.1} {:.1}", width + 4.0, RADIUS * 2.0 + 4.0)} role="img" aria-label={label}>
                    <circle class="compare-here" cx={format!("{left:.2}")} cy={RADIUS.to_string()} r={format!("{a:.2}")} />
                    <circle class="compare-there" cx={format!("{:.2}", left + apart)} cy={RADIUS.to_string()} r={format!("{b:.2}")} />
                </svg>
                <figcaption>
                    <span class="compare-key-here">{ &names[0] }</span>{ format!(" {only_here} only here · {both} in both · {only_there} only there ") }<span class="compare-key-there">{ &names[1] }</span>
                    <span class="dim">{ if drawn.to_scale { " · areas to scale" } else { " · areas not to scale, or the smaller would not be seen" } }</span>
                </figcaption>
            </figure>
        </Twin>
    }
}
