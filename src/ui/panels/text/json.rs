//! JSON as a tree; a level is read when it is opened.

use yew::prelude::*;

use crate::app::format;
use crate::app::json::{self, DEPTH_MAX, Level, SHOWN_MAX};
use crate::app::words::common;
use crate::app::words::text as words;

/// Levels that are open from the start.
const OPEN: usize = 2;
/// How many members or elements a level has at most that is open from the start.
const SMALL: usize = 40;

/// What a tree is made from.
#[derive(Properties, PartialEq)]
pub struct TreeProps {
    /// The text.
    pub text: AttrValue,
    /// Whether it is all of it.
    pub whole: bool,
}

/// The tree, or where the text is not JSON.
#[component]
pub fn JsonTree(props: &TreeProps) -> Html {
    if !props.whole {
        return html! { <p>{ words::JSON_TOO_LONG }</p> };
    }
    match json::check(&props.text) {
        Ok(()) => html! { <div class="json-tree"><Node text={props.text.clone()} depth=0 /></div> },
        Err(fault) => {
            let line = props
                .text
                .lines()
                .nth(fault.line.saturating_sub(1))
                .unwrap_or_default();
            html! {
                <>
                    <p>{ words::not_json(fault.line, fault.column, &fault.why) }</p>
                    if !line.is_empty() { <pre class="value wrap">{ format::shortened(line, 400) }</pre> }
                </>
            }
        }
    }
}

#[derive(Properties, PartialEq)]
struct NodeProps {
    #[prop_or_default]
    name: Option<AttrValue>,
    text: AttrValue,
    depth: usize,
}

#[component]
fn Node(props: &NodeProps) -> Html {
    let turned = use_state_eq(|| None::<bool>);
    let level = use_memo(props.text.clone(), |text| json::level(text));
    let name = props
        .name
        .as_ref()
        .map(|name| html! { <><span class="json-name">{ format!("{name:?}") }</span>{ ": " }</> });
    let (object, shown, len) = match &*level {
        Level::Many { object, shown, len } if props.depth < DEPTH_MAX => (*object, shown, *len),
        _ => {
            return html! { <div class="json-leaf">{ name }<span class={kind(&props.text)}>{ format::shortened(&props.text, 2_000) }</span></div> };
        }
    };
    let (left, right) = if object { ("{", "}") } else { ("[", "]") };
    if len == 0 {
        return html! { <div class="json-leaf">{ name }{ left }{ right }</div> };
    }
    let open = turned.unwrap_or(props.depth < OPEN && len <= SMALL);
    let onclick = {
        let turned = turned.clone();
        Callback::from(move |_: MouseEvent| turned.set(Some(!open)))
    };
    let count = if object {
        words::json_members(len)
    } else {
        words::json_elements(len)
    };
    html! {
        <div class="json-node">
            <button type="button" class="json-fold" aria-expanded={open.to_string()} {onclick}>
                { if open { "▾ " } else { "▸ " } }{ name }{ left }
                if !open { <span class="dim">{ " " }{ count }{ " " }</span>{ right } }
            </button>
            if open {
                <div class="json-below">
                    for (at, (name, text)) in shown.iter().enumerate() {
                        <Node key={at} name={name.clone().map(AttrValue::from)} text={AttrValue::from(text.clone())} depth={props.depth + 1} />
                    }
                    if len > SHOWN_MAX { <p class="dim">{ common::and_more(len - SHOWN_MAX) }</p> }
                </div>
                <div class="json-end">{ right }</div>
            }
        </div>
    }
}

fn kind(text: &str) -> &'static str {
    match text.bytes().next() {
        Some(b'"') => "json-text",
        Some(b't' | b'f' | b'n') => "json-word",
        _ => "num",
    }
}
