//! A plain string: as text, a number, JSON or bits.

mod bits;
mod json;

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::format;
use crate::app::text::{Shape, dump, shape, text_of};
use crate::session::message::{Fact, Look, TextView, ValueView, WHOLE_MAX};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::copy::Copy;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Ttl;
use crate::ui::widgets::typed::Typed;
use crate::ui::widgets::views::Views;
use bits::Bits;
use json::JsonTree;

/// The inspector of a string.
#[component]
pub fn TextInspector(props: &PanelProps) -> Html {
    let chosen = use_state_eq(|| None::<&'static str>);
    let more = use_state_eq(|| false);
    let bits_at = use_state_eq(|| 0_u64);
    let text = match props.value() {
        Some(ValueView::Text(text)) => Some(text),
        _ => None,
    };
    let whole = text.is_some_and(|text| text.head.len() == text.len);
    let shape = text.map_or(Shape::Text, |text| shape(&text.head, whole));
    let view = chosen.unwrap_or(match shape {
        Shape::Whole(_) | Shape::Fraction => "Number",
        Shape::Json => "JSON",
        Shape::Text => "Text",
        Shape::Bytes => "Bits",
    });
    let wanted = match view {
        "Bits" => Look::Bits {
            start: *bits_at,
            count: bits::COUNT,
        },
        "JSON" => Look::Whole,
        _ if *more => Look::Whole,
        _ => Look::Rows,
    };
    // Not asked again where it is what the panel looks at already.
    let differs = props.state.look != wanted;
    use_effect_with((wanted, differs), {
        let on_look = props.on_look.clone();
        move |(wanted, differs)| {
            if *differs {
                on_look.emit(wanted.clone());
            }
        }
    });
    let Some(text) = text else {
        return Html::default();
    };
    let copied = {
        let head = text.head.clone();
        Callback::from(move |()| {
            text_of(&head, whole).map_or_else(|| dump(&head), ToString::to_string)
        })
    };
    let body = match view {
        "Number" => number(shape, &text.head),
        "JSON" => {
            html! { <JsonTree text={AttrValue::from(text_of(&text.head, whole).unwrap_or_default().to_string())} {whole} /> }
        }
        "Bits" => html! {
            <Bits
                view={text.bits.clone()} len={text.len as u64} word={props.word()} last={last_touched(props)}
                on_start={let bits_at = bits_at.clone(); Callback::from(move |start| bits_at.set(start))} on_command={props.on_command.clone()}
            />
        },
        _ if text.len == 0 => html! { <p class="empty">{ "An empty string." }</p> },
        _ => match text_of(&text.head, whole) {
            Some(text) => html! { <pre class="value wrap">{ text.to_string() }</pre> },
            None => html! { <pre class="value">{ dump(&text.head) }</pre> },
        },
    };
    let mut names = vec!["Text"];
    if matches!(shape, Shape::Whole(_) | Shape::Fraction) || view == "Number" {
        names.push("Number");
    }
    names.extend(["JSON", "Bits"]);
    html! {
        <Card
            name={props.label()} kind="string" words="string" icon={Icon::Text} meta={meta(props, text)}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <Views label="Views of the string" {names} chosen={view} on_choose={let chosen = chosen.clone(); Callback::from(move |name| chosen.set(Some(name)))}>
                if view != "Bits" { <Copy what="the value" text={copied} /> }
            </Views>
            <div class="text" tabindex="0" role="group" aria-label="Value">
                { body }
                if !whole && matches!(view, "Text" | "JSON") {
                    <p class="dim">
                        { format!("The first {} of {} bytes. ", format::count(text.head.len() as u64), format::count(text.len as u64)) }
                        if text.head.len() < WHOLE_MAX {
                            <button type="button" class="line" onclick={let more = more.clone(); Callback::from(move |_: MouseEvent| more.set(true))}>{ "Show more" }</button>
                        }
                    </p>
                }
            </div>
            <div class="why">{ why(props, shape, view) }</div>
        </Card>
    }
}

fn meta(props: &PanelProps, text: &TextView) -> Html {
    html! {
        <>
            { format!("{} byte{}", format::count(text.len as u64), if text.len == 1 { "" } else { "s" }) }
            { " · " }{ &text.encoding }
            <span class="memory">{ " · " }{ format::bytes(text.memory as u64) }{ " in all" }</span>
            if let Some(deadline) = props.deadline() { { " · " }<Ttl {deadline} /> }
        </>
    }
}

/// The numbers among the bits that the last command named, with the moment, which tells one command from another.
fn last_touched(props: &PanelProps) -> bits::Last {
    let touched = props
        .facts()
        .iter()
        .rev()
        .find_map(|event| match &event.fact {
            Fact::BitsTouched { fields } => Some((event.at, event.conn, fields.clone())),
            _ => None,
        });
    touched.unwrap_or_default()
}

fn number(shape: Shape, head: &[u8]) -> Html {
    let shown = format::lossy(head);
    let grouped = match shape {
        Shape::Whole(number) => format!(
            "{}{}",
            if number < 0 { "-" } else { "" },
            format::count(number.unsigned_abs())
        ),
        _ => shown,
    };
    let said = match shape {
        Shape::Whole(number) => html! {
            <dl class="text-limits">
                <div><dt>{ "smallest" }</dt><dd class="num">{ format!("-{}", format::count(i64::MIN.unsigned_abs())) }</dd></div>
                <div><dt>{ "largest" }</dt><dd class="num">{ format::count(i64::MAX.unsigned_abs()) }</dd></div>
                <div><dt>{ "room for INCR" }</dt><dd class="num">{ format::count(i64::MAX.abs_diff(number)) }</dd></div>
            </dl>
        },
        Shape::Fraction => {
            html! { <p class="dim">{ "No whole number of 64 bits as INCR writes them: INCR refuses it, INCRBYFLOAT takes it." }</p> }
        }
        _ => html! { <p class="dim">{ "No number: INCR and INCRBYFLOAT refuse it." }</p> },
    };
    html! {
        <>
            <div class="big num">{ grouped }</div>
            if matches!(shape, Shape::Whole(_)) { <p class="dim">{ "A whole number of 64 bits. INCR beyond the limits is an error, and changes nothing." }</p> }
            { said }
        </>
    }
}

fn why(props: &PanelProps, shape: Shape, view: &str) -> Html {
    let added = props.facts().last().and_then(|event| match &event.fact {
        Fact::NumberAdded { by, from, to } => Some((event.conn, by, from, to)),
        _ => None,
    });
    let word = props.word();
    let line = match (view, shape) {
        ("Bits", _) => format!("BITCOUNT {word}"),
        (_, Shape::Whole(_)) => format!("INCR {word}"),
        (_, Shape::Fraction) => format!("INCRBYFLOAT {word} 0.5"),
        _ => format!("GET {word}"),
    };
    let said = match added {
        Some((conn, by, Some(from), to)) => {
            html! { <>{ tag::client(conn) }{ " added " }<b class="num">{ by.clone() }</b>{ format!(": {from} → {to}. ") }</> }
        }
        Some((conn, by, None, to)) => {
            html! { <>{ tag::client(conn) }{ " added " }<b class="num">{ by.clone() }</b>{ format!(" to a key that was not there, which counts as 0: {to}. ") }</> }
        }
        None if props.deadline().is_none() => html! { { "It does not expire. " } },
        None => Html::default(),
    };
    html! { <>{ said }<Typed {line} on_command={props.on_command.clone()} /></> }
}
