//! The ways in which one value can be looked at, side by side as buttons.

use yew::prelude::*;

/// What the buttons need.
#[derive(Properties, PartialEq)]
pub struct ViewsProps {
    /// What is looked at, for a screen reader: "Views of the string".
    pub label: &'static str,
    /// The names of the ways.
    pub names: Vec<&'static str>,
    /// The one that is chosen.
    pub chosen: &'static str,
    /// Another is chosen.
    pub on_choose: Callback<&'static str>,
    /// What else stands in the same line.
    #[prop_or_default]
    pub children: Html,
}

/// The buttons.
#[component]
pub fn Views(props: &ViewsProps) -> Html {
    html! {
        <div class="views" role="group" aria-label={props.label}>
            for &name in &props.names {
                <button type="button" aria-pressed={(name == props.chosen).to_string()} onclick={props.on_choose.reform(move |_: MouseEvent| name)}>{ name }</button>
            }
            <span class="views-more">{ props.children.clone() }</span>
        </div>
    }
}
