//! A plain string, shown as what it is: a number, JSON, text or bytes.

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::format;
use crate::app::show::{self, Form};
use crate::session::message::ValueView;
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::ticking::Ttl;
use crate::ui::widgets::typed::Typed;

/// The inspector of a string.
#[component]
pub fn TextInspector(props: &PanelProps) -> Html {
    let Some(ValueView::Text(text)) = props.value() else {
        return Html::default();
    };
    let whole = text.head.len() == text.len;
    let form = show::form(&text.head, whole);
    let (kind, body) = match &form {
        Form::Number(number) => ("number", html! { <div class="big num">{ number }</div> }),
        Form::Json(laid_out) => ("JSON", html! { <pre class="value">{ laid_out }</pre> }),
        Form::Text(text) if text.is_empty() => (
            "text",
            html! { <p class="empty">{ "An empty string." }</p> },
        ),
        Form::Text(text) => ("text", html! { <pre class="value wrap">{ text }</pre> }),
        Form::Dump(dump) => ("bytes", html! { <pre class="value">{ dump }</pre> }),
    };
    let meta = html! {
        <>
            { format!("{kind} · {} byte{}", format::count(text.len as u64), if text.len == 1 { "" } else { "s" }) }
            if let Some(deadline) = props.deadline() { { " · " }<Ttl {deadline} /> }
        </>
    };
    let next = match form {
        Form::Number(_) => format!("INCR {}", props.word()),
        _ => format!("GET {}", props.word()),
    };
    html! {
        <Card
            name={props.label()} kind="string" words="string" icon={Icon::Text} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="text" tabindex="0" role="group" aria-label="Value">
                { body }
                if !whole { <p class="dim">{ format!("The first {} of {} bytes.", format::count(text.head.len() as u64), format::count(text.len as u64)) }</p> }
            </div>
            <div class="why">
                if props.deadline().is_none() { { "It does not expire. " } }
                <Typed line={next} on_command={props.on_command.clone()} />
            </div>
        </Card>
    }
}
