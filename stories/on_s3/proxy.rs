//! A bad connection to the server: slow, cut, silent, gone.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What becomes of one request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fate {
    /// It is answered.
    Pass,
    /// Its answer comes in a few pieces with pauses between them.
    Slow,
    /// The connection ends after so many bytes of the answer.
    Cut(usize),
    /// The connection ends after so many bytes of the answer's body.
    CutBody(usize),
    /// It is done, but the answer says that it failed.
    DoneButDenied,
    /// It is not done, and the answer says so.
    Busy,
    /// No answer comes, and the connection stays.
    Silent,
    /// The server is gone from here on.
    Gone,
}

/// Decides by the number of the request, from 0, and its first line.
type Decide = dyn Fn(usize, &str) -> Fate + Send + Sync;

/// A proxy; it passes one request a connection.
pub(crate) struct Proxy {
    /// Its host and port.
    pub(crate) address: String,
    n_requests: Arc<AtomicUsize>,
}

impl Proxy {
    pub(crate) fn before(
        server: &str,
        decide: impl Fn(usize, &str) -> Fate + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let n_requests = Arc::new(AtomicUsize::new(0));
        let (server, counter) = (server.to_owned(), Arc::clone(&n_requests));
        let decide: Arc<Decide> = Arc::new(decide);
        thread::spawn(move || serve(&listener, &server, &counter, &decide));
        Self { address, n_requests }
    }

    /// Returns how many requests there were.
    pub(crate) fn n_requests(&self) -> usize {
        self.n_requests.load(Ordering::SeqCst)
    }
}

/// Accepts until a request's fate is that the server is gone, which closes the port.
fn serve(listener: &TcpListener, server: &str, counter: &Arc<AtomicUsize>, decide: &Arc<Decide>) {
    for client in listener.incoming() {
        let Ok(mut client) = client else { return };
        let Some(request) = message(&mut client) else { continue };
        let line = String::from_utf8_lossy(&request).lines().next().unwrap_or_default().to_owned();
        let fate = decide(counter.fetch_add(1, Ordering::SeqCst), &line);
        if matches!(fate, Fate::Gone) {
            return;
        }
        let server = server.to_owned();
        // A client that is gone needs no answer.
        thread::spawn(move || drop(answer(&mut client, &server, &request, fate)));
    }
}

fn answer(client: &mut TcpStream, server: &str, request: &[u8], fate: Fate) -> std::io::Result<()> {
    let failed = |words: &str| {
        format!("HTTP/1.1 {words}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into_bytes()
    };
    let bytes = match fate {
        Fate::Silent => return client.read(&mut [0]).map(drop),
        Fate::Busy => failed("503 Slow Down"),
        Fate::DoneButDenied => {
            passed(server, request)?;
            failed("500 Internal Server Error")
        }
        _ => passed(server, request)?,
    };
    match fate {
        Fate::Cut(n_bytes) => client.write_all(bytes.get(..n_bytes).unwrap_or(&bytes)),
        Fate::CutBody(n_bytes) => {
            let head = bytes.windows(4).position(|it| it == b"\r\n\r\n");
            let end = head.map_or(0, |head| head + 4 + n_bytes);
            client.write_all(bytes.get(..end).unwrap_or(&bytes))
        }
        Fate::Slow => bytes.chunks(bytes.len() / 4 + 1).try_for_each(|piece| {
            // Slowness is what this is about.
            thread::sleep(Duration::from_millis(5));
            client.write_all(piece)
        }),
        _ => client.write_all(&bytes),
    }
}

/// Passes a request on and returns the answer; the server closes after each.
fn passed(server: &str, request: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(server)?;
    stream.write_all(request)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(answer)
}

/// Reads one request with its body.
fn message(client: &mut TcpStream) -> Option<Vec<u8>> {
    let (mut request, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let n_bytes = client.read(&mut piece).ok().filter(|n_bytes| 0 < *n_bytes)?;
        request.extend_from_slice(piece.get(..n_bytes)?);
        let Some(end) = request.windows(4).position(|it| it == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(request.get(..end)?).to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
        let n_body: usize = length.map_or(Some(0), |it| it.trim().parse().ok())?;
        if end + 4 + n_body <= request.len() {
            return Some(request);
        }
    }
}
