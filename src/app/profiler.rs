//! The profiler: the last commands of all clients, and what they cost.

use super::table::Table;
use super::{Effect, State, format};
use crate::session::message::*;

/// The rows it asks for before anybody scrolls.
pub const FIRST: Window = Window {
    start: Some(0),
    count: 48,
};

/// The profiler's state.
#[derive(Clone, Debug, PartialEq)]
pub struct Profiler {
    /// What it sees.
    pub view: ProfileView,
    /// Only this client's commands.
    pub conn: Option<Conn>,
    /// Only those on keys like this.
    pub key: String,
    /// Only those whose name holds this.
    pub command: String,
    /// It stands still.
    pub paused: bool,
    /// The rows it asks for.
    pub window: Window,
}

impl Default for Profiler {
    fn default() -> Self {
        Self {
            view: ProfileView::default(),
            conn: None,
            key: String::new(),
            command: String::new(),
            paused: false,
            window: FIRST,
        }
    }
}

/// What is done with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Only a client's commands are wanted, or all.
    Client(Option<Conn>),
    /// Only those on keys like this.
    Key(String),
    /// Only those whose name holds this.
    Command(String),
    /// It stands still, or goes on.
    Pause(bool),
    /// Other rows came into view.
    Window(Window),
}

impl Profiler {
    /// What the server half is asked for.
    pub fn target(&self) -> Target {
        Target::Profiler {
            filter: CallFilter {
                conn: self.conn,
                key: Bytes::from_slice(self.key.trim().as_bytes()),
                command: Bytes::from_slice(self.command.trim().as_bytes()),
            },
            window: self.window,
            paused: self.paused,
        }
    }

    /// How many commands are shown, of how many, in a sentence.
    pub fn says(&self) -> String {
        let view = &self.view;
        let shown = if view.matching == view.kept {
            match view.kept {
                0 if view.all > 0 => return self.empty(),
                0 => "No command yet.".to_string(),
                1 => "1 command.".to_string(),
                kept => format!("The last {} commands.", format::count(kept as u64)),
            }
        } else {
            format!(
                "{} of the last {} commands.",
                format::count(view.matching as u64),
                format::count(view.kept as u64)
            )
        };
        match view.all - view.kept as u64 {
            0 => shown,
            1 => format!("{shown} 1 older one was dropped."),
            dropped => format!(
                "{shown} {} older ones were dropped.",
                format::count(dropped)
            ),
        }
    }

    /// Why no row is there.
    pub fn empty(&self) -> String {
        match (self.view.kept, self.view.all) {
            (0, 0) => "No command yet: whatever a client sends comes here.".into(),
            // Checkpoints hold what commands cost on the whole, and not each of the last ones.
            (0, all) => format!(
                "{} before this moment, which is gone back to: their rows are not kept, what they cost together is.",
                match all {
                    1 => "1 command ran".to_string(),
                    all => format!("{} commands ran", format::count(all)),
                }
            ),
            _ => "No command matches.".into(),
        }
    }

    /// The rows that are loaded, to take along.
    pub fn table(&self) -> Table {
        let mut table = Table::new(&["Time", "Client", "Inside", "Command", "Touched", "Compared"]);
        for call in &self.view.rows {
            table.row([
                format::clock(call.at),
                format::client_letter(call.conn),
                inside(call).unwrap_or_default().to_string(),
                line(call),
                call.cost.touched.to_string(),
                call.cost.comparisons.to_string(),
            ]);
        }
        table
    }

    /// The totals, to take along.
    pub fn totals_table(&self) -> Table {
        let mut table = Table::new(&["Command", "Calls", "Touched", "Compared", "Share in %"]);
        for (one, share) in self.shares() {
            table.row([
                one.name.clone(),
                one.total.calls.to_string(),
                one.total.touched.to_string(),
                one.total.comparisons.to_string(),
                format!("{share:.1}"),
            ]);
        }
        table
    }

    /// The commands' totals, with their share of everything touched, in percent.
    pub fn shares(&self) -> Vec<(&CommandTotal, f64)> {
        let totals = &self.view.totals;
        let all: u64 = totals.iter().map(|one| one.total.touched).sum();
        let share = |touched: u64| touched as f64 / all.max(1) as f64 * 100.0;
        totals
            .iter()
            .map(|one| (one, share(one.total.touched)))
            .collect()
    }
}

/// A command as it was sent, as MONITOR would quote it; what is cut of it is told.
pub fn line(call: &Call) -> String {
    let mut words: Vec<String> = call.words.iter().map(|word| text::quote(word)).collect();
    if let Some(name) = call.words.first() {
        words[0] = format::lossy(name).to_ascii_uppercase();
    }
    let plain = |word: String| {
        let inner = word
            .strip_prefix('"')
            .and_then(|word| word.strip_suffix('"'));
        match inner {
            Some(inner) if !inner.is_empty() && !inner.contains([' ', '\\', '"', '\'']) => {
                inner.to_string()
            }
            _ => word,
        }
    };
    let mut line = words.into_iter().map(plain).collect::<Vec<_>>().join(" ");
    if call.cut > 0 {
        line.push_str(" …");
    }
    line
}

/// What ran a command, where no client sent it.
pub fn inside(call: &Call) -> Option<&'static str> {
    match call.inside {
        Inside::Alone => None,
        Inside::Exec => Some("EXEC"),
        Inside::Script => Some("script"),
    }
}

/// What a command went through from one end to the other, in words.
pub fn whole(call: &Call) -> Option<&'static str> {
    match call.cost.whole? {
        Whole::Keyspace => Some("whole keyspace"),
        Whole::Value => Some("whole value"),
    }
}

impl State {
    pub(super) fn profiler_act(&mut self, act: Act, wall: f64, effects: &mut Vec<Effect>) {
        let profiler = std::rc::Rc::make_mut(&mut self.profiler);
        let first = !matches!(act, Act::Window(_) | Act::Pause(_));
        match act {
            Act::Client(conn) => profiler.conn = conn,
            Act::Key(key) => profiler.key = key,
            Act::Command(command) => profiler.command = command,
            Act::Pause(paused) => profiler.paused = paused,
            Act::Window(window) => profiler.window = window,
        }
        if first {
            profiler.window = FIRST;
        }
        let target = profiler.target();
        let slots = self.stage.slots();
        let slot = slots
            .iter()
            .find(|slot| slot.subject == super::stage::Subject::Profiler);
        if let Some(panel) = slot.map(|slot| slot.panel) {
            let orders = self.port.watch(Request::Watch { panel, target });
            self.follow(orders, wall, effects);
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::app::profiler::{Act, Profiler, line};
    use crate::app::stage::Subject;
    use crate::app::tests::Joined;
    use crate::app::{Action, profiler};

    fn act(page: &mut Joined, act: Act) {
        page.act(Action::Profiler(act));
        page.settle();
    }

    fn wait(page: &mut Joined) {
        page.now += 1_000;
        page.settle();
    }

    fn lines(page: &Joined) -> Vec<String> {
        page.state.profiler.view.rows.iter().map(line).collect()
    }

    fn open() -> Joined {
        let mut page = Joined::open();
        page.act(Action::Interrupt(2));
        page.settle();
        page.act(Action::Show(Subject::Profiler));
        page.settle();
        page
    }

    #[test]
    fn it_shows_every_clients_commands_the_newest_first() {
        let mut page = open();
        page.exec(0, "SET greeting 'hello there'");
        page.exec(1, "MULTI\nGET greeting\nEXEC");
        wait(&mut page);
        assert_eq!(
            lines(&page)[..4],
            [
                "EXEC",
                "GET greeting",
                "MULTI",
                "SET greeting \"hello there\""
            ]
        );
        let inside: Vec<_> = page.state.profiler.view.rows[..2]
            .iter()
            .map(profiler::inside)
            .collect();
        assert_eq!(inside, [None, Some("EXEC")]);
        assert_eq!(page.state.stage.slots()[0].subject, Subject::Profiler);
    }

    #[test]
    fn it_is_filtered_by_client_key_and_command() {
        let mut page = open();
        page.exec(0, "SET user:1 a\nGET user:1\nSET other b");
        page.exec(1, "GET user:1");
        act(&mut page, Act::Key("user:*".into()));
        assert_eq!(lines(&page), ["GET user:1", "GET user:1", "SET user:1 a"]);
        act(&mut page, Act::Client(Some(1)));
        assert_eq!(lines(&page), ["GET user:1"]);
        act(&mut page, Act::Client(None));
        act(&mut page, Act::Command("set".into()));
        assert_eq!(lines(&page), ["SET user:1 a"]);
        assert!(page.state.profiler.says().starts_with("1 of the last "));
        act(&mut page, Act::Key("ser:1".into()));
        assert_eq!(lines(&page), ["SET user:1 a"]);
    }

    #[test]
    fn it_stands_still_when_it_is_told_to() {
        let mut page = open();
        page.exec(0, "SET a 1");
        wait(&mut page);
        act(&mut page, Act::Pause(true));
        page.exec(0, "SET b 1");
        wait(&mut page);
        assert_eq!(lines(&page)[0], "SET a 1");
        act(&mut page, Act::Pause(false));
        assert_eq!(lines(&page)[0], "SET b 1");
    }

    #[test]
    fn what_a_checkpoint_does_not_hold_is_told() {
        let mut profiler = Profiler::default();
        let says = "No command yet: whatever a client sends comes here.";
        assert_eq!(profiler.empty(), says);
        profiler.view.all = 1_234;
        let says = "1,234 commands ran before this moment, which is gone back to: their rows are not kept, what they cost together is.";
        assert_eq!(
            (profiler.empty(), profiler.says()),
            (says.into(), says.into())
        );
        profiler.view.kept = 2;
        assert_eq!(profiler.empty(), "No command matches.");
    }

    #[test]
    fn what_is_dropped_is_told() {
        let mut page = open();
        let before = page.state.profiler.view.all;
        page.exec(0, "3000 INCR n");
        wait(&mut page);
        let profiler: &Profiler = &page.state.profiler;
        assert_eq!(
            profiler.says(),
            format!(
                "The last 2,000 commands. {} older ones were dropped.",
                crate::app::format::count(before + 1_000)
            )
        );
        assert_eq!(profiler.shares()[0].0.name, "INCR");
        assert!(profiler.table().tsv().contains("\tA\t\tINCR n\t1\t0\n"));
    }
}
