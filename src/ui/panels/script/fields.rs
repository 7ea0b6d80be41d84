//! KEYS and ARGV: one field for each. Enter adds one, Backspace in an empty one takes it away.

use std::cell::Cell;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::app::script::{Act, List, Script};
use crate::app::words::script as words;
use crate::ui::widgets::icon::{Icon, icon};

/// What the fields are drawn from. Not a component: there are few of them, and each kind of component costs the page
/// some kilobytes.
pub struct Fields {
    /// What they all stand in.
    pub node: NodeRef,
    script: Rc<Script>,
    read_only: bool,
    on_act: Callback<Act>,
    on_enter: Callback<()>,
    /// Which field takes the focus once it is drawn.
    focus: Rc<Cell<Option<(List, usize)>>>,
}

/// The fields of a script; `on_enter` is Ctrl-Enter in one of them.
#[hook]
pub fn use_fields(
    script: &Rc<Script>,
    read_only: bool,
    on_act: &Callback<Act>,
    on_enter: &Callback<()>,
) -> Fields {
    let node = use_node_ref();
    let focus = use_memo((), |()| Cell::new(None::<(List, usize)>));
    {
        let (node, focus) = (node.clone(), Rc::clone(&focus));
        use_effect_with((script.keys.len(), script.args.len()), move |_| {
            if let (Some((list, at)), Some(node)) = (focus.take(), node.cast::<HtmlElement>()) {
                let named = |what: &str| {
                    let selector = format!("[data-list={}] {what}", list.name());
                    node.query_selector(&selector).ok().flatten()
                };
                let field = named(&format!("[data-at=\"{at}\"]")).or_else(|| named(".add"));
                if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
                    // What cannot take the focus does not.
                    let _ = field.focus();
                }
            }
        });
    }
    Fields {
        node,
        script: Rc::clone(script),
        read_only,
        on_act: on_act.clone(),
        on_enter: on_enter.clone(),
        focus,
    }
}

impl Fields {
    /// The fields of one list.
    pub fn draw(&self, list: List) -> Html {
        let values = self.script.list(list);
        let name = list.name();
        let add = self.act(Act::Add(list), (list, values.len()));
        html! {
            <div class="fields-of" role="group" aria-label={name} data-list={name}>
                <div class="fields-head">
                    <h3>{ name }<span class="dim num">{ format!(" · {}", values.len()) }</span></h3>
                    if !self.read_only {
                        <button class="line add" type="button" aria-label={words::add_to(name)} onclick={add.reform(|_: MouseEvent| ())}>{ words::ADD }</button>
                    }
                </div>
                for (at, value) in values.iter().enumerate() {
                    { self.field(list, at, value, &add) }
                }
            </div>
        }
    }

    /// Does something, after which a field has the focus.
    fn act(&self, act: Act, then: (List, usize)) -> Callback<()> {
        let (on_act, focus) = (self.on_act.clone(), Rc::clone(&self.focus));
        Callback::from(move |()| {
            focus.set(Some(then));
            on_act.emit(act.clone());
        })
    }

    fn field(&self, list: List, at: usize, value: &str, add: &Callback<()>) -> Html {
        let name = format!("{}[{}]", list.name(), at + 1);
        let remove = self.act(Act::Remove(list, at), (list, at.saturating_sub(1)));
        let oninput = {
            let on_act = self.on_act.clone();
            Callback::from(move |event: InputEvent| {
                if let Some(input) = event.target_dyn_into::<HtmlInputElement>() {
                    on_act.emit(Act::Set(list, at, input.value()));
                }
            })
        };
        let onkeydown = {
            let (add, remove, on_enter) = (add.clone(), remove.clone(), self.on_enter.clone());
            let read_only = self.read_only;
            Callback::from(move |event: KeyboardEvent| {
                let input = event.target_dyn_into::<HtmlInputElement>();
                let empty = input.is_some_and(|input| input.value().is_empty());
                match (event.key().as_str(), event.ctrl_key() || event.meta_key()) {
                    _ if event.is_composing() => return,
                    ("Enter", true) => on_enter.emit(()),
                    _ if read_only => return,
                    ("Enter", false) => add.emit(()),
                    ("Backspace", false) if empty => remove.emit(()),
                    _ => return,
                }
                event.prevent_default();
            })
        };
        html! {
            <div key={at} class="argument">
                <label>
                    <span class="mono">{ &name }</span>
                    if let Some(role) = self.script.role(list, at) {
                        <span class="dim">{ role }</span>
                    }
                    <input
                        type="text" value={value.to_string()} readonly={self.read_only} data-at={at.to_string()} {oninput} {onkeydown}
                        autocomplete="off" autocapitalize="off" autocorrect="off" spellcheck="false"
                    />
                </label>
                if !self.read_only {
                    <button type="button" class="tool" aria-label={words::remove_field(&name)} title={words::REMOVE} onclick={remove.reform(|_: MouseEvent| ())}>{ icon(Icon::Close) }</button>
                }
            </div>
        }
    }
}
