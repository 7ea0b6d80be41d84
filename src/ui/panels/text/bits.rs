//! The bits of a string: a window of them as a grid, with what was last read or written.

use std::fmt::Write;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::format;
use crate::app::table::Table;
use crate::app::words::common;
use crate::app::words::text as words;
use crate::session::message::{BitField, BitsView, Conn, Millis};
use crate::ui::widgets::said::said;
use crate::ui::widgets::tag;
use crate::ui::widgets::twin::Twin;
use crate::ui::widgets::typed::Typed;

/// Bits in a row.
const ROW: u64 = 32;
/// Bits in view.
pub const COUNT: u64 = 512;
/// The side of a bit, with the gap to the next, in the drawing's own units; and of the gap between bytes.
const SIDE: u64 = 11;
const GAP: u64 = 4;

/// The numbers that a command named last: when, whose it was, and which.
pub type Last = (Millis, Option<Conn>, Vec<BitField>);

/// What the grid needs.
#[derive(Properties, PartialEq)]
pub struct BitsProps {
    /// The bits in view, once they are told.
    pub view: Option<BitsView>,
    /// Bytes of the string.
    pub len: u64,
    /// The key as an argument.
    pub word: String,
    /// The numbers that the last command on bits named.
    pub last: Last,
    /// Other bits are to be in view.
    pub on_start: Callback<u64>,
    /// A command is to be typed.
    pub on_command: Callback<String>,
}

/// The grid, and what was counted.
#[component]
pub fn Bits(props: &BitsProps) -> Html {
    let offset = use_state_eq(String::new);
    let start = props.view.as_ref().map_or(0, |view| view.start);
    // What a command touches out of view comes into view.
    use_effect_with(props.last.clone(), {
        let on_start = props.on_start.clone();
        move |(_, _, fields): &Last| {
            if let Some(field) = fields.last() {
                on_start.emit(field.offset / COUNT * COUNT);
            }
        }
    });
    let Some(view) = &props.view else {
        return html! { <p class="dim">{ "…" }</p> };
    };
    let bits = props.len * 8;
    let end = start + view.bytes.len() as u64 * 8;
    let go = |to: u64| props.on_start.reform(move |_: MouseEvent| to);
    let wanted = offset.parse::<u64>().ok().filter(|at| *at < 4_294_967_296);
    let oninput = {
        let offset = offset.clone();
        Callback::from(move |event: InputEvent| {
            offset.set(event.target_unchecked_into::<HtmlInputElement>().value())
        })
    };
    let onsubmit = {
        let on_start = props.on_start.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            if let Some(at) = wanted {
                on_start.emit(at / COUNT * COUNT);
            }
        })
    };
    let table = {
        let (view, fields) = (view.clone(), props.last.2.clone());
        Callback::from(move |()| table(&view, &fields))
    };
    let word = &props.word;
    let type_it = |line: String, text: String| html! { <Typed {line} text={Some(AttrValue::from(text))} on_command={props.on_command.clone()} /> };
    html! {
        <div class="bits">
            <div class="bits-tools">
                <button type="button" class="line" disabled={start == 0} aria-label={words::EARLIER_BITS} onclick={go(start.saturating_sub(COUNT))}>{ "←" }</button>
                <span class="num">{ words::bits_shown(start, end.saturating_sub(1).max(start), bits) }</span>
                <button type="button" class="line" disabled={end >= bits} aria-label={words::LATER_BITS} onclick={go(start + COUNT)}>{ "→" }</button>
                <form {onsubmit}>
                    <input type="text" inputmode="numeric" placeholder={words::OFFSET} aria-label={words::OFFSET_OF_A_BIT} value={(*offset).clone()} {oninput} autocomplete="off" />
                    <button type="submit" class="line" disabled={wanted.is_none()}>{ common::GO }</button>
                </form>
                if let Some(at) = wanted {
                    { type_it(format!("GETBIT {word} {at}"), "GETBIT".into()) }
                    { type_it(format!("SETBIT {word} {at} 1"), "SETBIT 1".into()) }
                    { type_it(format!("SETBIT {word} {at} 0"), "SETBIT 0".into()) }
                }
            </div>
            <Twin what={words::THE_BITS} {table}>{ drawing(view, &props.last.2) }</Twin>
            <p>{ touched(&props.last) }</p>
            <ul class="bits-counts">
                <li>{ words::set_in_view(view.ones_in_view, view.bytes.len() as u64 * 8) }{ type_it(format!("BITCOUNT {word} {start} {} BIT", end.saturating_sub(1).max(start)), words::BITCOUNT_OF_THESE.into()) }</li>
                <li>
                    { words::set_in_all(view.ones, bits) }
                    { type_it(format!("BITCOUNT {word}"), "BITCOUNT".into()) }
                </li>
                <li>{ words::first_set(view.first_one, view.ones.is_some()) }{ type_it(format!("BITPOS {word} 1"), "BITPOS 1".into()) }</li>
                <li>{ words::first_not_set(view.first_zero, view.ones.is_some()) }{ type_it(format!("BITPOS {word} 0"), "BITPOS 0".into()) }</li>
            </ul>
        </div>
    }
}

fn touched((_, conn, fields): &Last) -> Html {
    if fields.is_empty() {
        return html! { <span class="dim">{ words::BIT_ZERO }</span> };
    }
    html! {
        <>
            { tag::client(*conn) }
            for field in fields {
                <span class="bits-field">
                    { said(words::touched_bits(field, html! { <b class="num">{ field.value }</b> })) }
                </span>
            }
        </>
    }
}

/// Where a bit of the window stands.
fn place(at: u64, labels: u64) -> (u64, u64) {
    let column = at % ROW;
    (labels + column * SIDE + column / 8 * GAP, at / ROW * SIDE)
}

fn drawing(view: &BitsView, fields: &[BitField]) -> Html {
    let bits = view.bytes.len() as u64 * 8;
    let rows = bits.div_ceil(ROW);
    // As wide as the longest offset.
    let labels = format::count(view.start + bits).len() as u64 * 6 + 10;
    let (mut ones, mut zeros) = (String::new(), String::new());
    for at in 0..bits {
        let on = view
            .bytes
            .get((at / 8) as usize)
            .is_some_and(|byte| byte >> (7 - at % 8) & 1 == 1);
        let (x, y) = place(at, labels);
        // Writing to a string does not fail.
        let _ = if on {
            write!(ones, "M{} {}h9v9h-9z", x + 1, y + 1)
        } else {
            write!(zeros, "M{} {}h3v3h-3z", x + 4, y + 4)
        };
    }
    let mut outlines = Vec::new();
    for field in fields {
        let (first, last) = (
            field.offset.max(view.start),
            (field.offset + u64::from(field.bits)).min(view.start + bits),
        );
        let mut at = first;
        while at < last {
            // As far as the row's end.
            let end = ((at - view.start) / ROW * ROW + ROW + view.start).min(last);
            let (x, y) = place(at - view.start, labels);
            let (to, _) = place(end - 1 - view.start, labels);
            outlines.push((x, y, to + SIDE - x, field.written));
            at = end;
        }
    }
    let label = words::bits_drawn(bits, view.start, view.ones_in_view);
    html! {
        <svg class="bits-grid" viewBox={format!("0 -1 {} {}", labels + ROW * SIDE + 3 * GAP + 2, rows.max(1) * SIDE + 2)} role="img" aria-label={label}>
            for row in 0..rows {
                <text x={(labels - 8).to_string()} y={(row * SIDE + 9).to_string()} text-anchor="end">{ format::count(view.start + row * ROW) }</text>
            }
            <path class="bits-zeros" d={zeros} />
            <path class="bits-ones" d={ones} />
            for (x, y, width, written) in outlines {
                <rect class={if written { "bits-written" } else { "bits-read" }} x={x.to_string()} y={y.to_string()} width={width.to_string()} height={SIDE.to_string()} rx="2" />
            }
        </svg>
    }
}

fn table(view: &BitsView, fields: &[BitField]) -> Table {
    let mut table = Table::new(&words::BITS_COLUMNS);
    for (at, row) in view.bytes.chunks((ROW / 8) as usize).enumerate() {
        let start = view.start + at as u64 * ROW;
        let end = start + row.len() as u64 * 8;
        let bits: Vec<_> = row.iter().map(|byte| format!("{byte:08b}")).collect();
        let hex: Vec<_> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        let touched: Vec<_> = fields
            .iter()
            .filter(|field| field.offset < end && field.offset + u64::from(field.bits) > start)
            .map(words::touched_from)
            .collect();
        table.row([
            start.to_string(),
            bits.join(" "),
            hex.join(" "),
            touched.join(", "),
        ]);
    }
    table
}
