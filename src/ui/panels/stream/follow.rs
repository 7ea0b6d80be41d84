//! An entry's ID, which a press follows.

use yew::prelude::*;

use crate::app::format;
use crate::app::words::stream as words;

/// What the button needs.
#[derive(Properties, PartialEq)]
pub struct FollowProps {
    /// The ID.
    pub id: String,
    /// Whether its middle may be left out.
    #[prop_or_default]
    pub short: bool,
    /// It is to be followed.
    pub on_follow: Callback<String>,
}

/// The button.
#[component]
pub fn FollowButton(props: &FollowProps) -> Html {
    let onclick = {
        let id = props.id.clone();
        props.on_follow.reform(move |_: MouseEvent| id.clone())
    };
    let short = props.short.then(|| format::short_id(&props.id));
    let short = short.filter(|short| *short != props.id);
    html! {
        <button type="button" class="strm-id" title={words::follow(&props.id)} {onclick}>
            <span class="vh">{ words::FOLLOW }</span>
            { short.as_ref().unwrap_or(&props.id) }
            if short.is_some() {
                <span class="vh">{ format!(", {}", props.id) }</span>
            }
        </button>
    }
}
