//! A sentence in which something drawn stands.

use yew::prelude::*;

use crate::app::words::Piece;

/// The pieces of a sentence, one after the other.
pub fn said(pieces: Vec<Piece<Html>>) -> Html {
    let drawn = |piece| match piece {
        Piece::Said(text) => html! { { text } },
        Piece::Shown(drawn) => drawn,
    };
    pieces.into_iter().map(drawn).collect()
}
