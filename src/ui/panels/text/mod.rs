//! A plain string: as text, a number, JSON or bits.

mod bits;
mod json;

use yew::prelude::*;

use super::part::PanelProps;
use crate::app::format;
use crate::app::text::{Shape, dump, shape, text_of};
use crate::app::words::text as words;
use crate::session::message::{Fact, Look, TextView, ValueView, WHOLE_MAX};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::copy::Copy;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::said::said;
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
        Shape::Whole(_) | Shape::Fraction => words::NUMBER,
        Shape::Json => words::JSON,
        Shape::Text => words::TEXT,
        Shape::Bytes => words::BITS,
    });
    let wanted = match view {
        words::BITS => Look::Bits {
            start: *bits_at,
            count: bits::COUNT,
        },
        words::JSON => Look::Whole,
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
        words::NUMBER => number(shape, &text.head),
        words::JSON => {
            html! { <JsonTree text={AttrValue::from(text_of(&text.head, whole).unwrap_or_default().to_string())} {whole} /> }
        }
        words::BITS => html! {
            <Bits
                view={text.bits.clone()} len={text.len as u64} word={props.word()} last={last_touched(props)}
                on_start={let bits_at = bits_at.clone(); Callback::from(move |start| bits_at.set(start))} on_command={props.on_command.clone()}
            />
        },
        _ if text.len == 0 => html! { <p class="empty">{ words::EMPTY }</p> },
        _ => match text_of(&text.head, whole) {
            Some(text) => html! { <pre class="value wrap">{ text.to_string() }</pre> },
            None => html! { <pre class="value">{ dump(&text.head) }</pre> },
        },
    };
    let mut names = vec![words::TEXT];
    if matches!(shape, Shape::Whole(_) | Shape::Fraction) || view == words::NUMBER {
        names.push(words::NUMBER);
    }
    names.extend([words::JSON, words::BITS]);
    html! {
        <Card
            name={props.label()} kind="string" words={words::KIND} icon={Icon::Text} meta={meta(props, text)}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <Views label={words::VIEWS} {names} chosen={view} on_choose={let chosen = chosen.clone(); Callback::from(move |name| chosen.set(Some(name)))}>
                if view != words::BITS { <Copy what={words::THE_VALUE} text={copied} /> }
            </Views>
            <div class="text" tabindex="0" role="group" aria-label={words::VALUE}>
                { body }
                if !whole && matches!(view, words::TEXT | words::JSON) {
                    <p class="dim">
                        { words::the_first(text.head.len(), text.len) }
                        if text.head.len() < WHOLE_MAX {
                            <button type="button" class="line" onclick={let more = more.clone(); Callback::from(move |_: MouseEvent| more.set(true))}>{ words::SHOW_MORE }</button>
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
            { words::bytes(text.len) }
            { " · " }{ &text.encoding }
            <span class="memory">{ " · " }{ words::in_all(text.memory) }</span>
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
                <div><dt>{ words::SMALLEST }</dt><dd class="num">{ format!("-{}", format::count(i64::MIN.unsigned_abs())) }</dd></div>
                <div><dt>{ words::LARGEST }</dt><dd class="num">{ format::count(i64::MAX.unsigned_abs()) }</dd></div>
                <div><dt>{ words::ROOM_FOR_INCR }</dt><dd class="num">{ format::count(i64::MAX.abs_diff(number)) }</dd></div>
            </dl>
        },
        Shape::Fraction => {
            html! { <p class="dim">{ words::NO_WHOLE_NUMBER }</p> }
        }
        _ => html! { <p class="dim">{ words::NO_NUMBER }</p> },
    };
    html! {
        <>
            <div class="big num">{ grouped }</div>
            if matches!(shape, Shape::Whole(_)) { <p class="dim">{ words::WHOLE_NUMBER }</p> }
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
        (words::BITS, _) => format!("BITCOUNT {word}"),
        (_, Shape::Whole(_)) => format!("INCR {word}"),
        (_, Shape::Fraction) => format!("INCRBYFLOAT {word} 0.5"),
        _ => format!("GET {word}"),
    };
    let said = match added {
        Some((conn, by, Some(from), to)) => said(words::number_added(
            tag::client(conn),
            html! { <b class="num">{ by.clone() }</b> },
            from,
            to,
        )),
        Some((conn, by, None, to)) => said(words::number_made(
            tag::client(conn),
            html! { <b class="num">{ by.clone() }</b> },
            to,
        )),
        None if props.deadline().is_none() => html! { { words::NO_EXPIRY } },
        None => Html::default(),
    };
    html! { <>{ said }<Typed {line} on_command={props.on_command.clone()} /></> }
}
