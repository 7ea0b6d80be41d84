//! One server half for several pages that share a session. Each page speaks as if it were alone: it has clients and panels
//! of its own, and hears of what others do only as far as the session's record needs it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::host::{Host, docs};
use super::message::*;

/// One page.
pub type Seat = u32;

/// How many panels a page may have; each has its numbers among those of the server half.
const PANELS: Panel = 1 << 20;

/// A server half, and the pages in front of it.
#[derive(Debug)]
pub struct Seats {
    host: Host,
    next: Seat,
    /// The pages, and whether each has begun.
    seats: BTreeMap<Seat, bool>,
    /// What was done, for pages that come later; none, before one has begun.
    log: Option<Log>,
    /// Whose clients are whose.
    owners: BTreeMap<Conn, Seat>,
    /// What was sent and is not recorded yet, oldest first.
    pending: VecDeque<(Conn, What)>,
    /// Pages that may not have heard yet that commands are left out.
    deaf: BTreeSet<Seat>,
    /// Who turned the clock, and who asked for what would be replied, in order.
    turns: VecDeque<Seat>,
    probes: VecDeque<Seat>,
    /// What is to be told with the next frame.
    told: Vec<(Seat, Update)>,
}

impl Seats {
    /// Nobody in front of a server half.
    pub fn new(host: Host) -> Self {
        Self {
            host,
            next: 0,
            seats: BTreeMap::new(),
            log: None,
            owners: BTreeMap::new(),
            pending: VecDeque::new(),
            deaf: BTreeSet::new(),
            turns: VecDeque::new(),
            probes: VecDeque::new(),
            told: Vec::new(),
        }
    }

    /// A page comes.
    pub fn sit(&mut self) -> Seat {
        let seat = self.next;
        self.next += 1;
        self.seats.insert(seat, false);
        seat
    }

    /// A page goes; with it go its clients and panels. False: it was the last.
    pub fn leave(&mut self, seat: Seat, wall: Millis) -> bool {
        self.seats.remove(&seat);
        if self.seats.is_empty() {
            return false;
        }
        self.host.unwatch(seat * PANELS..(seat + 1) * PANELS);
        let own = self.owners.iter().filter(|(_, owner)| **owner == seat);
        let own: Vec<Conn> = own.map(|(conn, _)| *conn).collect();
        for conn in own {
            self.input(conn, What::Disconnect, wall);
        }
        true
    }

    /// Handles what a page asks, at a moment of the wall clock. What comes of it is told by the next
    /// [`frame`](Self::frame), but for how far a long log is folded.
    pub fn handle(
        &mut self,
        seat: Seat,
        wall: Millis,
        request: Request,
        told: &mut dyn FnMut(Frame),
    ) {
        let Some(begun) = self.seats.get(&seat).copied() else {
            return;
        };
        // Who joins a session takes it as it is.
        let joins = self.log.is_some() && !begun;
        match request {
            Request::Begin(log) if joins => self.join(seat, log),
            Request::Guard(_) | Request::Clock(_) | Request::Passed(_) if joins => {}
            Request::Begin(log) => {
                self.seats.insert(seat, true);
                self.deaf.clear();
                self.log = Some(log.clone());
                self.host.handle_telling(wall, Request::Begin(log), told);
            }
            Request::Passed(_) if self.seats.len() > 1 => {}
            Request::Commands => self.told.push((seat, Update::Commands(docs()))),
            Request::Heard => {
                self.deaf.remove(&seat);
                self.host.handle(wall, Request::Heard);
            }
            Request::Input { ref what, .. }
                if what.is_bytes() && (self.deaf.contains(&seat) || self.host.spent) => {}
            Request::Input { conn, what } => {
                let owner = *self.owners.entry(conn).or_insert(seat);
                if owner == seat || !self.seats.contains_key(&owner) {
                    self.owners.insert(conn, seat);
                    self.input(conn, what, wall);
                }
            }
            Request::Watch { panel, target } => {
                let panel = own(seat, panel);
                self.host.handle(wall, Request::Watch { panel, target });
            }
            Request::Unwatch { panel } => {
                let panel = own(seat, panel);
                self.host.handle(wall, Request::Unwatch { panel });
            }
            Request::Travel(_) if self.seats.len() > 1 => {
                let why = "Several pages share this session: it goes to no other moment.";
                self.told.push((seat, Update::Refused(why.into())));
            }
            other => {
                match &other {
                    Request::Clock(_) => self.turns.push_back(seat),
                    Request::Probe { .. } => self.probes.push_back(seat),
                    _ => {}
                }
                self.host.handle(wall, other);
            }
        }
    }

    fn input(&mut self, conn: Conn, what: What, wall: Millis) {
        self.pending.push_back((conn, what.clone()));
        self.host.handle(wall, Request::Input { conn, what });
    }

    /// A page joins, which has some of the log already, or none.
    fn join(&mut self, seat: Seat, has: Log) {
        self.seats.insert(seat, true);
        self.deaf.remove(&seat);
        let Some(log) = &self.log else {
            return;
        };
        self.told.push((seat, Update::Ready));
        let (begins, entries) = ((log.seed, log.start), &log.entries);
        self.told.push((seat, Update::Joined(begins.0, begins.1)));
        let known = has.entries.len();
        for entry in entries.iter().skip(known) {
            self.told.push((seat, Update::Logged(entry.clone())));
        }
        // How the clock runs is told anew.
        self.host.woke();
    }

    /// Moves on to a moment of the wall clock, and gives each page what changed for it since the last frame.
    pub fn frame(&mut self, wall: Millis) -> Vec<(Seat, Frame)> {
        let Frame { now, updates } = self.host.frame(wall);
        let mut frames: BTreeMap<Seat, Vec<Update>> = BTreeMap::new();
        for (seat, update) in std::mem::take(&mut self.told) {
            frames.entry(seat).or_default().push(update);
        }
        let seats: Vec<Seat> = self.seats.keys().copied().collect();
        let first = seats.first().copied().unwrap_or_default();
        for update in updates {
            let own = |conn: &Conn| self.owners.get(conn).copied();
            let to = match &update {
                Update::Recorded { at, conn, .. } => {
                    let owner = own(conn);
                    if let Some((conn, what)) = self.pending.pop_front() {
                        let at = *at;
                        let entry = Entry::Input(Input { at, conn, what });
                        for seat in seats.iter().filter(|seat| Some(**seat) != owner) {
                            let logged = Update::Logged(entry.clone());
                            frames.entry(*seat).or_default().push(logged);
                        }
                        if let Some(log) = &mut self.log {
                            log.entries.push(entry);
                        }
                    }
                    owner
                }
                Update::Why { conn, .. }
                | Update::Output { conn, .. }
                | Update::Client { conn, .. } => own(conn),
                Update::View { panel, .. } => Some(panel / PANELS),
                Update::Turned(_) => self.turns.pop_front(),
                Update::Probed { .. } => self.probes.pop_front(),
                Update::Ready => Some(first),
                Update::Capped(_) => {
                    // What was not recorded by now never will be.
                    self.pending.retain(|(_, what)| !what.is_bytes());
                    self.deaf = seats.iter().copied().collect();
                    None
                }
                Update::Logged(entry) => {
                    if let Some(log) = &mut self.log {
                        log.entries.push(entry.clone());
                    }
                    None
                }
                _ => None,
            };
            let update = match update {
                Update::View { panel, view } => Update::View {
                    panel: panel % PANELS,
                    view,
                },
                other => other,
            };
            match to {
                Some(seat) => frames.entry(seat).or_default().push(update),
                None => {
                    for seat in &seats {
                        frames.entry(*seat).or_default().push(update.clone());
                    }
                }
            }
        }
        frames.retain(|seat, _| self.seats.contains_key(seat));
        let frame = |(seat, updates)| (seat, Frame { now, updates });
        frames.into_iter().map(frame).collect()
    }

    /// The computer has slept.
    pub fn woke(&mut self) {
        self.host.woke();
    }

    /// The next moment of the wall clock at which something happens by itself.
    pub fn next_deadline(&self) -> Option<Millis> {
        self.host.next_deadline()
    }
}

/// A page's panel among those of the server half.
fn own(seat: Seat, panel: Panel) -> Panel {
    seat * PANELS + panel % PANELS
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Room {
        seats: Seats,
        now: Millis,
        /// What each page was told.
        told: BTreeMap<Seat, Vec<Update>>,
    }

    impl Room {
        fn new() -> Self {
            Self {
                seats: Seats::new(Host::new(7, 1_000, || None)),
                now: 1_000,
                told: BTreeMap::new(),
            }
        }

        fn ask(&mut self, seat: Seat, request: Request) {
            self.now += 1;
            self.seats.handle(seat, self.now, request, &mut |_| {});
            self.now += 1;
            for (seat, frame) in self.seats.frame(self.now) {
                self.told.entry(seat).or_default().extend(frame.updates);
            }
        }

        fn page(&mut self, log: Log) -> Seat {
            let seat = self.seats.sit();
            self.ask(seat, Request::Begin(log));
            seat
        }

        fn line(&mut self, seat: Seat, conn: Conn, words: &[&str]) {
            let words: Vec<Vec<u8>> = words.iter().map(|w| w.as_bytes().to_vec()).collect();
            let what = What::Bytes(encode_command(&words));
            self.ask(seat, Request::Input { conn, what });
        }

        fn connect(&mut self, seat: Seat, conn: Conn) {
            let what = What::Connect;
            self.ask(seat, Request::Input { conn, what });
        }

        fn heard(&mut self, seat: Seat) -> Vec<Update> {
            self.told.remove(&seat).unwrap_or_default()
        }
    }

    fn output(updates: &[Update]) -> String {
        let bytes = updates.iter().filter_map(|update| match update {
            Update::Output { bytes, .. } => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        });
        bytes.collect()
    }

    #[test]
    fn pages_share_a_session_and_each_hears_its_own_clients_and_panels() {
        let mut room = Room::new();
        let one = room.page(Log::new(3, 500));
        room.connect(one, 0);
        room.line(one, 0, &["SET", "k", "1"]);
        let two = room.page(Log::new(4, 900));
        room.connect(two, 1);
        let target = Target::Key {
            db: 0,
            key: Bytes::from_slice(b"k"),
            window: Window {
                start: Some(0),
                count: 8,
            },
            look: Look::default(),
        };
        for seat in [one, two] {
            room.ask(
                seat,
                Request::Watch {
                    panel: 2,
                    target: target.clone(),
                },
            );
        }
        room.heard(one);
        let joined = room.heard(two);
        assert!(matches!(joined[0], Update::Ready));
        assert_eq!(joined[1], Update::Joined(3, 500));
        let logged = joined.iter().filter(|u| matches!(u, Update::Logged(_)));
        assert_eq!(logged.count(), 2, "what was done before");
        room.line(two, 1, &["INCR", "k"]);
        let (first, second) = (room.heard(one), room.heard(two));
        assert_eq!(
            (output(&first), output(&second)),
            (String::new(), ":2\r\n".into())
        );
        for told in [&first, &second] {
            assert!(
                told.iter()
                    .any(|u| matches!(u, Update::View { panel: 2, .. }))
            );
        }
        let log = |told: &[Update]| {
            told.iter()
                .any(|u| matches!(u, Update::Logged(Entry::Input(i)) if i.conn == 1))
        };
        assert!(log(&first) && !log(&second));
        assert!(
            second
                .iter()
                .any(|u| matches!(u, Update::Recorded { conn: 1, .. }))
        );
        // Nobody speaks as another's client.
        room.line(one, 1, &["SET", "k", "9"]);
        room.line(one, 0, &["GET", "k"]);
        assert_eq!(output(&room.heard(one)), "$1\r\n2\r\n");
    }

    #[test]
    fn answers_go_to_who_asked() {
        let mut room = Room::new();
        let one = room.page(Log::new(3, 500));
        let two = room.page(Log::new(3, 500));
        room.heard(one);
        room.heard(two);
        room.ask(two, Request::Clock(Turn::Advance(5)));
        room.ask(
            one,
            Request::Probe {
                ticket: 9,
                bytes: encode_command(&[b"DBSIZE".to_vec()]),
            },
        );
        room.ask(two, Request::Travel(Travel::End));
        let (first, second) = (room.heard(one), room.heard(two));
        let kinds = |told: &[Update]| {
            let is = |u: &Update| match u {
                Update::Turned(_) => Some('t'),
                Update::Probed { .. } => Some('p'),
                Update::Refused(_) => Some('r'),
                _ => None,
            };
            told.iter().filter_map(is).collect::<String>()
        };
        assert_eq!((kinds(&first), kinds(&second)), ("p".into(), "tr".into()));
        assert!(first.contains(&Update::Probed {
            ticket: 9,
            bytes: b":0\r\n".to_vec()
        }));
    }

    #[test]
    fn a_page_that_goes_takes_its_clients_along_and_the_last_one_ends_it() {
        let mut room = Room::new();
        let one = room.page(Log::new(3, 500));
        let two = room.page(Log::new(3, 500));
        room.connect(one, 0);
        room.connect(two, 1);
        room.ask(
            two,
            Request::Watch {
                panel: 0,
                target: Target::PubSub,
            },
        );
        room.line(two, 1, &["SUBSCRIBE", "n"]);
        room.heard(two);
        assert!(room.seats.leave(two, room.now));
        room.line(one, 0, &["PUBLISH", "n", "x"]);
        assert!(output(&room.heard(one)).ends_with(":0\r\n"));
        assert_eq!(room.heard(two), []);
        // Another page may have its clients now.
        let three = room.page(Log::new(3, 500));
        room.connect(three, 1);
        room.line(three, 1, &["PING"]);
        assert_eq!(output(&room.heard(three)), "+PONG\r\n");
        assert!(room.seats.leave(one, room.now));
        assert!(!room.seats.leave(three, room.now));
    }
}
