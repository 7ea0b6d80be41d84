//! The frame of an inspector: what every one has, whatever it shows.

use yew::prelude::*;

use super::icon::{Icon, icon};
use crate::app::words::common as words;

/// What an inspector's frame needs.
#[derive(Properties, PartialEq)]
pub struct CardProps {
    /// The key, for `data-key`.
    pub name: AttrValue,
    /// The type, for `data-type`.
    pub kind: &'static str,
    /// The type in words.
    pub words: &'static str,
    /// Its icon.
    pub icon: Icon,
    /// What stands at the right of its head.
    #[prop_or_default]
    pub meta: Html,
    /// Whether it is pinned.
    pub pinned: bool,
    /// It is pinned or let go.
    pub on_pin: Callback<()>,
    /// It is closed.
    pub on_close: Callback<()>,
    /// Who holds a lock.
    #[prop_or_default]
    pub holder: Option<AttrValue>,
    /// How long a lock is still held, in milliseconds.
    #[prop_or_default]
    pub ttl_ms: Option<AttrValue>,
    /// The section, for whoever asks whether it is in view.
    #[prop_or_default]
    pub node: NodeRef,
    /// Whether it needs more height than others.
    #[prop_or_default]
    pub tall: bool,
    /// What it shows.
    pub children: Html,
}

/// A card on the stage.
#[component]
pub fn Card(props: &CardProps) -> Html {
    // What shows no key is called by what it is.
    let keyless = matches!(props.kind, "pubsub" | "script" | "profiler");
    let title = if keyless {
        props.words.into()
    } else {
        props.name.clone()
    };
    let label = if keyless {
        props.words.to_string()
    } else {
        format!("{}, {}", props.name, props.words)
    };
    let on_pin = props.on_pin.reform(|_| ());
    let on_close = props.on_close.reform(|_| ());
    let stays = if props.pinned {
        words::PINNED
    } else {
        words::PIN_IT
    };
    html! {
        <section
            class={classes!("card", props.tall.then_some("tall"))}
            ref={props.node.clone()}
            data-key={props.name.clone()}
            data-type={props.kind}
            data-holder={props.holder.clone()}
            data-ttl-ms={props.ttl_ms.clone()}
            aria-label={label}
        >
            <header>
                { icon(props.icon) }
                <h2 title={title.clone()}>{ &title }</h2>
                <span class="meta num">{ props.meta.clone() }</span>
                <span class={classes!("tools", props.pinned.then_some("pinned"))}>
                    <button type="button" class="tool" aria-pressed={props.pinned.to_string()} aria-label={words::pin(&title)} title={stays} onclick={on_pin}>
                        { icon(Icon::Pin) }
                    </button>
                    <button type="button" class="tool" aria-label={words::close(&title)} title={words::CLOSE} onclick={on_close}>{ icon(Icon::Close) }</button>
                </span>
            </header>
            { props.children.clone() }
        </section>
    }
}
