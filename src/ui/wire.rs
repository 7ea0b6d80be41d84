//! The raw bytes of a connection, in place of its log.

use std::rc::Rc;

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::app::console::Console;
use crate::app::format;
use crate::app::wire::{Row, Way};
use crate::app::words::console as words;

/// How many lines are shown before one asks for the earlier ones.
const SHOWN: usize = 300;

/// What the view needs.
#[derive(Properties)]
pub struct WireProps {
    /// The console.
    pub console: Rc<Console>,
}

impl PartialEq for WireProps {
    fn eq(&self, other: &Self) -> bool {
        self.console.conn == other.console.conn
            && self.console.wire.last() == other.console.wire.last()
    }
}

/// What was sent and received, byte for byte.
#[component]
pub fn WireLog(props: &WireProps) -> Html {
    let node = use_node_ref();
    let all = use_state(|| false);
    let wire = &props.console.wire;
    {
        let node = node.clone();
        use_effect_with(wire.last(), move |_| {
            if let Some(log) = node.cast::<HtmlElement>() {
                log.set_scroll_top(log.scroll_height());
            }
        });
    }
    let (rows, more) = wire.rows(if *all { usize::MAX } else { SHOWN });
    let show_all = {
        let all = all.clone();
        Callback::from(move |_: MouseEvent| all.set(true))
    };
    let letter = format::client_letter(props.console.conn);
    html! {
        <div class="log wire" role="log" aria-label={words::raw_bytes_of(&letter)} tabindex="0" ref={node}>
            if more {
                <button class="line earlier" type="button" onclick={show_all}>{ words::EARLIER_BYTES }</button>
            }
            if rows.is_empty() {
                <div class="note">{ words::NO_BYTES }</div>
            }
            for row in rows {
                { line(row) }
            }
        </div>
    }
}

fn line(row: Row) -> Html {
    let (class, mark, says) = match row.way {
        Way::Sent => ("sent", "→", words::SENT),
        Way::Received => ("received", "←", words::RECEIVED),
        Way::Ended => ("ended", "×", ""),
    };
    let first = row.id.1 == 0;
    html! {
        <div key={format!("{}-{}", row.id.0, row.id.1)} class={class}>
            <span class="way" aria-hidden="true">{ if first { mark } else { "" } }</span>
            <span>
                if first { <span class="vh">{ says }</span> }
                { row.text }
                if row.ends { <span class="crlf">{ "\\r\\n" }</span> }
            </span>
        </div>
    }
}
