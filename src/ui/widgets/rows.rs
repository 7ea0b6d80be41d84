//! A list of which only the rows in view are drawn.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use js_sys::Reflect;
use web_sys::Element;
use yew::prelude::*;

use super::seen::use_size;
use crate::app::viewport::{Place, Viewport, Visible, asks_for};
use crate::session::message::Window;

/// What a list needs.
#[derive(Properties, PartialEq)]
pub struct RowsProps {
    /// All rows.
    pub len: usize,
    /// The height of each, in pixels.
    pub row_height: f64,
    /// What a screen reader calls it.
    pub label: AttrValue,
    /// Its role: `table` or `list`.
    pub role: &'static str,
    /// What stands before the rows, such as the names of columns.
    #[prop_or_default]
    pub head: Html,
    /// Draws the row of a number. It must have a key of its own and the height.
    pub row: Callback<usize, Html>,
    /// Other rows came into view.
    #[prop_or_default]
    pub on_range: Callback<Range<usize>>,
    /// Set to bring a row into view; another number with it asks again.
    #[prop_or_default]
    pub go_to: Option<(usize, u32)>,
}

/// Which rows a list was told of last, and which it asks for: that is known at once, and told once it is drawn.
#[hook]
pub fn use_asked(told: Window) -> Rc<RefCell<[Window; 2]>> {
    let asked = use_mut_ref(|| [told; 2]);
    if asked.borrow()[0] != told {
        *asked.borrow_mut() = [told; 2];
    }
    asked
}

/// Asks for the rows that come into view, where they are not asked for yet.
pub fn ask(
    asked: &RefCell<[Window; 2]>,
    in_view: &Range<usize>,
    rows: usize,
    on_window: &Callback<Window>,
) {
    let next = asks_for(asked.borrow()[1], in_view, rows);
    if let Some(next) = next {
        asked.borrow_mut()[1] = next;
        on_window.emit(next);
    }
}

/// The list.
#[component]
pub fn Rows(props: &RowsProps) -> Html {
    let node = use_node_ref();
    let base = use_node_ref();
    let (_, height) = use_size(&node);
    // Read by handlers too, so a cell: where it is now, whatever was drawn last.
    let place = use_mut_ref(Place::default);
    let redraw = use_force_update();
    let viewport = Viewport {
        rows: props.len,
        row: props.row_height,
        height,
    };
    let here = viewport.settled(*place.borrow());
    let seen = viewport.visible(here);
    let drawn = use_mut_ref(|| 0..0);
    let range = viewport.drawn(seen, &drawn.borrow());
    drawn.replace(range.clone());

    let onscroll = {
        let (place, base, redraw) = (place.clone(), base.clone(), redraw.clone());
        Callback::from(move |event: Event| {
            let Some(element) = event.target_dyn_into::<Element>() else {
                return;
            };
            let top = f64::from(element.scroll_top());
            let now = viewport.scrolled(*place.borrow(), top);
            if place.replace(now) != now {
                let seen = viewport.visible(now);
                let range = drawn.borrow().clone();
                match viewport.drawn(seen, &range) == range {
                    true => put(&base, &viewport, seen, &range),
                    false => redraw.force_update(),
                }
            }
            if now.top.round() != top {
                element.set_scroll_top(now.top.round() as i32);
            }
        })
    };
    use_effect_with(
        (range.clone(), props.on_range.clone(), height > 0.0),
        |(range, on_range, laid_out)| {
            if *laid_out {
                on_range.emit(range.clone());
            }
        },
    );
    use_effect_with(props.go_to, {
        let node = node.clone();
        move |go_to| {
            if let (Some((index, _)), Some(element)) = (go_to, node.cast::<Element>()) {
                // In the middle, where what it passed can be seen too.
                let now = viewport.to_row(index.saturating_sub(seen.count / 2));
                *place.borrow_mut() = now;
                element.set_scroll_top(now.top.round() as i32);
                redraw.force_update();
            }
        }
    });

    use_effect({
        let (base, range) = (base.clone(), range.clone());
        move || put(&base, &viewport, seen, &range)
    });
    let table = props.role == "table";
    html! {
        <div
            ref={node}
            class="rows"
            role={props.role}
            aria-label={props.label.clone()}
            aria-rowcount={table.then(|| (props.len + 1).to_string())}
            tabindex="0"
            {onscroll}
        >
            { props.head.clone() }
            <div class="spacer" role="presentation" ~style={format!("height:{}px", viewport.element().min(viewport.rows as f64 * viewport.row))}>
                <div class="base" ref={base} role={if table { "rowgroup" } else { "presentation" }}>
                    for index in range {
                        { props.row.emit(index) }
                    }
                </div>
            </div>
        </div>
    }
}

/// Puts the rows that are drawn where they are seen. They stand under each other: one place is theirs, and a browser need not keep
/// one for each. It is moved by a transform, after which a browser lays nothing out anew.
fn put(base: &NodeRef, viewport: &Viewport, seen: Visible, drawn: &Range<usize>) {
    let top = seen.offset - (seen.first - drawn.start) as f64 * viewport.row;
    if let Some(base) = base.cast::<Element>() {
        let style = format!("transform:translateY({}px)", top.round());
        // An element takes any style.
        let _ = Reflect::set(&base, &"style".into(), &style.into());
    }
}
