//! A text with line numbers and colours that can be edited: a plain text area over the drawn lines in view.
//! Both stand in one box that scrolls, so that they never part.

use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlDocument, HtmlElement, HtmlTextAreaElement};
use yew::prelude::*;

use crate::app::lua::{Coloured, Kind};
use crate::app::script::ready::SCRIPTS;
use crate::ui::widgets::seen::use_size;

/// Lines drawn above and below those in view.
const OVERSCAN: usize = 12;
/// The height of a line until it is measured, in pixels.
const LINE: f64 = 18.0;
/// What Tab types.
const INDENT: &str = "  ";

/// What the text needs.
#[derive(Properties)]
pub struct CodeProps {
    /// What a screen reader calls it.
    pub label: AttrValue,
    /// The text.
    pub text: Rc<str>,
    /// The line that is marked, from 0.
    #[prop_or_default]
    pub line: Option<usize>,
    /// The line that an error names, from 0.
    #[prop_or_default]
    pub error: Option<usize>,
    /// Whether it can only be read.
    pub read_only: bool,
    /// Whether another text stands in its place.
    #[prop_or_default]
    pub hidden: bool,
    /// It was edited.
    pub on_text: Callback<String>,
    /// Ctrl-Enter.
    pub on_enter: Callback<()>,
}

impl PartialEq for CodeProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.text, &other.text)
            && self.label == other.label
            && self.line == other.line
            && self.error == other.error
            && self.read_only == other.read_only
            && self.hidden == other.hidden
            && self.on_text == other.on_text
            && self.on_enter == other.on_enter
    }
}

/// The text.
#[component]
pub fn Code(props: &CodeProps) -> Html {
    let node = use_node_ref();
    let area = use_node_ref();
    let probe = use_node_ref();
    let (_, height) = use_size(&node);
    let top = use_state_eq(|| 0_i32);
    let leaving = use_mut_ref(|| false);
    let coloured = use_memo(props.text.clone(), Coloured::new);
    let lines = coloured.lines();

    {
        let area = area.clone();
        use_effect_with(props.text.clone(), move |text| {
            if let Some(area) = area.cast::<HtmlTextAreaElement>() {
                replace(&area, text);
            }
        });
    }
    {
        let (node, probe) = (node.clone(), probe.clone());
        use_effect_with(props.line, move |line| {
            if let (Some(line), Some(node)) = (*line, node.cast::<Element>()) {
                bring_into_view(&node, line, line_height(&probe));
            }
        });
    }
    let onscroll = {
        let top = top.setter();
        Callback::from(move |event: Event| {
            if let Some(node) = event.target_dyn_into::<Element>() {
                top.set(node.scroll_top());
            }
        })
    };
    let oninput = {
        let (on_text, leaving) = (props.on_text.clone(), leaving.clone());
        Callback::from(move |event: InputEvent| {
            *leaving.borrow_mut() = false;
            if let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() {
                on_text.emit(area.value());
            }
        })
    };
    let onkeydown = {
        let (on_text, on_enter, read_only) = (
            props.on_text.clone(),
            props.on_enter.clone(),
            props.read_only,
        );
        Callback::from(move |event: KeyboardEvent| {
            let Some(area) = event.target_dyn_into::<HtmlTextAreaElement>() else {
                return;
            };
            if event.is_composing() {
                return;
            }
            let control = event.ctrl_key() || event.meta_key();
            let left = std::mem::replace(&mut *leaving.borrow_mut(), event.key() == "Escape");
            match event.key().as_str() {
                "Enter" if control => on_enter.emit(()),
                _ if read_only => return,
                "Enter" if !event.shift_key() && !event.alt_key() => {
                    type_in(&area, &format!("\n{}", indent(&area)), &on_text)
                }
                "Tab" if !(left || control || event.shift_key() || event.alt_key()) => {
                    type_in(&area, INDENT, &on_text)
                }
                _ => return,
            }
            event.prevent_default();
        })
    };

    let row = line_height(&probe);
    let first = ((f64::from(*top) / row) as usize)
        .saturating_sub(OVERSCAN)
        .min(lines);
    let drawn = (height / row) as usize + 2 * OVERSCAN + 2;
    let range = first..(first + drawn).min(lines);
    let place = |at: usize| format!("top:calc({at} * var(--line-height))");
    let mark = |class: &'static str, line: Option<usize>| {
        line.filter(|at| *at < lines)
            .map(|at| html! { <i {class} ~style={place(at)} /> })
    };
    html! {
        <div
            class="code" ref={node} {onscroll} hidden={props.hidden} data-line={props.line.map(|line| (line + 1).to_string())}
            ~style={format!("--lines:{lines};--digits:{}", lines.to_string().len())}
        >
            <div class="gutter" aria-hidden="true">
                { mark("at", props.line) }
                for at in range.clone() {
                    <span key={at} class={classes!((props.line == Some(at)).then_some("here"), (props.error == Some(at)).then_some("err"))} ~style={place(at)}>{ at + 1 }</span>
                }
            </div>
            <div class="source">
                { mark("at", props.line) }
                { mark("wrong", props.error) }
                <div aria-hidden="true">
                    <span class="widest" ref={probe}>{ coloured.widest() }{ " " }</span>
                    for at in range {
                        <div key={at} class="src" ~style={place(at)}>
                            for (kind, piece) in coloured.pieces(at) {
                                if let Some(kind) = kind {
                                    <span class={class(kind)}>{ piece }</span>
                                } else {
                                    { piece }
                                }
                            }
                        </div>
                    }
                </div>
                <textarea
                    ref={area} aria-label={props.label.clone()} readonly={props.read_only} {oninput} {onkeydown}
                    wrap="off" rows="1" autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                />
            </div>
        </div>
    }
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Keyword => "lua-key",
        Kind::Text => "lua-str",
        Kind::Number => "lua-num",
        Kind::Comment => "lua-com",
        Kind::Global => "lua-glo",
    }
}

fn line_height(probe: &NodeRef) -> f64 {
    let height = probe
        .cast::<Element>()
        .map(|e| e.get_bounding_client_rect().height());
    height.filter(|height| *height > 1.0).unwrap_or(LINE)
}

fn bring_into_view(node: &Element, line: usize, row: f64) {
    let (top, height) = (
        f64::from(node.scroll_top()),
        f64::from(node.client_height()),
    );
    let at = line as f64 * row;
    if at < top || at + 2.0 * row > top + height {
        node.set_scroll_top((at - height / 3.0).max(0.0) as i32);
    }
}

/// Puts another text into the area. What somebody wrote there can be had back: the browser's Undo knows of it.
fn replace(area: &HtmlTextAreaElement, text: &str) {
    let old = area.value();
    if old == text {
        return;
    }
    let written = !old.is_empty() && SCRIPTS.iter().all(|ready| *ready.text != *old);
    let document = web_sys::window().and_then(|w| w.document());
    let focused = document.and_then(|d| d.active_element());
    // Only what has the focus can be typed into.
    let typed = written && !area.read_only() && area.focus().is_ok() && {
        area.select();
        insert(text)
    };
    if !typed {
        area.set_value(text);
    }
    if let Some(focused) = focused
        .and_then(|e| e.dyn_into::<HtmlElement>().ok())
        .filter(|_| written)
    {
        let _ = focused.focus();
    }
}

/// Types as the keyboard would, so that Undo takes it back.
fn type_in(area: &HtmlTextAreaElement, text: &str, on_text: &Callback<String>) {
    if insert(text) {
        return;
    }
    if let (Ok(Some(start)), Ok(Some(end))) = (area.selection_start(), area.selection_end())
        && area
            .set_range_text_with_start_and_end(text, start, end)
            .is_ok()
    {
        let after = start + text.encode_utf16().count() as u32;
        // Refused only by fields that are no text.
        let _ = area.set_selection_range(after, after);
        on_text.emit(area.value());
    }
}

/// Whether the browser typed a text into what has the focus.
fn insert(text: &str) -> bool {
    let document = web_sys::window().and_then(|w| w.document());
    document
        .and_then(|d| d.dyn_into::<HtmlDocument>().ok())
        .and_then(|d| {
            d.exec_command_with_show_ui_and_value("insertText", false, text)
                .ok()
        })
        .unwrap_or(false)
}

/// The spaces that the line of the cursor begins with.
fn indent(area: &HtmlTextAreaElement) -> String {
    let units = area.selection_start().ok().flatten().unwrap_or_default() as usize;
    let before: Vec<u16> = area.value().encode_utf16().take(units).collect();
    let before = String::from_utf16_lossy(&before);
    let line = before.rsplit('\n').next().unwrap_or_default();
    line.chars()
        .take_while(|c| matches!(c, ' ' | '\t'))
        .collect()
}
