//! Who: a client by its letter, a consumer by its name, each in its hue.

use yew::prelude::*;

use crate::app::words::common as words;
use crate::app::{colour, format};
use crate::session::message::Conn;

/// A client's tag; where time did something itself, the clock's.
pub fn client(conn: Option<Conn>) -> Html {
    match conn {
        Some(conn) => {
            html! { <span class={classes!("tag", colour::client_tag(conn))}><span class="vh">{ words::CLIENT }</span>{ format::client_letter(conn) }</span> }
        }
        None => html! { <span class="tag plain">{ words::TIME }</span> },
    }
}

/// A consumer's tag.
pub fn consumer(name: &[u8]) -> Html {
    html! { <span class={classes!("tag", colour::consumer_tag(name))}>{ format::lossy(name) }</span> }
}
