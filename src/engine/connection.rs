//! The connections of the engine: what is sent to them, who they are, and their end.

use smallvec::SmallVec;

use super::client::{Client, Conn};
use super::reply::Writer;
use super::why::Why;
use super::{Engine, text};

impl Engine {
    /// Takes the bytes that wait to be sent to a client; a client that was closing is then gone.
    pub fn take_output(&mut self, conn: Conn) -> Vec<u8> {
        let mut out = Vec::new();
        self.exchange_output(conn, &mut out);
        out
    }

    /// [Takes the bytes](Self::take_output) that wait for a client in exchange for a buffer, whose bytes go, so that neither
    /// side has to allocate another.
    pub fn exchange_output(&mut self, conn: Conn, out: &mut Vec<u8>) {
        out.clear();
        if self.still() {
            return;
        }
        let Some(client) = self.clients.get_mut(&conn) else {
            self.outputs.retain(|touched| *touched != conn);
            return;
        };
        if std::mem::take(&mut client.touched)
            && let Some(at) = self.outputs.iter().rposition(|touched| *touched == conn)
        {
            self.outputs.swap_remove(at);
        }
        std::mem::swap(out, &mut client.out);
        if !client.whys.is_empty() {
            client.whys.clear();
        }
        client.bytes_out += out.len() as u64;
        self.stats.bytes_out += out.len() as u64;
        self.stats.writes += u64::from(!out.is_empty());
        if client.closing {
            self.disconnect(conn);
        }
    }

    /// Takes the reasons of the replies among the bytes that wait to be sent to a client: each with the number of
    /// bytes up to the end of its reply. To be called right before [`Self::take_output`].
    pub fn take_whys(&mut self, conn: Conn) -> Vec<(usize, Why)> {
        let client = self.clients.get_mut(&conn);
        client.map_or_else(Vec::new, |client| std::mem::take(&mut client.whys))
    }

    /// Takes the names of those who have output to be taken, or who ended, since their output was last
    /// taken, in order: so that nobody has to ask every client.
    pub fn take_touched(&mut self) -> SmallVec<[Conn; 4]> {
        if self.still() {
            return SmallVec::new();
        }
        let mut touched: SmallVec<[Conn; 4]> = self.outputs.drain(..).collect();
        touched.sort_unstable();
        for conn in &touched {
            if let Some(client) = self.clients.get_mut(conn) {
                client.touched = false;
            }
        }
        touched
    }

    /// Ends a client's connection once what it was sent has been taken, whoever asks for it.
    pub fn close(&mut self, conn: Conn) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.closing = true;
            touch(&mut self.outputs, conn, client);
        }
    }

    /// A client, if it is connected.
    pub fn client(&self, conn: Conn) -> Option<&Client> {
        self.clients.get(&conn)
    }

    /// The connected clients, in the order of their handles.
    pub fn clients(&self) -> impl Iterator<Item = (Conn, &Client)> {
        self.clients.iter()
    }

    /// Sends frames to a client beside its replies, such as a published message.
    pub fn push_to(&mut self, conn: Conn, write: impl FnOnce(&mut Writer)) {
        if let Some(client) = self.clients.get_mut(&conn) {
            let mut writer = Writer {
                bytes: std::mem::take(&mut client.out),
                resp: client.resp,
                ..Writer::default()
            };
            write(&mut writer);
            client.out = writer.bytes;
            touch(&mut self.outputs, conn, client);
        }
    }

    /// Shows a command to the monitors, as `redis-cli` quotes words.
    #[inline]
    pub fn show_monitors(&mut self, conn: Conn, words: &[&[u8]]) {
        if !self.monitors.is_empty() {
            self.show_each_monitor(conn, words);
        }
    }

    #[inline(never)]
    fn show_each_monitor(&mut self, conn: Conn, words: &[&[u8]]) {
        let Some(client) = self.clients.get(&conn) else {
            return;
        };
        let (db, who) = match self.scripting.selected() {
            Some(db) => (db, "lua".to_string()),
            None => (client.db, client.address(conn)),
        };
        let (seconds, millis) = (self.now / 1000, self.now % 1000);
        let mut line = format!("{seconds}.{millis:03}000 [{db} {who}]");
        for word in words {
            line.push(' ');
            line.push_str(&text::quote(word));
        }
        for monitor in self.monitors.clone() {
            self.push_to(monitor, |out| out.simple(&line));
        }
    }

    /// Notes where a client is connected from, and to.
    pub fn set_address(&mut self, conn: Conn, addr: String, local: String) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.addr = addr;
            client.local = local;
        }
    }

    /// Whether a command with these flags is held back now.
    pub fn holds_back(&self, changes: bool) -> bool {
        self.pause
            .is_some_and(|pause| changes || !pause.writes_only)
    }

    /// Commands go on, in the order in which they were held back.
    pub fn unpause(&mut self) {
        self.pause = None;
        self.unblocked.extend(std::mem::take(&mut self.held));
    }

    /// Answers the command that a client waited with, unless it wants no replies.
    pub(super) fn reply_to(&mut self, conn: Conn, write: impl FnOnce(&mut Writer)) {
        if let Some(client) = self.clients.get_mut(&conn) {
            let muted = client.muted();
            client.command_over();
            if !muted {
                self.push_to(conn, write);
            }
        }
    }

    /// Cuts a client off, with what it was not sent yet.
    pub fn kill(&mut self, conn: Conn) {
        self.disconnect(conn);
    }

    pub(super) fn disconnect(&mut self, conn: Conn) {
        self.drop_stand(conn);
        self.unblock(conn);
        self.unwatch(conn);
        if let Some(mut client) = self.clients.remove(&conn) {
            self.monitors.remove(&conn);
            self.held.retain(|held| *held != conn);
            touch(&mut self.outputs, conn, &mut client);
            self.unsubscribe_all(conn);
        }
    }
}

/// Puts a client among those who have output to be taken, or ended.
#[inline]
pub(super) fn touch(outputs: &mut Vec<Conn>, conn: Conn, client: &mut Client) {
    if !std::mem::replace(&mut client.touched, true) {
        outputs.push(conn);
    }
}
