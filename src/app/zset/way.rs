//! A way through the ordered structure: what is said of each node, and the bars beside it.

use crate::app::format;
use crate::app::table::Table;
use crate::session::message::{MemberRow, WayStep, WayView};

/// Where a short bar is under one in so many of the longest, the scale's beginning is shown magnified too.
const SHORT: f64 = 12.0;

/// A bar: what it stands for and how long it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// What it stands for.
    pub name: String,
    /// Its value in words.
    pub text: String,
    /// Its value.
    pub value: f64,
}

/// The bars, on one scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Bars {
    /// What was taken, log2 n, n.
    pub all: [Bar; 3],
    /// Where the first two would be too short to see beside the last: how often they are magnified to be seen.
    pub magnified: Option<u64>,
}

/// What `taken` stands for, log2 n and n itself.
pub fn bars(name: &str, taken: usize, n: usize) -> Bars {
    let log = (n.max(1) as f64).log2();
    let bar = |name: &str, value: f64, text: String| Bar {
        name: name.into(),
        text,
        value,
    };
    let all = [
        bar(name, taken as f64, format::count(taken as u64)),
        bar("log2 n", log, format!("{log:.1}")),
        bar("n, one by one", n as f64, format::count(n as u64)),
    ];
    let longest = log.max(taken as f64).max(1.0);
    let times = n as f64 / longest / 1.25;
    Bars {
        all,
        magnified: (times >= SHORT).then_some(times as u64),
    }
}

/// How long a bar is drawn on a scale that is magnified so often, 0 to 1.
pub fn length(bars: &Bars, bar: &Bar, magnified: u64) -> f64 {
    let whole = bars.all.iter().map(|bar| bar.value).fold(1.0, f64::max);
    (bar.value * magnified as f64 / whole).clamp(0.0, 1.0)
}

/// What a node is: "Root", "Inner node", "Leaf"; a root that is a leaf is the only node.
pub fn name(way: &WayView, level: usize) -> &'static str {
    match level {
        0 if way.steps.len() == 1 => "Only node, a leaf",
        0 => "Root",
        _ if level + 1 == way.steps.len() => "Leaf",
        _ => "Inner node",
    }
}

/// How many members are under a node.
pub fn under(step: &WayStep) -> u64 {
    step.counts.iter().map(|&count| u64::from(count)).sum()
}

/// What is said of a node: how many members and children it has.
pub fn holds(way: &WayView, level: usize) -> String {
    let Some(step) = way.steps.get(level) else {
        return String::new();
    };
    let members = format!("{} members", format::count(under(step)));
    if level + 1 == way.steps.len() {
        members
    } else {
        format!("{members} under {} children", step.counts.len())
    }
}

/// What a node passes over on its left and right, in members.
pub fn aside(step: &WayStep) -> (u64, u64) {
    let sum = |counts: &[u32]| counts.iter().map(|&count| u64::from(count)).sum();
    (
        sum(step.counts.get(..step.at).unwrap_or_default()),
        sum(step.counts.get(step.at + 1..).unwrap_or_default()),
    )
}

/// A member with its score.
pub fn member(row: &MemberRow) -> String {
    format!(
        "{} {}",
        format::score(row.score),
        format::shortened(&format::lossy(&row.member), 24)
    )
}

/// The table that says what the drawing of some ways does.
pub fn table(ways: &[WayView]) -> Table {
    let mut table = Table::new(&[
        "Way",
        "Node",
        "Holds",
        "Taken",
        "Compared with",
        "Comparisons",
    ]);
    for (at, way) in ways.iter().enumerate() {
        for (level, step) in way.steps.iter().enumerate() {
            let compared: Vec<String> = step.compared.iter().map(|(_, row)| member(row)).collect();
            let taken = match &step.low {
                Some(low) => format!(
                    "{} of {}, from {}",
                    step.at + 1,
                    step.counts.len(),
                    member(low)
                ),
                None => "past the last".into(),
            };
            table.row([
                (at + 1).to_string(),
                name(way, level).to_owned(),
                holds(way, level),
                taken,
                compared.join(", "),
                step.compared.len().to_string(),
            ]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::message::Bytes;

    #[test]
    fn bars_are_on_one_scale() {
        let few = bars("comparisons", 4, 10);
        assert_eq!(few.magnified, None);
        assert_eq!(length(&few, &few.all[2], 1), 1.0);
        assert_eq!(length(&few, &few.all[0], 1), 0.4);
        let many = bars("comparisons", 21, 1_000_000);
        assert_eq!(many.all[1].text, "19.9");
        assert!(length(&many, &many.all[0], 1) < 0.0001);
        let times = many.magnified.unwrap();
        assert!(length(&many, &many.all[0], times) > 0.7);
        assert_eq!(bars("comparisons", 0, 0).all[1].value, 0.0);
    }

    #[test]
    fn the_table_says_what_was_compared_where() {
        let row = |name: &str, score: f64| MemberRow {
            member: Bytes::from_slice(name.as_bytes()),
            score,
        };
        let way = WayView {
            steps: vec![
                WayStep {
                    counts: vec![40, 60],
                    at: 1,
                    before: 0,
                    compared: vec![(1, row("m", 5.0))],
                    low: Some(row("m", 5.0)),
                },
                WayStep {
                    counts: vec![1; 60],
                    at: 60,
                    before: 40,
                    compared: vec![(30, row("x", 7.0))],
                    low: None,
                },
            ],
            rank: 100,
            comparisons: 2,
            read: 0,
        };
        let table = table(std::slice::from_ref(&way));
        let row = |at: usize| table.rows[at].join(" | ");
        assert_eq!(
            row(0),
            "1 | Root | 100 members under 2 children | 2 of 2, from 5 m | 5 m | 1"
        );
        assert_eq!(row(1), "1 | Leaf | 60 members | past the last | 7 x | 1");
        assert_eq!(aside(&way.steps[0]), (40, 0));
    }
}
