//! The icons of the types, drawn in the colour of the text around them.

use yew::prelude::*;

use crate::session::message::Kind;

/// What an icon stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A sorted set.
    Zset,
    /// A stream.
    Stream,
    /// A lock.
    Lock,
    /// A HyperLogLog.
    Hll,
    /// A plain string.
    Text,
    /// A list.
    List,
    /// A set.
    Set,
    /// A hash.
    Hash,
    /// A channel.
    Channel,
    /// A pattern of channels.
    Pattern,
    /// A script.
    Script,
    /// What commands cost.
    Profiler,
    /// A key that is not there.
    Missing,
    /// A group that is open.
    Opened,
    /// A group that is closed.
    Closed,
    /// To pin an inspector.
    Pin,
    /// To close it.
    Close,
    /// To take hold of something and move it.
    Grip,
    /// Bytes that go both ways.
    Wire,
    /// More that can be done.
    More,
    /// Lit as the reader's system is.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl From<Kind> for Icon {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Zset => Self::Zset,
            Kind::Stream => Self::Stream,
            Kind::Lock => Self::Lock,
            Kind::Hll => Self::Hll,
            Kind::Text => Self::Text,
            Kind::List => Self::List,
            Kind::Set => Self::Set,
            Kind::Hash => Self::Hash,
        }
    }
}

/// An icon. It says nothing to a screen reader: a word stands beside it.
pub fn icon(icon: Icon) -> Html {
    let shapes = match icon {
        Icon::Zset => html! { <path d="M3 13V8M8 13V3M13 13v-3" /> },
        Icon::Stream => html! { <path d="M2 5h12M2 8h8M2 11h10" /> },
        Icon::Lock => {
            html! { <><rect x="3" y="7" width="10" height="6.5" rx="1.5" /><path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" /></> }
        }
        Icon::Hll => html! { <path d="M2 12c2-6 3-6 5-2s3 3 4-2 2-4 3-4" /> },
        Icon::Text => html! { <path d="M4 4h8M4 8h8M4 12h5" /> },
        Icon::List => html! { <path d="M2.5 6h3v4h-3zM6.5 6h3v4h-3zM10.5 6h3v4h-3z" /> },
        Icon::Set => {
            html! { <><circle cx="6" cy="8" r="3.8" /><circle cx="10" cy="8" r="3.8" /></> }
        }
        Icon::Hash => html! { <path d="M2.5 4h4M9 4h4.5M2.5 8h4M9 8h4.5M2.5 12h4M9 12h4.5" /> },
        Icon::Channel => {
            html! { <><circle cx="8" cy="8" r="1.5" /><path d="M4.5 4.5a5 5 0 0 0 0 7M11.5 4.5a5 5 0 0 1 0 7" /></> }
        }
        Icon::Pattern => html! { <path d="M8 3v10M4 5l8 6M12 5l-8 6" /> },
        Icon::Script => {
            html! { <path d="M6.2 3C4.8 3 4.7 4 4.7 5.2S4.6 8 3 8c1.6 0 1.7 1.6 1.7 2.8S4.8 13 6.2 13M9.8 3c1.4 0 1.5 1 1.5 2.2S11.4 8 13 8c-1.6 0-1.7 1.6-1.7 2.8S11.2 13 9.8 13" /> }
        }
        Icon::Profiler => html! { <path d="M2 9h2.5l2-5.5 3 9 2-3.5H14" /> },
        Icon::Missing => html! { <><circle cx="8" cy="8" r="5.5" stroke-dasharray="2.6 2.6" /></> },
        Icon::Opened => html! { <path d="M4.5 6.5L8 10l3.5-3.5" /> },
        Icon::Closed => html! { <path d="M6.5 4.5L10 8l-3.5 3.5" /> },
        Icon::Pin => html! { <path d="M6 2.5h4M6.8 2.5v4L4.5 9h7L9.2 6.5v-4M8 9v4.5" /> },
        Icon::Close => html! { <path d="M4.5 4.5l7 7M11.5 4.5l-7 7" /> },
        Icon::Grip => {
            html! { <path d="M6 4v.1M6 8v.1M6 12v.1M10 4v.1M10 8v.1M10 12v.1" stroke-width="2" /> }
        }
        Icon::Wire => {
            html! { <path d="M2.5 5.5h10M10 3l2.5 2.5L10 8M13.5 11h-10M6 8.5L3.5 11 6 13.5" /> }
        }
        Icon::More => html! { <path d="M3.5 8v.1M8 8v.1M12.5 8v.1" stroke-width="2.2" /> },
        Icon::System => {
            html! { <><circle cx="8" cy="8" r="5.5" /><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" fill="currentColor" /></> }
        }
        Icon::Light => {
            html! { <><circle cx="8" cy="8" r="2.8" /><path d="M8 1.5v1.6M8 12.9v1.6M1.5 8h1.6M12.9 8h1.6M3.4 3.4l1.1 1.1M11.5 11.5l1.1 1.1M12.6 3.4l-1.1 1.1M4.5 11.5l-1.1 1.1" /></> }
        }
        Icon::Dark => html! { <path d="M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6z" /> },
    };
    html! { <svg class="ico" viewBox="0 0 16 16" aria-hidden="true">{ shapes }</svg> }
}
