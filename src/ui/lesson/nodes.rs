//! The text of a step, and what can be done in it. What comes from a lesson is only ever shown as text.

use yew::prelude::*;

use super::plot::PlotFigure;
use crate::app::embed::text::Said;
use crate::app::lesson::open::{Done, Open};
use crate::app::lesson::page::Act;
use crate::app::lesson::text::{Block, Kind, Node, Span, Step};
use crate::app::words::lesson as words;
use crate::app::{Action, colour, format};
use crate::session::message::text as printed;
use crate::ui::store::Store;

/// A text without anything that runs.
pub fn text(nodes: &[Node], open: &Open) -> Html {
    html! { <>{ for nodes.iter().map(|node| plain(node, open)) }</> }
}

fn plain(node: &Node, open: &Open) -> Html {
    match node {
        Node::Paragraph(line) => html! { <p>{ spans(line, open) }</p> },
        Node::Heading(_, line) => html! { <h4>{ spans(line, open) }</h4> },
        Node::List(from, items) => {
            let items = items
                .iter()
                .map(|item| html! { <li>{ text(item, open) }</li> });
            match from {
                Some(from) => html! { <ol start={from.to_string()}>{ for items }</ol> },
                None => html! { <ul>{ for items }</ul> },
            }
        }
        Node::Table(head, rows) => html! {
            <div class="lesson-table" tabindex="0" role="region" aria-label={words::TABLE}>
                <table>
                    <thead><tr>{ for head.iter().map(|cell| html! { <th scope="col">{ spans(cell, open) }</th> }) }</tr></thead>
                    <tbody>{ for rows.iter().map(|row| html! { <tr>{ for row.iter().map(|cell| html! { <td>{ spans(cell, open) }</td> }) }</tr> }) }</tbody>
                </table>
            </div>
        },
        Node::Quote(inner) => html! { <blockquote>{ text(inner, open) }</blockquote> },
        Node::Code(_, code) => html! { <pre tabindex="0"><code>{ code.clone() }</code></pre> },
        Node::Rule => html! { <hr /> },
        Node::Block(_) => Html::default(),
    }
}

fn spans(line: &[Span], open: &Open) -> Html {
    html! { <>{ for line.iter().map(|span| one(span, open)) }</> }
}

fn one(span: &Span, open: &Open) -> Html {
    match span {
        Span::Text(text) => html! { { text.clone() } },
        Span::Code(code) => html! { <code>{ code.clone() }</code> },
        Span::Value(command) => {
            let reply = open
                .replies
                .get(command)
                .map(|reply| printed::format(reply).trim_end().to_string());
            html! { <output class="lesson-value" title={words::value_of(command)}>{ reply.unwrap_or_else(|| words::VALUE_LATER.into()) }</output> }
        }
        Span::Emphasis(inner) => html! { <em>{ spans(inner, open) }</em> },
        Span::Strong(inner) => html! { <strong>{ spans(inner, open) }</strong> },
        Span::Link(to, inner) if to.starts_with("#lesson") => {
            html! { <a href={to.clone()}>{ spans(inner, open) }</a> }
        }
        // Of its own, so that the lesson stays.
        Span::Link(to, inner) => {
            let to = match to.starts_with('#') {
                true => format!("./{to}"),
                false => to.clone(),
            };
            html! { <a href={to} target="_blank" rel="noopener" referrerpolicy="no-referrer">{ spans(inner, open) }</a> }
        }
        Span::Break => html! { <br /> },
    }
}

/// A step.
pub fn step(step: &Step, stands: &Done, open: &Open, store: &Store) -> Html {
    let node = |(at, node): (usize, &Node)| match node {
        Node::Block(Block { kind, .. }) => block(kind, at, step, stands, open, store),
        other => plain(other, open),
    };
    html! { <>{ for step.nodes.iter().enumerate().map(node) }</> }
}

fn block(kind: &Kind, at: usize, step: &Step, stands: &Done, open: &Open, store: &Store) -> Html {
    let ran = stands.ran.contains(&at);
    let press = |class: &'static str, text: String| {
        let onclick = store.callback(move |_: MouseEvent| Action::Lesson(Act::Run(at)));
        let text = if open.runs(at) {
            words::RUNNING.into()
        } else {
            text
        };
        html! { <button {class} type="button" disabled={open.busy()} {onclick}>{ text }</button> }
    };
    let run = || {
        press(
            if ran { "line" } else { "solid" },
            if ran { words::RUN_AGAIN } else { words::RUN }.into(),
        )
    };
    let titled = |title: String, button: Html, body: Html| {
        html! {
            <figure class={classes!("lesson-block", ran.then_some("ran"))}>
                <figcaption><span>{ title }</span>{ button }</figcaption>
                { body }
            </figure>
        }
    };
    match kind {
        Kind::Run(said) => titled(words::BLOCK.into(), run(), lines(said)),
        Kind::Library(name, code) => {
            let again = if ran { words::LOAD_AGAIN } else { words::LOAD };
            let button = press(if ran { "line" } else { "solid" }, again.into());
            titled(words::library(name), button, code_text(code))
        }
        Kind::Actor(name, code) => {
            let text = if ran {
                words::start_again(name)
            } else {
                words::start(name)
            };
            let button = press(if ran { "line" } else { "solid" }, text);
            titled(words::actor(name), button, code_text(code))
        }
        Kind::Experiment(label, said) => html! {
            <div class="lesson-experiment">
                { press("line", label.clone()) }
                { lines(said) }
            </div>
        },
        Kind::Predict {
            question,
            answers,
            reveal,
        } => predict(at, (question, answers, reveal), stands, open, store),
        Kind::Hint(inner) => folded(words::HINT, (open.step, at), text(inner, open)),
        Kind::Solution(said) => {
            let body = html! { <figure class="lesson-block"><figcaption><span>{ words::BLOCK }</span>{ run() }</figcaption>{ lines(said) }</figure> };
            folded(words::SOLUTION, (open.step, at), body)
        }
        Kind::Answer(inner) => {
            let title = if stands.ticked {
                words::ANSWER
            } else {
                words::ANSWER_LATER
            };
            folded(title, (open.step, at), text(inner, open))
        }
        Kind::Checks => checks(step, stands),
        Kind::Plot(plot) => {
            let replies = plot
                .series
                .iter()
                .map(|(_, command)| open.replies.get(command).cloned());
            html! { <PlotFigure plot={plot.clone()} replies={replies.collect::<Vec<_>>()} /> }
        }
    }
}

/// A part that the reader opens, at `at` of a step: what was opened in one step is not open in another.
fn folded(title: &'static str, (step, at): (usize, usize), body: Html) -> Html {
    html! { <details key={format!("{step}.{at}")} class="lesson-fold"><summary>{ title }</summary><div>{ body }</div></details> }
}

fn code_text(code: &str) -> Html {
    html! { <pre tabindex="0"><code>{ code.to_string() }</code></pre> }
}

fn lines(said: &[Said]) -> Html {
    let line = |said: &Said| {
        html! {
            <>
                <div ~style={format!("--c:{}", colour::client_var(said.conn))}><span class="p">{ format!("{}> ", format::client_letter(said.conn)) }</span><code>{ said.line.clone() }</code></div>
                if !said.expected.is_empty() { <samp>{ said.expected.clone() }</samp> }
            </>
        }
    };
    html! { <div class="lesson-lines" tabindex="0" role="group" aria-label={words::BLOCK}>{ for said.iter().map(line) }</div> }
}

type Question<'a> = (&'a [Node], &'a [(Vec<Span>, bool)], &'a [Node]);

fn predict(
    at: usize,
    (question, answers, reveal): Question<'_>,
    stands: &Done,
    open: &Open,
    store: &Store,
) -> Html {
    let chosen = stands.guesses.get(&at).copied();
    let answer = |(n, (line, right)): (usize, &(Vec<Span>, bool))| {
        let onclick = store.callback(move |_: MouseEvent| Action::Lesson(Act::Guess(at, n)));
        let (known, own) = (chosen.is_some(), chosen == Some(n));
        let class = classes!(
            known.then_some(if *right { "right" } else { "wrong" }),
            own.then_some("own")
        );
        let sign = match (known, *right) {
            (false, _) => "○",
            (true, true) => "✓",
            (true, false) => "✗",
        };
        html! {
            <li {class}>
                <button type="button" disabled={known} aria-pressed={own.to_string()} {onclick}><span aria-hidden="true">{ sign }</span><span>{ spans(line, open) }</span></button>
            </li>
        }
    };
    let right = chosen.and_then(|n| answers.get(n)).map(|(_, right)| *right);
    html! {
        <section class="lesson-predict" aria-label={words::GUESS}>
            { text(question, open) }
            <ul>{ for answers.iter().enumerate().map(answer) }</ul>
            <div role="status">
                if let Some(right) = right {
                    <p class={if right { "good-text" } else { "warn-text" }}><strong>{ if right { words::RIGHT } else { words::OTHERWISE } }</strong></p>
                    { text(reveal, open) }
                }
            </div>
        </section>
    }
}

fn checks(step: &Step, stands: &Done) -> Html {
    let goal = |(at, goal): (usize, &crate::app::lesson::text::Goal)| {
        let holds = stands.holds.get(at).copied().unwrap_or_default();
        html! {
            <li class={holds.then_some("holds")}>
                <span aria-hidden="true">{ if holds { "✓" } else { "○" } }</span>
                <span>{ goal.text.clone() }<span class="vh">{ format!(": {}", if holds { words::HOLDS } else { words::HOLDS_NOT }) }</span><code>{ goal.check.text.clone() }</code></span>
            </li>
        }
    };
    html! {
        <section class={classes!("lesson-checks", stands.ticked.then_some("ticked"))} aria-label={words::CHECKS}>
            <h4>{ words::CHECKS }</h4>
            <ul>{ for step.checks.iter().enumerate().map(goal) }</ul>
        </section>
    }
}
