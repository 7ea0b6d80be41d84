//! The estimate: 16,384 registers as a picture, how far off it all is, one element's way in, and a merge.

mod count;
mod element;
mod map;
mod merge;

use yew::prelude::*;

use self::count::count;
use self::element::{Follow, wanted};
use self::map::Map;
use self::merge::Merge;
use super::part::PanelProps;
use crate::app::format;
use crate::app::words::hll as words;
use crate::session::message::{Bytes, Conn, Fact, HllLook, HllView, Look, ValueView};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::said::said;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Ttl;
use crate::ui::widgets::typed::Typed;

/// What stands beside the map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Count,
    Element,
    Merge,
}

/// What PFADD did last.
#[derive(Clone, PartialEq)]
struct Last {
    conn: Option<Conn>,
    elements: usize,
    grew: bool,
    element: Option<(Bytes, u8)>,
}

/// The inspector of a HyperLogLog.
#[component]
pub fn HllInspector(props: &PanelProps) -> Html {
    let side = use_state_eq(|| Side::Count);
    let text = use_state_eq(String::new);
    let other = use_state_eq(|| None::<Bytes>);
    let last = last(props);
    let look = match *side {
        Side::Count => Look::Rows,
        Side::Element => wanted(
            &text,
            last.as_ref()
                .and_then(|last| Some(&last.element.as_ref()?.0)),
        )
        .map_or(Look::Rows, |element| Look::Hll(HllLook::Element(element))),
        Side::Merge => Look::Hll(HllLook::Merge((*other).clone())),
    };
    let asked = props.state.look.clone();
    use_effect_with((props.name.clone(), look), {
        let on_look = props.on_look.clone();
        move |(_, look)| {
            if *look != asked {
                on_look.emit(look.clone());
            }
        }
    });
    let Some(ValueView::Hll(hll)) = props.value() else {
        return Html::default();
    };
    let meta = html! {
        <>
            { words::form(hll.dense) }{ " · " }{ format::bytes(hll.bytes as u64) }
            if let Some(deadline) = props.deadline() { { " · " }<Ttl {deadline} /> }
        </>
    };
    let choose = |to: Side, words: &'static str| {
        let onclick = {
            let side = side.clone();
            Callback::from(move |_: MouseEvent| side.set(to))
        };
        html! { <button type="button" class="line" aria-pressed={(*side == to).to_string()} {onclick}>{ words }</button> }
    };
    let follows = hll.element.as_ref().filter(|_| *side == Side::Element);
    let merges = hll.merge.as_ref().filter(|_| *side == Side::Merge);
    html! {
        <Card
            name={props.label()} kind="hll" words={words::KIND} icon={Icon::Hll} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="hll" role="region" aria-label={words::what_it_counts(&props.label())} tabindex="0">
                <Map
                    registers={hll.registers.clone()} mark={follows.map(|element| element.register)}
                    other={merges.and_then(|merge| Some(merge.other.as_ref()?.registers.clone()))}
                />
                <div class="hll-side">
                    <div class="hll-sides" role="group" aria-label={words::BESIDE_THE_REGISTERS}>
                        { choose(Side::Count, words::COUNT) }{ choose(Side::Element, words::ELEMENT) }{ choose(Side::Merge, words::MERGE) }
                    </div>
                    { match *side {
                        Side::Count => count(hll),
                        Side::Element => html! {
                            <Follow
                                element={follows.cloned()} before={before(hll, last.as_ref())} text={(*text).clone()}
                                on_text={{ let text = text.clone(); Callback::from(move |new| text.set(new)) }}
                                word={props.word()} on_command={props.on_command.clone()}
                            />
                        },
                        Side::Merge => html! {
                            <Merge
                                hll={hll.clone()} word={props.word()} on_command={props.on_command.clone()}
                                on_key={{ let other = other.clone(); Callback::from(move |key| other.set(key)) }}
                            />
                        },
                    } }
                </div>
            </div>
            <div class="why">{ why(props, hll, last.as_ref()) }</div>
        </Card>
    }
}

fn last(props: &PanelProps) -> Option<Last> {
    props
        .facts()
        .iter()
        .rev()
        .find_map(|event| match &event.fact {
            Fact::Counted {
                elements,
                grew,
                last,
            } => Some(Last {
                conn: event.conn,
                elements: *elements,
                grew: *grew,
                element: last.clone(),
            }),
            _ => None,
        })
}

/// What the register of the element that is followed held, where that was shown last.
fn before(hll: &HllView, last: Option<&Last>) -> Option<u8> {
    let followed = &hll.element.as_ref()?.element;
    let (element, before) = last?.element.as_ref()?;
    (element == followed).then_some(*before)
}

fn why(props: &PanelProps, hll: &HllView, last: Option<&Last>) -> Html {
    let Some(last) = last else {
        return html! { <>{ words::COUNT_ANOTHER }<Typed line={format!("PFADD {} zoe", props.word())} on_command={props.on_command.clone()} /></> };
    };
    said(words::counted_elements(
        tag::client(last.conn),
        last.elements,
        last.grew,
        hll.dense,
    ))
}
