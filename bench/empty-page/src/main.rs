//! A page with one button that answers: the least that Yew can be asked for.

use yew::prelude::*;

#[component]
fn App() -> Html {
    let said = use_state(|| 0);
    let onclick = {
        let said = said.clone();
        Callback::from(move |_| said.set(*said + 1))
    };
    html! { <button {onclick}>{ *said }</button> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
