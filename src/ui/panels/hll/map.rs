//! The registers as a picture, each of which can be read.

use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement, ImageData};
use yew::prelude::*;

use crate::app::words::hll as words;

use crate::app::registers::{From, SIDE, moved};

/// The value that takes the full colour; with a million elements few registers pass it.
const FULL: f64 = 16.0;
/// Below so many registers in use, each is drawn with a halo, or it would not be seen.
const FEW: usize = 600;

/// What the map shows.
#[derive(Properties, PartialEq)]
pub struct MapProps {
    /// The 16,384 registers.
    pub registers: Vec<u8>,
    /// Those of another that it is merged with.
    #[prop_or_default]
    pub other: Option<Vec<u8>>,
    /// A register that is pointed out.
    #[prop_or_default]
    pub mark: Option<usize>,
}

/// The registers as a picture in the element's own colour. Those that have just grown stand out. The pointer or the
/// arrow keys read one.
#[component]
pub fn Map(props: &MapProps) -> Html {
    let node = use_node_ref();
    let before = use_mut_ref(Vec::new);
    let themes = use_state(|| 0_u32);
    let read = use_state_eq(|| None::<usize>);
    use_effect_with((props.registers.clone(), props.other.clone(), *themes), {
        let node = node.clone();
        move |(registers, other, _)| {
            if let Some(canvas) = node.cast::<HtmlCanvasElement>() {
                draw(&canvas, registers, other.as_deref(), &before.borrow());
            }
            *before.borrow_mut() = registers.clone();
        }
    });
    // The style gives the colour a moment's transition, whose end says that the theme has changed.
    let ontransitionend = Callback::from(move |_: TransitionEvent| themes.set(*themes + 1));
    let at = (*read).or(props.mark);
    let onpointermove = {
        let read = read.clone();
        Callback::from(move |event: PointerEvent| {
            let Some(map) = event
                .current_target()
                .and_then(|t| t.dyn_into::<HtmlElement>().ok())
            else {
                return;
            };
            let size = f64::from(map.client_width().max(1));
            let cell = |offset: i32| (f64::from(offset.max(0)) / size * SIDE as f64) as usize;
            let (x, y) = (cell(event.offset_x()), cell(event.offset_y()));
            read.set(Some(y.min(SIDE - 1) * SIDE + x.min(SIDE - 1)));
        })
    };
    let onpointerleave = {
        let read = read.clone();
        Callback::from(move |_: PointerEvent| read.set(None))
    };
    let onkeydown = {
        let read = read.clone();
        Callback::from(move |event: KeyboardEvent| {
            if let Some(to) = moved(at.unwrap_or(0), &event.key()) {
                event.prevent_default();
                read.set(Some(to));
            }
        })
    };
    let held = |at: usize| props.registers.get(at).copied().unwrap_or(0);
    let words = at.map_or_else(
        || words::POINT.to_string(),
        |at| match &props.other {
            None => words::holds(at, held(at)),
            Some(other) => words::holds_both(at, held(at), other.get(at).copied().unwrap_or(0)),
        },
    );
    html! {
        <div class="hll-map">
            <div
                class="hll-picture" role="slider" tabindex="0" aria-label={words::REGISTER_MAP} aria-valuemin="0" aria-valuemax={(SIDE * SIDE - 1).to_string()}
                aria-valuenow={at.unwrap_or(0).to_string()} aria-valuetext={words.clone()} {onpointermove} {onpointerleave} {onkeydown}
            >
                <canvas ref={node} width="128" height="128" aria-hidden="true" {ontransitionend} />
                if let Some(at) = at {
                    <i class="hll-mark" ~style={format!("left:{:.3}%;top:{:.3}%", part(at % SIDE), part(at / SIDE))} />
                }
            </div>
            <p class="hll-read num">{ words }</p>
        </div>
    }
}

/// The middle of a cell, in percent.
fn part(cell: usize) -> f64 {
    (cell as f64 + 0.5) / SIDE as f64 * 100.0
}

fn draw(canvas: &HtmlCanvasElement, registers: &[u8], other: Option<&[u8]>, before: &[u8]) {
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
    let (Some(ink), Some(news), Some(theirs), Some(both)) = (
        colour("color"),
        colour("outline-color"),
        colour("column-rule-color"),
        colour("text-decoration-color"),
    ) else {
        return;
    };
    // Of a merge: the greater of two, coloured by whose it is.
    let greater: Vec<(u8, [u8; 3])> = match other {
        None => registers.iter().map(|&value| (value, ink)).collect(),
        Some(other) => {
            let pairs = registers.iter().zip(other);
            pairs
                .map(|(&this, &that)| {
                    let colour = match From::of(this, that) {
                        From::This => ink,
                        From::Other => theirs,
                        From::Both | From::Neither => both,
                    };
                    (this.max(that), colour)
                })
                .collect()
        }
    };

    let used = greater.iter().filter(|(value, _)| *value > 0).count();
    let grew = registers
        .iter()
        .zip(before)
        .filter(|(now, then)| now > then)
        .count();
    // A picture that is new as a whole has no news in it.
    let tell = other.is_none() && before.len() == registers.len() && grew < FEW;
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
    for (at, &(value, own)) in greater
        .iter()
        .enumerate()
        .filter(|(_, (value, _))| *value > 0)
    {
        let is_news = tell && before.get(at).is_some_and(|&then| then < value);
        let colour = if is_news { news } else { own };
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
