//! A real server on loopback, for as long as its value lives.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use keyglass::engine::resp::encode_command;

use crate::frame::{self, Frame};

/// How long an answer may take before it counts as missing.
const PATIENCE: Duration = Duration::from_secs(5);

static SERVERS: AtomicUsize = AtomicUsize::new(0);

/// A running Valkey. Dropping it, also in a panic, ends it by its own handle.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    folder: PathBuf,
    /// What it says of itself, for the summary.
    pub version: String,
}

impl Server {
    /// Starts the server whose path `KEYGLASS_VALKEY` gives, on a free port, with no files but its own.
    pub fn start() -> Self {
        let path = std::env::var_os("KEYGLASS_VALKEY").map(PathBuf::from).unwrap_or_else(|| {
            panic!(
                "KEYGLASS_VALKEY is not set. It must hold the path of a valkey-server 9.1 to compare with; \
                 `scripts/test.sh oracle` finds or installs one."
            )
        });
        assert!(
            path.is_file(),
            "KEYGLASS_VALKEY names {}, and there is no such file.",
            path.display()
        );
        let version = Self::version_of(&path);
        assert!(
            version.starts_with("9.1."),
            "the reference is Valkey 9.1, and {} is {version}",
            path.display()
        );
        Self::run(&path, version)
    }

    /// Starts Redis 7.0, the second reference, likewise: `KEYGLASS_REDIS`, or `redis-server` on the PATH.
    /// `None`: there is none here.
    pub fn start_redis() -> Option<Self> {
        let path = match std::env::var_os("KEYGLASS_REDIS") {
            Some(path) => PathBuf::from(path),
            None => std::env::split_paths(&std::env::var_os("PATH")?)
                .map(|folder| folder.join("redis-server"))
                .find(|path| path.is_file())?,
        };
        let version = Self::version_of(&path);
        assert!(
            version.starts_with("7.0."),
            "the second reference is Redis 7.0, and {} is {version}",
            path.display()
        );
        Some(Self::run(&path, version))
    }

    fn version_of(path: &Path) -> String {
        let told = Command::new(path)
            .arg("--version")
            .output()
            .unwrap_or_else(|e| panic!("{} does not run: {e}", path.display()));
        let version = String::from_utf8_lossy(&told.stdout)
            .split_whitespace()
            .find_map(|w| w.strip_prefix("v=").map(str::to_string));
        version.unwrap_or_else(|| panic!("{} --version does not name a version", path.display()))
    }

    fn run(path: &Path, version: String) -> Self {
        let serial = SERVERS.fetch_add(1, Ordering::Relaxed);
        let folder =
            std::env::temp_dir().join(format!("keyglass-oracle-{}-{serial}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // Between finding a port free and taking it somebody else may take it: try again then.
        for _ in 0..10 {
            let port = TcpListener::bind("127.0.0.1:0")
                .unwrap()
                .local_addr()
                .unwrap()
                .port();
            let child = Command::new(path)
                .args([
                    "--save",
                    "",
                    "--appendonly",
                    "no",
                    "--bind",
                    "127.0.0.1",
                    "--loglevel",
                    "warning",
                ])
                .args(["--port", &port.to_string()])
                .arg("--dir")
                .arg(&folder)
                .current_dir(&folder)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            // From here on the value's own drop ends the child.
            let mut server = Self {
                child,
                port,
                folder: folder.clone(),
                version: version.clone(),
            };
            if server.answers() {
                return server;
            }
            server.end();
        }
        panic!("{} did not come up on any of ten ports", path.display());
    }

    /// Waits until it answers; false when it ended instead.
    fn answers(&mut self) -> bool {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return false;
            }
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", self.port)) {
                let mut link = Link::over(stream);
                link.send_words(&["PING"]);
                return link.next() == Some(Frame::Text(b'+', b"PONG".to_vec()))
                    && matches!(self.child.try_wait(), Ok(None));
            }
            sleep(Duration::from_millis(10));
        }
        false
    }

    /// A new connection.
    pub fn connect(&self) -> Link {
        Link::over(TcpStream::connect(("127.0.0.1", self.port)).expect("the real server has gone"))
    }

    /// Whether it still runs.
    #[allow(dead_code, reason = "the comparison of scripts uses it")]
    pub fn runs(&mut self) -> bool {
        // One that is about to end has closed its connections already.
        sleep(Duration::from_millis(100));
        matches!(self.child.try_wait(), Ok(None))
    }

    fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// One connection to the real server.
#[derive(Debug)]
pub struct Link {
    stream: TcpStream,
    buffer: Vec<u8>,
    at: usize,
}

impl Link {
    fn over(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        Self {
            stream,
            buffer: Vec::new(),
            at: 0,
        }
    }

    /// Sends bytes. A connection that the server has closed takes them in silence; reading tells.
    pub fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes);
    }

    /// Sends one command.
    pub fn send_words<W: AsRef<[u8]>>(&mut self, words: &[W]) {
        self.send(&encode_command(words));
    }

    /// Sends one command and takes its one reply.
    pub fn ask<W: AsRef<[u8]>>(&mut self, words: &[W]) -> Option<Frame> {
        self.send_words(words);
        self.next()
    }

    /// The next reply; `None` when the connection ended or nothing came for a while.
    pub fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some((frame, used)) = frame::read(&self.buffer[self.at..]) {
                self.at += used;
                if self.at == self.buffer.len() {
                    self.buffer.clear();
                    self.at = 0;
                }
                return Some(frame);
            }
            self.buffer.drain(..self.at);
            self.at = 0;
            let mut chunk = [0; 64 * 1024];
            match self.stream.read(&mut chunk) {
                Ok(0) => return None,
                Ok(n) => self.buffer.extend_from_slice(&chunk[..n]),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(_) => return None,
            }
        }
    }
}
