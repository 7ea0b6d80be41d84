//! What the help says.

/// A part of the help: its title, and what does what.
pub type Section = (&'static str, &'static [(&'static str, &'static str)]);

/// What the page is, in a sentence.
pub const ABOUT: &str = "A whole server runs in this page. Type commands as any client and watch what they do; nothing leaves your browser.";

pub const HELP: &str = "Help";
pub const HOW_TO_USE_IT: &str = "How to use it";
pub const THE_HELP: &str = "The help";
pub const AS_YOU_LIKE_IT: &str = "As you like it";
pub const SAY_WHY: &str = "Say why, under replies";
pub const ANNOUNCE: &str = "Tell a screen reader when ranks, pending entries and locks change";

/// The help, part by part. What is pressed or typed comes first.
pub const SECTIONS: &[Section] = &[
    (
        "At a prompt",
        &[
            (
                "Enter",
                "runs the line; several pasted lines run one by one",
            ),
            (
                "Tab",
                "completes commands, options, keys and members; Shift+Tab goes back",
            ),
            ("↑ ↓", "walk through earlier lines"),
            ("Ctrl+R", "searches them"),
            ("Ctrl+C", "ends what the client waits for"),
            ("Ctrl+L", "clears the log"),
            ("Esc", "lets the next Tab leave the prompt"),
            (
                "HELP ZADD",
                "explains a command; HELP @stream lists a family",
            ),
            ("100 INCR n", "runs a command a hundred times"),
        ],
    ),
    (
        "The clock",
        &[
            (".pause .resume", "hold the clock, and let it run"),
            (
                ".advance 30s",
                "moves it on; also .advance expiry, .advance timeout",
            ),
            (".step", "moves it on to whatever comes next"),
            (".speed 10", "runs it ten times as fast"),
        ],
    ),
    (
        "Actors",
        &[
            (
                ".crash worker-1",
                "ends it at once; .restart begins it again",
            ),
            (".halt worker-1", "holds it; .go lets it go on"),
            (".slow worker-1 10", "makes it take ten times as long"),
            (".remove worker-1", "ends and forgets it"),
        ],
    ),
    (
        "The way back",
        &[
            (
                "Ctrl+Z",
                "undoes the last input; Ctrl+Shift+Z does it again",
            ),
            (".undo .redo", "the same, typed"),
            (".at 00:01:30", "goes to a moment; .back returns to the end"),
            (".name before", "names the moment"),
            (".fork", "goes on from here as a new branch"),
        ],
    ),
    (
        "The list of keys and the inspectors",
        &[
            ("↑ ↓ Home End", "walk the list of keys"),
            ("Enter", "shows a key's inspector; P pins it there"),
            ("← →", "fold and open a group"),
            (
                "❯",
                "a button with this sign types its command in a console",
            ),
            (
                "Table",
                "shows a drawing's numbers as a table, which can be copied",
            ),
        ],
    ),
    (
        "Anywhere",
        &[("F1 or ?", "opens this help"), ("Esc", "closes it")],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_knows_every_line_that_begins_with_a_dot() {
        let said: String = SECTIONS
            .iter()
            .flat_map(|(_, rows)| rows.iter())
            .map(|(key, what)| format!("{key} {what} "))
            .collect();
        for line in crate::app::clock::LINES
            .iter()
            .chain(&crate::app::actors::lines::LINES)
            .chain(&crate::app::past::LINES)
        {
            assert!(said.contains(line), "{line}");
        }
    }
}
