//! The estimate: 16,384 registers as a picture, their values as a histogram, and how far off it all is.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};
use yew::prelude::*;

use super::part::PanelProps;
use crate::app::format;
use crate::session::message::{Fact, HllView, ValueView};
use crate::ui::widgets::card::Card;
use crate::ui::widgets::icon::Icon;
use crate::ui::widgets::tag;
use crate::ui::widgets::ticking::Ttl;
use crate::ui::widgets::typed::Typed;

/// Registers along each side of the picture.
const SIDE: usize = 128;
/// The value that takes the full colour; with a million elements few registers pass it.
const FULL: f64 = 16.0;
/// Below so many registers in use, each is drawn with a halo, or it would not be seen.
const FEW: usize = 600;
/// The bars of the histogram: the last holds every larger value.
const BARS: usize = 21;
/// What the reference states as the standard error, in percent: 1.04 / sqrt(16384).
const STANDARD_ERROR: f64 = 0.81;

/// The inspector of a HyperLogLog.
#[component]
pub fn HllInspector(props: &PanelProps) -> Html {
    let Some(ValueView::Hll(hll)) = props.value() else {
        return Html::default();
    };
    let zeros = hll.registers.iter().filter(|&&value| value == 0).count();
    let highest = hll.registers.iter().max().copied().unwrap_or(0);
    let used = hll.registers.len() - zeros;
    let meta = html! {
        <>
            { if hll.dense { "dense" } else { "sparse" } }{ " · " }{ format::bytes(hll.bytes as u64) }
            if let Some(deadline) = props.deadline() { { " · " }<Ttl {deadline} /> }
        </>
    };
    let summary = format!(
        "{} of {} registers are in use; the highest value is {highest}.",
        format::count(used as u64),
        format::count(hll.registers.len() as u64)
    );
    html! {
        <Card
            name={props.label()} kind="hll" words="HyperLogLog" icon={Icon::Hll} {meta}
            pinned={props.pinned} on_pin={props.on_pin.clone()} on_close={props.on_close.clone()}
        >
            <div class="hll">
                <Registers registers={hll.registers.clone()} label={summary.clone()} />
                <div class="hll-side">
                    <div class="big num">{ format::count(hll.estimate) }</div>
                    <div class="dim">{ "estimated" }{ truth(hll) }</div>
                    { histogram(&hll.registers) }
                    <details class="twin">
                        <summary>{ "Registers as text" }</summary>
                        <p>{ summary }</p>
                        <p class="mono num">
                            for (value, count) in counts(&hll.registers).into_iter().enumerate().filter(|(_, count)| *count > 0) {
                                <span class="pair">{ format!("{value}{}: {}", if value + 1 == BARS { "+" } else { "" }, format::count(count as u64)) }</span>{ " " }
                            }
                        </p>
                    </details>
                </div>
            </div>
            <div class="why">{ why(props, hll) }</div>
        </Card>
    }
}

fn truth(hll: &HllView) -> Html {
    let Some(truth) = hll.truth else {
        return html! { { " · the true count is not known to the page" } };
    };
    let off = if truth == 0 {
        0.0
    } else {
        (hll.estimate as f64 - truth as f64).abs() / truth as f64 * 100.0
    };
    // Three standard errors hold nearly every estimate.
    let class = if off <= STANDARD_ERROR * 3.0 {
        "good-text"
    } else {
        "warn-text"
    };
    html! { <>{ format!(" · true count {} · ", format::count(truth as u64)) }<span class="nowrap">{ "off by " }<b {class}>{ format!("{off:.2}%") }</b></span></> }
}

fn why(props: &PanelProps, hll: &HllView) -> Html {
    let last = props
        .facts()
        .iter()
        .rev()
        .find_map(|event| match event.fact {
            Fact::Counted { elements, grew, .. } => Some((event.conn, elements, grew)),
            _ => None,
        });
    let Some((conn, elements, grew)) = last else {
        return html! { <>{ "Count another visitor: " }<Typed line={format!("PFADD {} zoe", props.word())} on_command={props.on_command.clone()} /></> };
    };
    let shown = format!(
        " showed it {} element{}",
        format::count(elements as u64),
        if elements == 1 { "" } else { "s" }
    );
    let effect = if grew {
        "; a register grew, so the estimate may have moved."
    } else {
        "; no register grew: they were counted before, or hid behind others."
    };
    html! { <>{ tag::client(conn) }{ shown }{ effect }{ if hll.dense { " It stays at 12 KB whatever it counts." } else { " It never passes 12 KB, whatever it counts." } }</> }
}

fn counts(registers: &[u8]) -> Vec<usize> {
    let mut counts = vec![0; BARS];
    for &value in registers {
        if let Some(count) = counts.get_mut(usize::from(value).min(BARS - 1)) {
            *count += 1;
        }
    }
    counts
}

/// Heights follow the values above 0; of the registers at 0, which may be nearly all, the bar is cut off and says so.
fn histogram(registers: &[u8]) -> Html {
    let counts = counts(registers);
    let zeros = counts.first().copied().unwrap_or(0);
    let most = counts.iter().skip(1).max().copied().unwrap_or(0).max(1) as f64;
    let cut = zeros as f64 > most * 1.25;
    html! {
        <svg class="histogram" viewBox="0 0 300 78" aria-hidden="true">
            for (value, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                <rect
                    key={value} class={classes!((value == 0).then_some("zeros"))} x={format!("{:.1}", value as f64 * 14.3)} width="11" rx="2"
                    y={format!("{:.1}", 66.0 - bar(count, most))} height={format!("{:.1}", bar(count, most))}
                />
            }
            if cut {
                <text x="14" y="9" class="cut">{ format!("{} at 0", format::count(zeros as u64)) }</text>
            }
            <line x1="0" x2="300" y1="66" y2="66" />
            <text x="0" y="76.5">{ "register value 0" }</text>
            <text x="297" y="76.5" text-anchor="end">{ format!("{}+", BARS - 1) }</text>
        </svg>
    }
}

fn bar(count: usize, most: f64) -> f64 {
    (56.0 * count as f64 / most).clamp(1.5, 64.0)
}

#[derive(Properties, PartialEq)]
struct RegistersProps {
    registers: Vec<u8>,
    label: String,
}

/// The registers as a picture in the element's own colour. Those that have just grown stand out.
#[component]
fn Registers(props: &RegistersProps) -> Html {
    let node = use_node_ref();
    let before = use_mut_ref(Vec::new);
    let themes = use_state(|| 0_u32);
    use_effect_with((props.registers.clone(), *themes), {
        let node = node.clone();
        move |(registers, _)| {
            if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                draw(&canvas, registers, &before.borrow());
            }
            *before.borrow_mut() = registers.clone();
        }
    });
    // The style gives the colour a moment's transition, whose end says that the theme has changed.
    let ontransitionend = Callback::from(move |_: TransitionEvent| themes.set(*themes + 1));
    html! { <canvas ref={node} width="128" height="128" role="img" aria-label={format!("Register map: {}", props.label)} {ontransitionend} /> }
}

fn draw(canvas: &HtmlCanvasElement, registers: &[u8], before: &[u8]) {
    let context = canvas
        .get_context("2d")
        .ok()
        .flatten()
        .and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok());
    let Some(context) = context else { return };
    let style = web_sys::window().and_then(|w| w.get_computed_style(canvas).ok().flatten());
    let colour = |name: &str| {
        style
            .as_ref()
            .and_then(|s| s.get_property_value(name).ok())
            .and_then(|text| rgb(&text))
    };
    let (Some(ink), Some(news)) = (colour("color"), colour("outline-color")) else {
        return;
    };

    let used = registers.iter().filter(|&&value| value > 0).count();
    let grew = registers
        .iter()
        .zip(before)
        .filter(|(now, then)| now > then)
        .count();
    // A picture that is new as a whole has no news in it.
    let tell = before.len() == registers.len() && grew < FEW;
    let mut pixels = vec![0_u8; SIDE * SIDE * 4];
    let mut paint = |at: usize, colour: [u8; 3], alpha: f64| {
        if let Some([r, g, b, a]) = pixels.get_mut(at * 4..at * 4 + 4) {
            let alpha = (alpha * 255.0) as u8;
            if alpha >= *a {
                [*r, *g, *b] = colour;
                *a = alpha;
            }
        }
    };
    for (at, &value) in registers
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > 0)
    {
        let is_news = tell && before.get(at).is_some_and(|&then| then < value);
        let colour = if is_news { news } else { ink };
        if used < FEW || is_news {
            let (x, y) = (at % SIDE, at / SIDE);
            for (x, y) in [
                (x.wrapping_sub(1), y),
                (x + 1, y),
                (x, y.wrapping_sub(1)),
                (x, y + 1),
            ] {
                if x < SIDE && y < SIDE {
                    paint(y * SIDE + x, colour, 0.45);
                }
            }
        }
        let strength = f64::from(value) / FULL;
        paint(
            at,
            colour,
            if used < FEW || is_news {
                1.0
            } else {
                strength.clamp(0.06, 1.0)
            },
        );
    }
    if let Ok(image) = ImageData::new_with_u8_clamped_array_and_sh(
        Clamped(pixels.as_slice()),
        SIDE as u32,
        SIDE as u32,
    ) {
        // Refused only for sizes that are not finite.
        let _ = context.put_image_data(&image, 0.0, 0.0);
    }
}

/// The numbers of `rgb(1, 2, 3)`, as computed styles write colours.
fn rgb(text: &str) -> Option<[u8; 3]> {
    let mut numbers = text
        .split(|c: char| !c.is_ascii_digit() && c != '.')
        .filter_map(|n| n.parse::<f64>().ok());
    Some([
        numbers.next()? as u8,
        numbers.next()? as u8,
        numbers.next()? as u8,
    ])
}
