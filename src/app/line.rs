//! The entry line of one console: its history and the search in it. Editing itself is the browser's.

use std::collections::VecDeque;
use std::rc::Rc;

/// How many lines the history holds; the oldest go first.
pub const HISTORY_MAX: usize = 500;

/// The entry line and what was entered before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// What stands in it.
    pub text: String,
    /// Where the cursor stands, in characters.
    pub cursor: usize,
    /// Oldest first.
    history: VecDeque<Rc<str>>,
    /// The line of the history that is shown, by index.
    place: Option<usize>,
    /// The unfinished line, while one of the history is shown.
    kept: String,
    search: Option<Search>,
}

/// A search backwards in the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// What is looked for.
    pub query: String,
    /// Nothing older fits; the last line that did is still shown.
    pub failed: bool,
    /// The line found, by index.
    found: Option<usize>,
    /// The line and the cursor before the search.
    before: (String, usize),
}

impl Line {
    /// The browser tells what stands in the line now, and where the cursor is.
    pub fn edit(&mut self, text: &str, cursor: usize) {
        text.clone_into(&mut self.text);
        self.cursor = cursor.min(self.text.chars().count());
        self.search = None;
    }

    fn set(&mut self, text: &str) {
        self.edit(text, usize::MAX);
    }

    /// Enter: the line, which goes into the history, and leaves the entry line empty. In a search, the line found.
    pub fn accept(&mut self) -> String {
        let line = std::mem::take(&mut self.text);
        self.remember(&line);
        *self = Self {
            history: std::mem::take(&mut self.history),
            ..Self::default()
        };
        line
    }

    /// Puts a line into the history, but an empty one or the same as the last.
    pub fn remember(&mut self, line: &str) {
        if line.trim().is_empty() || self.history.back().is_some_and(|last| **last == *line) {
            return;
        }
        self.history.push_back(line.into());
        if self.history.len() > HISTORY_MAX {
            self.history.pop_front();
        }
        self.place = None;
    }

    /// The lines entered before, oldest first.
    pub fn history(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.history.iter().map(|line| &**line)
    }

    /// Arrow up: the line before. Whether there was one.
    pub fn up(&mut self) -> bool {
        let Some(place) = self.place.unwrap_or(self.history.len()).checked_sub(1) else {
            return false;
        };
        if self.place.is_none() {
            self.kept = self.text.clone();
        }
        self.go(place)
    }

    /// Arrow down: the line after, and behind the last one the unfinished line. Whether there was one.
    pub fn down(&mut self) -> bool {
        let Some(place) = self.place else {
            return false;
        };
        if place + 1 < self.history.len() {
            return self.go(place + 1);
        }
        self.place = None;
        let kept = std::mem::take(&mut self.kept);
        self.set(&kept);
        true
    }

    fn go(&mut self, place: usize) -> bool {
        let Some(line) = self.history.get(place).cloned() else {
            return false;
        };
        self.place = Some(place);
        self.set(&line);
        true
    }

    /// The search that is under way.
    pub fn search(&self) -> Option<&Search> {
        self.search.as_ref()
    }

    /// Ctrl-R: begins a search, or looks for an older line.
    pub fn search_older(&mut self) {
        match &self.search {
            None => {
                let before = (self.text.clone(), self.cursor);
                self.search = Some(Search {
                    query: String::new(),
                    failed: false,
                    found: None,
                    before,
                });
            }
            Some(search) => {
                let from = search.found.unwrap_or(self.history.len());
                self.look(from, search.query.clone(), search.found);
            }
        }
    }

    /// Another text to look for: one that goes on from the last narrows the search from the line found.
    pub fn search_for(&mut self, query: &str) {
        let Some(search) = &self.search else { return };
        let narrows = query.starts_with(&search.query);
        let found = search.found.filter(|_| narrows);
        let from = found.map_or(self.history.len(), |at| at + 1);
        self.look(from, query.to_owned(), found);
    }

    /// Looks for a line before an index, in any case of letters; where there is none, keeps the last found.
    fn look(&mut self, before: usize, query: String, last: Option<usize>) {
        let wanted = query.to_lowercase();
        let found = (0..before).rev().find(|&i| {
            let same_as_last =
                last.is_some_and(|last| last != i && self.history.get(last) == self.history.get(i));
            !same_as_last
                && self
                    .history
                    .get(i)
                    .is_some_and(|line| line.to_lowercase().contains(&wanted))
        });
        let found = found.filter(|_| !query.is_empty());
        let Some(search) = &mut self.search else {
            return;
        };
        search.failed = found.is_none() && !query.is_empty();
        search.found = found.or(last);
        search.query = query;
        let shown = search.found.and_then(|i| self.history.get(i));
        let text = shown.map_or_else(|| search.before.0.clone(), |line| line.to_string());
        // The cursor stands where the query does in the line.
        let at = text
            .to_lowercase()
            .find(&wanted)
            .filter(|_| shown.is_some());
        self.cursor = match at {
            Some(at) => text
                .to_lowercase()
                .get(..at)
                .map_or(0, |head| head.chars().count()),
            None => text.chars().count(),
        };
        self.text = text;
    }

    /// Leaves the search and keeps the line found, to go on editing it.
    pub fn search_take(&mut self) {
        if let Some(search) = self.search.take() {
            if let (Some(found), None) = (search.found, self.place) {
                self.kept = search.before.0;
                self.place = Some(found);
            } else if search.found.is_some() {
                self.place = search.found;
            }
        }
    }

    /// Esc or Ctrl-G: leaves the search with the line as it was before.
    pub fn search_cancel(&mut self) {
        if let Some(search) = self.search.take() {
            (self.text, self.cursor) = search.before;
        }
    }
}

/// A position in a text in UTF-16 units, as browsers count, from one in characters.
pub fn to_utf16(text: &str, cursor: usize) -> usize {
    text.chars().take(cursor).map(char::len_utf16).sum()
}

/// A position in a text in characters, from one in UTF-16 units.
pub fn from_utf16(text: &str, units: usize) -> usize {
    let mut passed = 0;
    text.chars()
        .take_while(|c| {
            passed += c.len_utf16();
            passed <= units
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entered(lines: &[&str]) -> Line {
        let mut line = Line::default();
        for text in lines {
            line.edit(text, 0);
            assert_eq!(line.accept(), *text);
        }
        line
    }

    #[test]
    fn arrows_walk_the_history_and_keep_the_unfinished_line() {
        let mut line = entered(&["one", "two"]);
        line.edit("thr", 3);
        assert!(line.up());
        assert_eq!((line.text.as_str(), line.cursor), ("two", 3));
        assert!(line.up());
        assert!(!line.up());
        assert_eq!(line.text, "one");
        assert!(line.down() && line.down());
        assert_eq!((line.text.as_str(), line.cursor), ("thr", 3));
        assert!(!line.down());
    }

    #[test]
    fn an_edited_line_of_the_history_is_entered_as_a_new_one() {
        let mut line = entered(&["one", "two"]);
        line.up();
        line.up();
        line.edit("one more", 8);
        assert_eq!(line.accept(), "one more");
        assert_eq!(
            line.history().collect::<Vec<_>>(),
            ["one", "two", "one more"]
        );
        assert!(line.up());
        assert_eq!(line.text, "one more");
    }

    #[test]
    fn repeats_are_kept_once_and_spaces_do_not_hide() {
        let line = entered(&["a", "a", "b", "a", " a", "", "  "]);
        assert_eq!(line.history().collect::<Vec<_>>(), ["a", "b", "a", " a"]);
        let mut line = Line::default();
        (0..HISTORY_MAX + 5).for_each(|i| line.remember(&format!("{i}")));
        assert_eq!(
            (line.history().count(), line.history().next()),
            (HISTORY_MAX, Some("5"))
        );
    }

    #[test]
    fn a_search_narrows_and_goes_to_older_lines() {
        let mut line = entered(&["SET a 1", "GET a", "set b 2", "GET b"]);
        line.edit("unfinished", 4);
        line.search_older();
        assert_eq!(line.text, "unfinished");
        line.search_for("s");
        line.search_for("set");
        assert_eq!((line.text.as_str(), line.cursor), ("set b 2", 0));
        line.search_older();
        assert_eq!(line.text, "SET a 1");
        line.search_older();
        assert!(line.search().is_some_and(|s| s.failed));
        assert_eq!(line.text, "SET a 1");
        line.search_for("se");
        assert_eq!(line.text, "set b 2");
        line.search_for("se x");
        assert!(line.search().is_some_and(|s| s.failed && s.query == "se x"));
        line.search_cancel();
        assert_eq!(
            (line.text.as_str(), line.cursor, line.search()),
            ("unfinished", 4, None)
        );
    }

    #[test]
    fn the_line_found_can_be_entered_or_edited() {
        let mut line = entered(&["SET a 1", "GET a"]);
        line.search_older();
        line.search_for("a 1");
        assert_eq!(line.cursor, 4);
        assert_eq!(line.accept(), "SET a 1");
        assert_eq!((line.text.as_str(), line.search()), ("", None));
        line.edit("new", 3);
        line.search_older();
        line.search_for("get");
        line.search_take();
        assert_eq!(line.text, "GET a");
        assert!(line.up());
        assert_eq!(line.text, "SET a 1");
        while line.down() {}
        assert_eq!(line.text, "new");
    }

    #[test]
    fn a_search_passes_over_the_same_line_once_more() {
        let mut line = entered(&["get x", "get a", "ping", "get a"]);
        line.search_older();
        line.search_for("get");
        line.search_older();
        assert_eq!(line.text, "get x");
    }

    #[test]
    fn cursors_are_counted_as_browsers_do() {
        let text = "aé😀b";
        assert_eq!([0, 1, 2, 3, 4].map(|n| to_utf16(text, n)), [0, 1, 2, 4, 5]);
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 9].map(|n| from_utf16(text, n)),
            [0, 1, 2, 2, 3, 4, 4]
        );
    }
}
