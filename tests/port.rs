//! The port, as raw bytes on a socket.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test that cannot go on fails, and waits in real time"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

struct Port {
    child: Child,
    address: String,
}

impl Port {
    fn start(options: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_keyglass-server"))
            .args(["--port", "0"])
            .args(options)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        let address = line.trim().strip_prefix("Listening on ").unwrap().into();
        Self { child, address }
    }

    fn client(&self) -> TcpStream {
        let client = TcpStream::connect(&self.address).unwrap();
        client
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        client
    }

    /// Waits for the end by itself.
    fn ended(&mut self) -> bool {
        let until = Instant::now() + Duration::from_secs(10);
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.success();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        false
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args([name, &id])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Sends bytes and expects exactly these back.
fn says(client: &mut TcpStream, sent: &[u8], expected: &[u8]) {
    client.write_all(sent).unwrap();
    expects(client, expected);
}

fn expects(client: &mut TcpStream, expected: &[u8]) {
    let mut got = vec![0; expected.len()];
    client.read_exact(&mut got).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&got),
        String::from_utf8_lossy(expected)
    );
}

/// Everything up to the end of the connection.
fn rest(client: &mut TcpStream) -> String {
    let mut got = Vec::new();
    client.read_to_end(&mut got).unwrap();
    String::from_utf8_lossy(&got).into_owned()
}

#[test]
fn pipelines_inline_commands_and_split_reads() {
    let port = Port::start(&[]);
    let mut a = port.client();
    says(&mut a, b"PING\r\n", b"+PONG\r\n");
    says(
        &mut a,
        b"set k 'a b'\nget k\r\n*2\r\n$4\r\nECHO\r\n$2\r\nhi\r\n",
        b"+OK\r\n$3\r\na b\r\n$2\r\nhi\r\n",
    );
    for byte in b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n" {
        a.write_all(&[*byte]).unwrap();
        std::thread::sleep(Duration::from_micros(200));
    }
    expects(&mut a, b"+OK\r\n");

    // Far more than one read's worth, all written before anything is read.
    let many = b"*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n".repeat(20_000);
    let mut writer = a.try_clone().unwrap();
    let writing = std::thread::spawn(move || writer.write_all(&many).unwrap());
    let mut replies = BufReader::new(a.try_clone().unwrap()).lines();
    for n in 1..=20_000 {
        assert_eq!(replies.next().unwrap().unwrap(), format!(":{n}"));
    }
    writing.join().unwrap();
}

#[test]
fn what_is_no_resp_gets_the_references_text_and_the_connection_closes() {
    let port = Port::start(&[]);
    for (sent, text) in [
        ("*x\r\n", "invalid multibulk length"),
        ("*2147483648\r\n", "invalid multibulk length"),
        ("*1\r\n:1\r\n", "expected '$', got ':'"),
        ("*1\r\n$-1\r\n", "invalid bulk length"),
        ("*1\r\n$536870913\r\n", "invalid bulk length"),
        ("GET 'x\r\n", "unbalanced quotes in request"),
    ] {
        let mut a = port.client();
        a.write_all(format!("PING\r\n{sent}PING\r\n").as_bytes())
            .unwrap();
        assert_eq!(
            rest(&mut a),
            format!("+PONG\r\n-ERR Protocol error: {text}\r\n")
        );
    }
    let mut a = port.client();
    a.write_all(&vec![b'x'; 70_000]).unwrap();
    assert_eq!(
        rest(&mut a),
        "-ERR Protocol error: too big inline request\r\n"
    );
}

#[test]
fn big_strings_come_and_go_whole_and_in_linear_time() {
    let port = Port::start(&[]);
    let mut a = port.client();
    const BIG: usize = 100 * 1024 * 1024;
    let began = Instant::now();
    a.write_all(format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${BIG}\r\n").as_bytes())
        .unwrap();
    let part = vec![b'z'; 1024 * 1024];
    for _ in 0..BIG / part.len() {
        a.write_all(&part).unwrap();
    }
    says(&mut a, b"\r\n", b"+OK\r\n");
    says(&mut a, b"STRLEN k\r\n", format!(":{BIG}\r\n").as_bytes());
    says(&mut a, b"GET k\r\n", format!("${BIG}\r\n").as_bytes());
    let mut got = vec![0; BIG + 2];
    a.read_exact(&mut got).unwrap();
    assert!(got.ends_with(b"z\r\n") && got.starts_with(b"zz"));
    assert!(began.elapsed() < Duration::from_secs(20));

    // Many words are as many pieces: read once each, too.
    let began = Instant::now();
    let mut many = b"*400001\r\n$3\r\nDEL\r\n".to_vec();
    many.extend(b"$2\r\nkk\r\n".repeat(400_000));
    says(&mut a, &many, b":0\r\n");
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[test]
fn messages_and_waiting_go_across_clients_and_time_passes_by_itself() {
    let port = Port::start(&[]);
    let (mut a, mut b) = (port.client(), port.client());
    says(
        &mut a,
        b"SUBSCRIBE c\r\n",
        b"*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n",
    );
    says(&mut b, b"PUBLISH c hi\r\n", b":1\r\n");
    expects(&mut a, b"*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n");
    // A wait that nobody ends but the clock.
    says(&mut b, b"XREAD BLOCK 50 STREAMS s $\r\n", b"*-1\r\n");
    says(&mut b, b"SET k v PX 30\r\n", b"+OK\r\n");
    std::thread::sleep(Duration::from_millis(60));
    says(&mut b, b"GET k\r\n", b"$-1\r\n");
    // Who hangs up leaves nothing behind.
    drop(a);
    let until = Instant::now() + Duration::from_secs(5);
    loop {
        b.write_all(b"PUBLISH c hi\r\n").unwrap();
        let mut reply = [0; 4];
        b.read_exact(&mut reply).unwrap();
        if &reply == b":0\r\n" {
            break;
        }
        assert!(Instant::now() < until);
    }
}

#[test]
fn a_half_closed_client_still_gets_its_replies() {
    let port = Port::start(&[]);
    let mut a = port.client();
    a.write_all(&b"PING\r\n".repeat(1000)).unwrap();
    a.shutdown(Shutdown::Write).unwrap();
    assert_eq!(rest(&mut a), "+PONG\r\n".repeat(1000));
    let mut b = port.client();
    says(&mut b, b"QUIT\r\n", b"+OK\r\n");
    assert_eq!(rest(&mut b), "");
}

#[test]
fn a_subscriber_that_does_not_read_is_cut_off() {
    let port = Port::start(&[]);
    let (mut slow, mut b) = (port.client(), port.client());
    says(
        &mut slow,
        b"SUBSCRIBE c\r\n",
        b"*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n",
    );
    let mut publish = b"*3\r\n$7\r\nPUBLISH\r\n$1\r\nc\r\n$1048576\r\n".to_vec();
    publish.extend(vec![b'm'; 1024 * 1024]);
    publish.extend(b"\r\n");
    let mut reached = true;
    for _ in 0..80 {
        b.write_all(&publish).unwrap();
        let mut reply = [0; 4];
        b.read_exact(&mut reply).unwrap();
        reached = &reply == b":1\r\n";
        if !reached {
            break;
        }
    }
    assert!(
        !reached,
        "80 MB wait for a client that may keep 32 MB waiting"
    );
}

#[test]
fn a_thousand_idle_clients_are_no_burden() {
    let port = Port::start(&[]);
    let mut idle: Vec<TcpStream> = (0..1000).map(|_| port.client()).collect();
    let mut a = port.client();
    let began = Instant::now();
    for _ in 0..1000 {
        says(&mut a, b"PING\r\n", b"+PONG\r\n");
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    for client in &mut idle {
        says(client, b"PING\r\n", b"+PONG\r\n");
    }
}

#[test]
fn who_pipelines_without_end_does_not_starve_the_others() {
    let port = Port::start(&[]);
    let (mut hog, mut a) = (port.client(), port.client());
    let mut reader = hog.try_clone().unwrap();
    let writing = std::thread::spawn(move || {
        let many = b"PING\r\n".repeat(50_000);
        for _ in 0..20 {
            hog.write_all(&many).unwrap();
        }
        hog.shutdown(Shutdown::Write).unwrap();
    });
    let reading = std::thread::spawn(move || rest(&mut reader).len());
    let mut worst = Duration::ZERO;
    while !reading.is_finished() {
        let began = Instant::now();
        says(&mut a, b"PING\r\n", b"+PONG\r\n");
        worst = worst.max(began.elapsed());
    }
    writing.join().unwrap();
    assert_eq!(reading.join().unwrap(), 20 * 50_000 * "+PONG\r\n".len());
    assert!(worst < Duration::from_secs(2), "a PING took {worst:?}");
}

#[test]
fn other_machines_are_refused_unless_they_are_meant() {
    let refused = Command::new(env!("CARGO_BIN_EXE_keyglass-server"))
        .args(["--bind", "0.0.0.0", "--port", "0"])
        .output()
        .unwrap();
    assert!(!refused.status.success());
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("--allow-remote"), "{text}");
}

#[test]
fn it_ends_in_order_and_a_session_goes_on_where_it_was() {
    let file = std::env::temp_dir().join(format!("keyglass-port-{}", std::process::id()));
    let name = file.to_str().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut port = Port::start(&["--save", name, "--seed", "7"]);
        let mut a = port.client();
        says(&mut a, b"SET k v\r\n", b"+OK\r\n");
        says(&mut a, b"XADD s 1-1 f v\r\n", b"$3\r\n1-1\r\n");
        port.signal(signal);
        assert_eq!(rest(&mut a), "");
        assert!(port.ended());
    }
    let port = Port::start(&["--open", name]);
    let mut a = port.client();
    says(&mut a, b"GET k\r\n", b"$1\r\nv\r\n");
    says(&mut a, b"XLEN s\r\n", b":1\r\n");
    std::fs::write(&file, b"no session at all").unwrap();
    let refused = Command::new(env!("CARGO_BIN_EXE_keyglass-server"))
        .args(["--open", name])
        .output()
        .unwrap();
    assert!(!refused.status.success());
    std::fs::remove_file(&file).unwrap();
}
