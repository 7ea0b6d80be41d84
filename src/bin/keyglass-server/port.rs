//! The port: sockets on one side, the engine on the other.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::io;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keyglass::command::dispatch;
use keyglass::engine::Engine;
use keyglass::session::lua::machine;
use keyglass::session::message::{Conn, Input, Millis, Record, What};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::options::Options;

/// How much one client is read at a time (the reference's `PROTO_IOBUF_LEN`): then it is the others' turn.
const READ: usize = 16 * 1024;
/// The longest query buffer (the reference's `client-query-buffer-limit`).
const QUERY_MAX: usize = 1024 * 1024 * 1024;
/// What may wait to be sent to a subscriber, and for how many milliseconds so much may wait
/// (`client-output-buffer-limit pubsub 32mb 8mb 60`). Other clients have no limit.
const SUBSCRIBER_HARD: usize = 32 * 1024 * 1024;
const SUBSCRIBER_SOFT: usize = 8 * 1024 * 1024;
const SUBSCRIBER_SOFT_FOR: Millis = 60_000;
/// How long a connection that ends may take to read its last replies.
const FAREWELL: Duration = Duration::from_secs(10);
/// How many clients there may be (the reference's `maxclients`).
const CLIENTS_MAX: usize = 10_000;
/// The files that are open beside the clients' sockets.
const OTHER_FILES: u64 = 32;

/// What waits to be sent on one connection.
#[derive(Debug, Default)]
struct Outgoing {
    bytes: Vec<u8>,
    sent: usize,
    /// Its task, to be woken when bytes come from elsewhere.
    waker: Option<Waker>,
    /// The engine knows it no longer: it ends when all is sent.
    ended: bool,
    /// It ends at once.
    cut: bool,
    /// Since when more than the soft limit waits.
    long_since: Option<Millis>,
}

impl Outgoing {
    fn waiting(&self) -> usize {
        self.bytes.len().saturating_sub(self.sent)
    }

    fn push(&mut self, bytes: Vec<u8>) {
        if self.waiting() == 0 {
            self.bytes = bytes;
            self.sent = 0;
        } else {
            self.bytes.extend_from_slice(&bytes);
        }
    }
}

/// The engine, and the connections' outgoing bytes.
struct Server {
    engine: Engine,
    /// What is added to the real time: a session whose clock was ahead goes on from there.
    ahead: Millis,
    outgoing: BTreeMap<Conn, Outgoing>,
    next_conn: Conn,
    /// What the deadlines' task waits for.
    armed: Option<Millis>,
    rearm: Rc<Notify>,
    stop: Rc<Notify>,
    record: Option<Record>,
    /// What a read goes to; there is one, since reads do not overlap.
    buffer: Box<[u8]>,
}

type Shared = Rc<RefCell<Server>>;

#[allow(
    clippy::disallowed_methods,
    reason = "the shell is where time comes from"
)]
fn wall_clock() -> Millis {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as Millis)
}

impl Server {
    fn now(&self) -> Millis {
        wall_clock().saturating_add(self.ahead)
    }

    fn connect(&mut self, from: String, to: String) -> Conn {
        let conn = self.next_conn;
        self.next_conn = self.next_conn.wrapping_add(1);
        self.outgoing.insert(conn, Outgoing::default());
        let now = self.now();
        self.engine
            .handle(now, conn, keyglass::engine::What::Connect);
        self.engine.set_address(conn, from, to);
        self.recorded(conn, || What::Connect);
        self.distribute(conn);
        conn
    }

    fn disconnect(&mut self, conn: Conn) {
        if self.engine.client(conn).is_some() {
            let now = self.now();
            self.engine
                .handle(now, conn, keyglass::engine::What::Disconnect);
            self.recorded(conn, || What::Disconnect);
        }
        self.distribute(conn);
    }

    /// Bytes that were read into the buffer arrive.
    fn arrive(&mut self, conn: Conn, count: usize) {
        let now = self.now();
        let bytes = self.buffer.get(..count).unwrap_or_default();
        self.engine.advance_to(now);
        self.engine.feed(conn, bytes);
        if let Some(record) = &mut self.record {
            record.inputs.push(Input {
                at: self.engine.now,
                conn,
                what: What::Bytes(bytes.to_vec()),
            });
        }
        let too_long = |client: &keyglass::engine::client::Client| client.query.len() > QUERY_MAX;
        if self.engine.client(conn).is_some_and(too_long) {
            self.cut(conn);
            self.disconnect(conn);
        }
        self.distribute(conn);
    }

    fn recorded(&mut self, conn: Conn, what: impl FnOnce() -> What) {
        let at = self.engine.now;
        if let Some(record) = &mut self.record {
            let what = what();
            record.inputs.push(Input { at, conn, what });
        }
    }

    fn cut(&mut self, conn: Conn) {
        if let Some(out) = self.outgoing.get_mut(&conn) {
            out.cut = true;
            if let Some(waker) = out.waker.take() {
                waker.wake();
            }
        }
    }

    /// Hands what the engine has for its clients to their connections, and wakes their tasks. The one
    /// that runs now needs no waking.
    fn distribute(&mut self, running: Conn) {
        let now = self.engine.now;
        let mut too_slow = Vec::new();
        for conn in self.engine.take_touched() {
            let subscriber = self
                .engine
                .client(conn)
                .is_some_and(|client| client.subscriptions() > 0);
            let bytes = self.engine.take_output(conn);
            let Some(out) = self.outgoing.get_mut(&conn) else {
                continue;
            };
            out.push(bytes);
            out.ended = self.engine.client(conn).is_none();
            let waiting = out.waiting();
            if subscriber && waiting > SUBSCRIBER_SOFT {
                let since = *out.long_since.get_or_insert(now);
                if waiting > SUBSCRIBER_HARD || now.saturating_sub(since) > SUBSCRIBER_SOFT_FOR {
                    too_slow.push(conn);
                }
            } else {
                out.long_since = None;
            }
            if conn != running
                && let Some(waker) = out.waker.take()
            {
                waker.wake();
            }
        }
        for conn in too_slow {
            self.cut(conn);
            self.disconnect(conn);
        }
        if self.engine.stopping {
            self.stop.notify_one();
        }
        let next = self.engine.next_deadline();
        if next != self.armed {
            self.armed = next;
            self.rearm.notify_one();
        }
    }
}

/// Listens until it is told to stop.
pub async fn serve(options: Options) -> Result<(), String> {
    let (mut engine, record) = begin(&options)?;
    engine.may_stop = true;
    let limit = CLIENTS_MAX as u64 + OTHER_FILES;
    let files = rlimit::increase_nofile_limit(limit).unwrap_or(1024);
    let clients_max = CLIENTS_MAX.min(files.saturating_sub(OTHER_FILES) as usize);

    let listener = TcpListener::bind((options.bind, options.port))
        .await
        .map_err(|error| {
            format!(
                "cannot listen on {}:{}: {error}",
                options.bind, options.port
            )
        })?;
    let address = listener
        .local_addr()
        .map_err(|error| format!("cannot listen: {error}"))?;

    let next_conn = record
        .inputs
        .iter()
        .map(|input| input.conn.wrapping_add(1))
        .max()
        .unwrap_or(0);
    let ahead = engine.now.saturating_sub(wall_clock());
    let rearm = Rc::new(Notify::new());
    let stop = Rc::new(Notify::new());
    let server = Rc::new(RefCell::new(Server {
        engine,
        ahead,
        outgoing: BTreeMap::new(),
        next_conn,
        armed: None,
        rearm: rearm.clone(),
        stop: stop.clone(),
        record: options.save.is_some().then_some(record),
        buffer: vec![0; READ].into_boxed_slice(),
    }));
    // Who was connected when the session was saved is so no longer.
    let left: Vec<Conn> = server.borrow().engine.clients().map(|(c, _)| c).collect();
    for conn in left {
        server.borrow_mut().disconnect(conn);
    }
    println!("Listening on {address}");

    tokio::task::spawn_local(deadlines(server.clone(), rearm));
    let accepting = tokio::task::spawn_local(accept(server.clone(), listener, clients_max));
    stopped(&stop).await;
    accepting.abort();
    farewell(&server).await;
    if let Some(path) = &options.save {
        let record = server.borrow_mut().record.take().unwrap_or_default();
        save(path, &record)?;
    }
    println!("Stopped");
    Ok(())
}

/// A new engine for a session.
fn engine(record: &Record) -> Engine {
    let mut engine = Engine::new(record.seed, record.start, dispatch);
    if let Some(machine) = machine() {
        engine.set_machine(machine);
    }
    engine
}

/// The engine to begin with, and the record of how it came about.
fn begin(options: &Options) -> Result<(Engine, Record), String> {
    let Some(path) = &options.open else {
        let record = Record {
            seed: options.seed.unwrap_or(1),
            start: wall_clock(),
            inputs: Vec::new(),
        };
        return Ok((engine(&record), record));
    };
    let cannot = |error: &dyn std::fmt::Display| format!("cannot open {}: {error}", path.display());
    let bytes = std::fs::read(path).map_err(|error| cannot(&error))?;
    let (record, rest): (Record, _) =
        postcard::take_from_bytes(&bytes).map_err(|_| cannot(&"it is no saved session"))?;
    if !rest.is_empty() {
        return Err(cannot(&"it is no saved session"));
    }
    let mut engine = engine(&record);
    for input in &record.inputs {
        let Some(what) = input.what.clone().engine() else {
            return Err(cannot(&"it has actors, which only the page runs"));
        };
        engine.handle(input.at, input.conn, what);
        for conn in engine.take_touched() {
            engine.take_output(conn);
        }
    }
    Ok((engine, record))
}

/// Writes beside the file and renames, so that there is never half a session.
fn save(path: &Path, record: &Record) -> Result<(), String> {
    let cannot = |error: &dyn std::fmt::Display| format!("cannot save {}: {error}", path.display());
    let bytes = postcard::to_allocvec(record).map_err(|error| cannot(&error))?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::rename(&beside, path))
        .map_err(|error| cannot(&error))
}

/// Comes back on SIGINT, SIGTERM, or when a command shut the server down.
async fn stopped(stop: &Notify) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            let mut interrupt = pin!(tokio::signal::ctrl_c());
            let mut told = pin!(stop.notified());
            return poll_fn(|cx| {
                let any = terminate.poll_recv(cx).is_ready()
                    || interrupt.as_mut().poll(cx).is_ready()
                    || told.as_mut().poll(cx).is_ready();
                if any { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
        }
    }
    let mut interrupt = pin!(tokio::signal::ctrl_c());
    let mut told = pin!(stop.notified());
    poll_fn(|cx| {
        let any = interrupt.as_mut().poll(cx).is_ready() || told.as_mut().poll(cx).is_ready();
        if any { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// Ends every connection, giving each a moment to read its last replies.
async fn farewell(server: &Shared) {
    let conns: Vec<Conn> = server.borrow().outgoing.keys().copied().collect();
    for conn in conns {
        let mut server = server.borrow_mut();
        server.disconnect(conn);
        if let Some(out) = server.outgoing.get_mut(&conn) {
            out.ended = true;
            if let Some(waker) = out.waker.take() {
                waker.wake();
            }
        }
    }
    for _ in 0..50 {
        if server.borrow().outgoing.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Moves the engine's clock on whenever something falls due.
async fn deadlines(server: Shared, rearm: Rc<Notify>) {
    loop {
        let wait = {
            let server = server.borrow();
            server
                .armed
                .map(|due| Duration::from_millis(due.saturating_sub(server.now())))
        };
        // Far deadlines are looked at again each day.
        let wait = wait
            .unwrap_or(Duration::MAX)
            .min(Duration::from_secs(86_400));
        if tokio::time::timeout(wait, rearm.notified()).await.is_err() {
            let mut server = server.borrow_mut();
            let now = server.now();
            server.engine.advance_to(now);
            // No connection runs in this task.
            server.distribute(Conn::MAX);
        }
    }
}

async fn accept(server: Shared, listener: TcpListener, clients_max: usize) {
    loop {
        let Ok((mut stream, from)) = listener.accept().await else {
            // Out of files, most likely: wait for some to be closed.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        if server.borrow().outgoing.len() >= clients_max {
            tokio::task::spawn_local(async move {
                let told = stream.write_all(b"-ERR max number of clients reached\r\n");
                drop(tokio::time::timeout(FAREWELL, told).await);
            });
            continue;
        }
        drop(stream.set_nodelay(true));
        let to = stream.local_addr().map(|to| to.to_string());
        let to = to.unwrap_or_default();
        let conn = server.borrow_mut().connect(from.to_string(), to);
        tokio::task::spawn_local(talk(server.clone(), conn, stream));
    }
}

/// One connection, from beginning to end.
async fn talk(server: Shared, conn: Conn, mut stream: TcpStream) {
    let end = poll_fn(|cx| step(&server, conn, &mut stream, cx)).await;
    server.borrow_mut().disconnect(conn);
    let last = server.borrow_mut().outgoing.remove(&conn);
    if let (End::Said, Some(out)) = (end, last)
        && !out.cut
    {
        let rest = out.bytes.get(out.sent..).unwrap_or_default();
        drop(tokio::time::timeout(FAREWELL, leave(&mut stream, rest)).await);
    }
}

/// Sends what is left, and reads what still comes for a while: closing a socket with unread bytes would
/// take the last replies with it.
async fn leave(stream: &mut TcpStream, rest: &[u8]) -> io::Result<()> {
    stream.write_all(rest).await?;
    stream.shutdown().await?;
    let mut unread = [0; 1024];
    while stream.read(&mut unread).await? > 0 {}
    Ok(())
}

/// How a connection came to its end.
enum End {
    /// Some replies may still have to be sent.
    Said,
    /// The other side is gone.
    Gone,
}

/// Sends what can be sent and reads what can be read, once each.
fn step(server: &Shared, conn: Conn, stream: &mut TcpStream, cx: &mut Context<'_>) -> Poll<End> {
    loop {
        if let Some(end) = send(server, conn, stream, cx) {
            return Poll::Ready(end);
        }
        let mut held = server.borrow_mut();
        let mut buffer = std::mem::take(&mut held.buffer);
        let mut into = ReadBuf::new(&mut buffer);
        let read = Pin::new(&mut *stream).poll_read(cx, &mut into);
        let count = into.filled().len();
        held.buffer = buffer;
        match read {
            Poll::Pending => return Poll::Pending,
            Poll::Ready(Err(_)) => return Poll::Ready(End::Gone),
            // Half closed: it may still read.
            Poll::Ready(Ok(())) if count == 0 => return Poll::Ready(End::Said),
            Poll::Ready(Ok(())) => held.arrive(conn, count),
        }
        drop(held);
        if count == READ {
            // There may be more, but first it is the others' turn.
            cx.waker().wake_by_ref();
            return match send(server, conn, stream, cx) {
                Some(end) => Poll::Ready(end),
                None => Poll::Pending,
            };
        }
    }
}

/// Sends what waits, as far as the socket takes it. Comes back with something when that is the end.
fn send(server: &Shared, conn: Conn, stream: &mut TcpStream, cx: &mut Context<'_>) -> Option<End> {
    let mut server = server.borrow_mut();
    let out = server.outgoing.get_mut(&conn)?;
    if out.cut {
        return Some(End::Gone);
    }
    while out.waiting() > 0 {
        let rest = out.bytes.get(out.sent..).unwrap_or_default();
        match Pin::new(&mut *stream).poll_write(cx, rest) {
            Poll::Pending => break,
            Poll::Ready(Err(_) | Ok(0)) => return Some(End::Gone),
            Poll::Ready(Ok(count)) => out.sent += count,
        }
    }
    if out.waiting() == 0 {
        out.bytes = Vec::new();
        out.sent = 0;
        out.long_since = None;
        if out.ended {
            return Some(End::Said);
        }
    } else if out.sent > out.waiting() {
        out.bytes.drain(..out.sent);
        out.sent = 0;
    }
    out.waker = Some(cx.waker().clone());
    None
}
