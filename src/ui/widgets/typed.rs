//! A command that the page proposes: a click types it in a console.

use yew::prelude::*;

use crate::app::words::common as words;

/// What is typed.
#[derive(Properties, PartialEq)]
pub struct TypedProps {
    /// The line.
    pub line: AttrValue,
    /// What the button says, where that is not the line itself.
    #[prop_or_default]
    pub text: Option<AttrValue>,
    /// What a screen reader says after the text.
    #[prop_or_default]
    pub more: Option<AttrValue>,
    /// Who types it.
    pub on_command: Callback<String>,
}

/// A command line as a button.
#[component]
pub fn Typed(props: &TypedProps) -> Html {
    let onclick = {
        let (line, on_command) = (props.line.clone(), props.on_command.clone());
        Callback::from(move |_| on_command.emit(line.to_string()))
    };
    let class = if props.text.is_some() {
        "line"
    } else {
        "typed"
    };
    let title = words::type_in_a_console(&props.line);
    html! {
        <button type="button" {class} {title} {onclick}>
            { props.text.as_ref().unwrap_or(&props.line) }
            if let Some(more) = &props.more {
                <span class="vh">{ format!(" {more}") }</span>
            }
        </button>
    }
}
