//! A range of scores, chosen by two sliders, and the command that it stands for.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::format;
use crate::app::words::zset as words;
use crate::app::zset::scores::{self, Chosen, READ_MAX, STEPS, Span};
use crate::session::message::{ZsetMore, ZsetView};
use crate::ui::widgets::typed::Typed;

/// The sliders.
pub fn sliders(
    zset: &ZsetView,
    word: &str,
    chosen: Chosen,
    on_choose: &Callback<Chosen>,
    on_command: &Callback<String>,
) -> Html {
    let Some(span) = Span::new(zset.scores) else {
        let why = if zset.scores.0 == zset.scores.1 {
            words::ALL_EQUAL
        } else {
            words::INFINITE
        };
        return html! { <div class="zset-range"><p>{ why }</p></div> };
    };
    let ends = (span.at(chosen.low), span.at(chosen.high));
    let members = match zset.more {
        Some(ZsetMore::Between(told, _, count)) if told == ends => Some(count),
        _ => None,
    };
    let slider = |name: &'static str, step: u32, set: fn(Chosen, u32) -> Chosen| {
        let on_choose = on_choose.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            on_choose.emit(set(chosen, input.value_as_number() as u32));
        });
        let score = format::score(span.at(step));
        html! {
            <label>
                <span class="zset-name">{ name }</span>
                <input type="range" min="0" max={STEPS.to_string()} value={step.to_string()} aria-valuetext={score.clone()} {oninput} />
                <output class="mono num">{ score }</output>
            </label>
        }
    };
    let preview = match members {
        None => "…".to_owned(),
        Some(n) => words::between(n, n > READ_MAX),
    };
    html! {
        <div class="zset-range">
            { slider(words::LOWEST, chosen.low, Chosen::lower) }
            { slider(words::HIGHEST, chosen.high, Chosen::upper) }
            <p aria-live="polite">{ preview }</p>
            <Typed line={scores::command(word, ends, members)} on_command={on_command.clone()} />
        </div>
    }
}
