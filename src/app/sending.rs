//! Lines on their way from a console to the server half.

use std::rc::Rc;

use super::console::Console;
use super::port::Order;
use super::{CLIENTS_MAX, Effect, STOPPABLE_AFTER, State, console, wire};
use crate::session::message::*;

impl State {
    pub(super) fn enter(
        &mut self,
        conn: Conn,
        text: &str,
        ticket: Option<u32>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.enter_line(conn, text, false, ticket, wall, effects);
    }

    /// Lines are entered; recorded: it is one, and is sent as it was.
    pub(super) fn enter_line(
        &mut self,
        conn: Conn,
        text: &str,
        recorded: bool,
        ticket: Option<u32>,
        wall: f64,
        effects: &mut Vec<Effect>,
    ) {
        self.last_used = conn;
        self.used = true;
        self.connect_again(conn, wall, effects);
        for (line, ticket) in self.embed_tickets(conn, text, ticket) {
            match self.console(conn) {
                Some(console) if recorded => console.enqueue_recorded(&line, ticket),
                Some(console) => console.enqueue(&line, ticket),
                None => {}
            }
        }
        self.pump(conn, wall, effects);
    }

    pub(super) fn console(&mut self, conn: Conn) -> Option<&mut Console> {
        self.consoles
            .iter_mut()
            .find(|c| c.conn == conn)
            .map(Rc::make_mut)
    }

    /// The console last used, if it takes commands now; otherwise the first that does.
    pub(super) fn free_console(&self) -> Conn {
        let free = |c: &&Rc<Console>| !c.busy() && !c.cut && c.transcript.subscriptions() == 0;
        let last = self
            .consoles
            .iter()
            .find(|c| c.conn == self.last_used)
            .filter(free);
        last.or_else(|| self.consoles.iter().find(free))
            .map_or(self.last_used, |c| c.conn)
    }

    pub(super) fn add_client(&mut self, wall: f64, effects: &mut Vec<Effect>) {
        let Some(console) = self.new_console() else {
            self.notice = Some(format!("The page holds {CLIENTS_MAX} clients at most."));
            return;
        };
        let conn = console.conn;
        self.consoles.push(Rc::new(console));
        let orders = self.port.input(conn, What::Connect, wall);
        self.follow(orders, wall, effects);
    }

    /// Sends what a console has waiting, as far as it may.
    pub(super) fn pump(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
        while !self.travels() {
            let (commands, now) = (Rc::clone(&self.commands), self.clock.now);
            let Some(sent) = self
                .console(conn)
                .and_then(|console| console.next(&commands, now))
            else {
                break;
            };
            match sent {
                console::Sent::Words { line, words } => {
                    Rc::make_mut(&mut self.timeline).sent(conn, line);
                    self.script_sent(&words);
                    let bytes = encode_command(&words);
                    if let Some(console) = self.console(conn) {
                        console.wire.went(wire::Way::Sent, &bytes, now);
                    }
                    let orders = self.port.input(conn, What::Bytes(bytes), wall);
                    self.follow(orders, wall, effects);
                }
                console::Sent::Done(ticket, text) => {
                    self.resolve(conn, ticket, text, wall, effects)
                }
                console::Sent::Turn(turn, ticket) => {
                    self.turn(turn, Some((conn, ticket)), wall, effects)
                }
                console::Sent::Steer(order, ticket) => {
                    self.steer_line(conn, order, ticket, wall, effects)
                }
                console::Sent::Travel(way, ticket) => {
                    self.travel_line(conn, way, ticket, wall, effects)
                }
                console::Sent::Quit => self.reconnect(conn, wall, effects),
                console::Sent::Nothing => {}
            }
        }
        if let Some(console) = self.console(conn) {
            console.pace.see(console.waiting(), wall);
        }
    }

    /// Cuts a connection and opens it again.
    pub(super) fn reconnect(&mut self, conn: Conn, wall: f64, effects: &mut Vec<Effect>) {
        let now = self.clock.now;
        let Some(console) = self.console(conn) else {
            return;
        };
        let interrupted = console.interrupted(now);
        for (ticket, text) in interrupted {
            self.resolve(conn, ticket, text, wall, effects);
        }
        // To connect anew ends the old connection, in one step: no frame can come between that says it is closed.
        let orders = self.port.input(conn, What::Connect, wall);
        self.follow(orders, wall, effects);
    }

    pub(super) fn follow(&mut self, orders: Vec<Order>, wall: f64, effects: &mut Vec<Effect>) {
        let restarts = orders.contains(&Order::Restart);
        for order in orders {
            match order {
                Order::Restart => effects.extend([Effect::End, Effect::Restart]),
                Order::Post(requests) => effects.push(Effect::Post(requests)),
                Order::Dropped { conn, what } => self.dropped(conn, &what, wall, effects),
                Order::LeftOut(conn) => self.left_out(conn, wall, effects),
            }
        }
        if restarts {
            self.stays("", wall, effects);
            self.turns_lost(wall, effects);
            self.lesson_lost();
        }
        self.mark_stuck(wall);
    }

    /// Shows Stop at the client whose command holds up the server half.
    pub(super) fn mark_stuck(&mut self, wall: f64) {
        let stuck = self
            .port
            .waiting()
            .filter(|(_, since)| wall - since > STOPPABLE_AFTER && self.port.ready())
            .map(|(conn, _)| conn);
        for console in &mut self.consoles {
            let is_stuck = stuck == Some(console.conn);
            if console.stuck != is_stuck {
                Rc::make_mut(console).stuck = is_stuck;
                self.changed = true;
            }
        }
        self.mark_held();
    }
}
