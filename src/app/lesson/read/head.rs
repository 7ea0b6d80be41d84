//! The head of a lesson: lines between two `---`.

use super::Faults;
use crate::app::client::LABEL_MAX;
use crate::app::lesson::text::Lesson;
use crate::app::share::readable::views;
use crate::app::share::transcript::letter_of;
use crate::app::share::{PINNED_MAX, TITLE_MAX};
use crate::app::{CLIENTS_MAX, clock};
use crate::session::message::{Conn, Speed, Turn};

/// The largest seed: a link holds no larger number.
const SEED_MAX: u64 = (1 << 53) - 1;
const NAMES: [&str; 7] = [
    "title", "about", "minutes", "seed", "clients", "pinned", "clock",
];

/// Reads it into a lesson. Gives what stands behind it, and the line that this begins in; `None`: nothing can be read.
pub fn read<'t>(
    text: &'t str,
    lesson: &mut Lesson,
    faults: &mut Faults,
) -> Option<(&'t str, usize)> {
    (lesson.seed, lesson.clock.1) = (1, Speed::NORMAL);
    lesson.clients = (0..3).map(|conn| (conn, String::new())).collect();
    let mut rest = text;
    let mut line = 0;
    let mut next = || {
        let (head, behind) = rest.split_once('\n').unwrap_or((rest, ""));
        let more = !rest.is_empty();
        rest = behind;
        line += 1;
        more.then_some((line, head.trim_end(), behind))
    };
    if next().is_none_or(|(_, line, _)| line != "---") {
        faults.add(
            1,
            "a lesson begins with its head: a line ---, lines such as title: Locks, and a line ---",
        );
        return None;
    }
    let mut seen: Vec<&str> = Vec::new();
    loop {
        let Some((at, line, behind)) = next() else {
            faults.add(1, "the head has no end: a line --- closes it");
            return None;
        };
        if line == "---" {
            for (name, such) in [("title", "Leaderboards"), ("minutes", "15")] {
                if !seen.contains(&name) {
                    faults.add(
                        1,
                        format!("the head has no {name}: a line such as {name}: {such}"),
                    );
                }
            }
            return Some((behind, at + 1));
        }
        if line.trim().is_empty() {
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let (name, value) = (name.trim(), value.trim());
        if !NAMES.contains(&name) {
            faults.add(
                at,
                format!(
                    "{name:?} is no line of a head: those are {}",
                    NAMES.join(", ")
                ),
            );
            continue;
        }
        if seen.contains(&name) {
            faults.add(at, format!("{name} stands in the head already"));
        }
        seen.push(name);
        if let Err(wrong) = take(lesson, name, value) {
            faults.add(at, wrong);
        }
    }
}

fn take(lesson: &mut Lesson, name: &str, value: &str) -> Result<(), String> {
    match name {
        "title" if value.is_empty() => return Err("title: what the lesson is called".into()),
        "title" if value.chars().count() > TITLE_MAX => {
            return Err(format!("a title has {TITLE_MAX} characters at most"));
        }
        "title" => lesson.title = value.into(),
        "about" => lesson.about = value.into(),
        "minutes" => {
            let minutes = value.parse().ok().filter(|n| (1..=600).contains(n));
            let wrong = || format!("{value:?} is no number of minutes: a whole number such as 15");
            lesson.minutes = minutes.ok_or_else(wrong)?;
        }
        "seed" => {
            let seed = value.parse().ok().filter(|n| *n <= SEED_MAX);
            let wrong = || format!("{value:?} is no seed: a whole number from 0 to {SEED_MAX}");
            lesson.seed = seed.ok_or_else(wrong)?;
        }
        "clients" => lesson.clients = clients(value)?,
        "pinned" => {
            lesson.pinned = views(value).collect();
            if lesson.pinned.len() > PINNED_MAX {
                return Err(format!("{PINNED_MAX} keys are pinned at most"));
            }
        }
        _ if value.eq_ignore_ascii_case("paused") => lesson.clock = (true, Speed::NORMAL),
        _ => match clock::parse(&[b".speed".to_vec(), value.as_bytes().to_vec()]) {
            Ok(Turn::Speed(speed)) => lesson.clock = (false, speed),
            _ => {
                return Err(format!(
                    "{value:?} is no clock: paused, or how fast it runs, from 0.1 to 100"
                ));
            }
        },
    }
    Ok(())
}

fn clients(value: &str) -> Result<Vec<(Conn, String)>, String> {
    let wrong =
        || format!("{value:?} names no clients: they go from A on, such as A = game, B = website");
    let mut all = Vec::new();
    for client in value.split(',') {
        let (letter, label) = client.split_once('=').unwrap_or((client, ""));
        let (conn, label) = (letter_of(letter.trim()).ok_or_else(wrong)?, label.trim());
        if conn as usize != all.len() {
            return Err(wrong());
        }
        if label.chars().count() > LABEL_MAX {
            return Err(format!(
                "{label:?} is too long: a client's name has {LABEL_MAX} characters at most"
            ));
        }
        all.push((conn, label.to_string()));
    }
    debug_assert!(all.len() <= CLIENTS_MAX);
    Ok(all)
}
