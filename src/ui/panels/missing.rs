//! A key that is not there: what became of it, and what would make it.

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::show;
use crate::session::message::{Event, Fact};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Since;
use crate::ui::widgets::typed::Typed;

/// The inspector of a key that is not there.
#[component]
pub fn MissingInspector(props: &PanelProps) -> Html {
    let key = props.word();
    let gone = props
        .facts()
        .iter()
        .rev()
        .find(|event| matches!(event.fact, Fact::Expired | Fact::Deleted));
    let story = match gone {
        Some(Event {
            at,
            fact: Fact::Expired,
            ..
        }) => html! {
            <p>{ "It expired at " }<b class="mono num">{ show::time_of_day(*at) }</b>{ ", " }<Since since={*at} />{ " ago, at its exact deadline." }</p>
        },
        Some(Event { at, conn, .. }) => {
            html! { <p>{ tag::client(*conn) }{ " deleted it " }<Since since={*at} />{ " ago." }</p> }
        }
        None => html! { <p>{ "There is no such key. Any of these makes it:" }</p> },
    };
    let lines = [
        format!("ZADD {key} 100 ann"),
        format!("XADD {key} * type click"),
        format!("SET {key} token NX PX 30000"),
        format!("PFADD {key} ann"),
    ];
    html! {
        <Card
            name={props.label()} kind="none" words="no such key" icon={Icon::Missing} meta={html! { <span class="tag plain">{ "not there" }</span> }}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="missing">
                { story }
                <ul class="proposals">
                    for line in lines { <li><Typed {line} on_command={props.on_command.clone()} /></li> }
                </ul>
            </div>
        </Card>
    }
}
