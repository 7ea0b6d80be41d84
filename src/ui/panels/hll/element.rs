//! One element on its way into a register.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::registers::{Role, bits, effect};
use crate::app::words::hll as words;
use crate::app::{format, show};
use crate::session::message::{Bytes, ElementView};
use crate::ui::widgets::said::said;
use crate::ui::widgets::typed::Typed;

/// What following an element needs.
#[derive(Properties, PartialEq)]
pub struct FollowProps {
    /// The element, once it has been followed.
    pub element: Option<ElementView>,
    /// What its register held before it was shown last, where that is known.
    pub before: Option<u8>,
    /// What was typed.
    pub text: AttrValue,
    /// Something else was typed.
    pub on_text: Callback<String>,
    /// The HyperLogLog's key, as one argument.
    pub word: AttrValue,
    /// A command is to be typed in a console.
    pub on_command: Callback<String>,
}

/// The hash of an element, bit by bit, and what comes of it.
#[component]
pub fn Follow(props: &FollowProps) -> Html {
    let oninput = props.on_text.reform(|event: InputEvent| {
        event
            .target_dyn_into::<HtmlInputElement>()
            .map(|input| input.value())
            .unwrap_or_default()
    });
    let placeholder = props.element.as_ref().map_or_else(
        || words::ANY_TEXT.to_string(),
        |one| format::lossy(&one.element),
    );
    html! {
        <>
            <label class="hll-field">
                <span>{ words::FOLLOW }</span>
                <input type="text" aria-label={words::FOLLOW_AN_ELEMENT} value={props.text.clone()} {placeholder} {oninput} maxlength="256" spellcheck="false" autocapitalize="off" autocomplete="off" />
            </label>
            if let Some(element) = &props.element { { steps(props, element) } } else {
                <p class="empty">{ words::NOTHING_FOLLOWED }</p>
            }
        </>
    }
}

fn steps(props: &FollowProps, element: &ElementView) -> Html {
    let all = bits(element);
    let (rest, index) = all.split_at(all.len().saturating_sub(14));
    let zeros = element.rank.saturating_sub(1);
    let one = html! { <code>{ format::shortened(&format::lossy(&element.element), 24) }</code> };
    let hash = html! { <code>{ format!("{:016x}", element.hash) }</code> };
    let chosen = html! { <code class="hll-index">{ text(index) }</code> };
    let register = html! { <b class="num">{ format::count(element.register as u64) }</b> };
    let rank = html! { <b class="num">{ element.rank }</b> };
    html! {
        <ol class="hll-steps">
            <li>
                { said(words::hashed(one, hash)) }
                <div class="hll-hash mono" role="img" aria-label={words::hash_in_bits(&text(&all))}>
                    for chunk in rest.chunks(10) { <span>{ for chunk.iter().map(bit) }</span> }
                    <span>{ for index.iter().map(bit) }</span>
                </div>
            </li>
            <li>{ said(words::index(chosen, register)) }</li>
            <li>{ said(words::rank(zeros.into(), rank)) }</li>
            <li>
                { effect(element, props.before) }
                if props.before.is_none() && element.held < element.rank {
                    { " " }<Typed line={format!("PFADD {} {}", props.word, show::word(&element.element))} on_command={props.on_command.clone()} />
                }
            </li>
        </ol>
    }
}

fn bit(&(one, role): &(bool, Role)) -> Html {
    let class = match role {
        Role::Beyond => "hll-rest",
        Role::First => "hll-first",
        Role::Zero => "hll-zero",
        Role::Index => "hll-index",
    };
    html! { <i {class}>{ u8::from(one) }</i> }
}

fn text(bits: &[(bool, Role)]) -> String {
    bits.iter()
        .map(|(one, _)| if *one { '1' } else { '0' })
        .collect()
}

/// The element to follow: what was typed, or what was shown last.
pub fn wanted(text: &str, last: Option<&Bytes>) -> Option<Bytes> {
    match text {
        "" => last.cloned(),
        text => Some(Bytes::from_slice(text.as_bytes())),
    }
}
