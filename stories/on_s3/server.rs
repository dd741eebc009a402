//! An S3 server of this test's own, and what a test does to it directly.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::Desk;

/// The bucket that every server has.
pub(crate) const BUCKET: &str = "logs";

/// A server that ends with the test.
pub(crate) struct Server {
    process: Child,
    /// Its host and port.
    pub(crate) address: String,
}

impl Server {
    /// Starts a server with one empty bucket, and waits until it says where it is.
    pub(crate) fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stories/on_s3/server.py");
        let mut command = Command::new(python());
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().expect("HAECHI_PYTHON cannot be started");
        let mut address = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut address).unwrap();
        assert!(!address.is_empty(), "the server did not start: its own words stand above");
        let server = Self { process, address: address.trim().to_owned() };
        server.put("", b"");
        server
    }

    /// Puts an object; the empty key is the bucket itself.
    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        self.ask("PUT", &format!("/{BUCKET}/{key}"), "", bytes);
    }

    /// Puts an object with metadata: whole header lines, each with its end.
    pub(crate) fn put_with(&self, key: &str, headers: &str, bytes: &[u8]) {
        self.ask("PUT", &format!("/{BUCKET}/{key}"), headers, bytes);
    }

    /// Deletes an object.
    pub(crate) fn delete(&self, key: &str) {
        self.ask("DELETE", &format!("/{BUCKET}/{key}"), "", b"");
    }

    /// From here on every key is refused.
    pub(crate) fn refuse_everyone(&self) {
        self.ask("POST", "/moto-api/reset-auth", "", b"0");
    }

    /// Puts all files below a folder under a prefix that ends with a slash.
    pub(crate) fn put_folder(&self, folder: &Path, prefix: &str) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let key = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
            if path.is_dir() {
                self.put_folder(&path, &format!("{key}/"));
            } else {
                self.put(&key, &std::fs::read(&path).unwrap());
            }
        }
    }

    fn ask(&self, method: &str, path: &str, headers: &str, body: &[u8]) {
        let path = path.replace(' ', "%20");
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.0\r\nHost: {}\r\nContent-Length: {}\r\n{headers}\
             Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, \
             SignedHeaders=host, Signature=0\r\n\r\n",
            self.address,
            body.len(),
        );
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).unwrap_or_default();
        assert!(status.starts_with('2'), "{method} {path}: {answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Returns the Python that has a server.
pub(crate) fn python() -> OsString {
    std::env::var_os("HAECHI_PYTHON").expect(
        "HAECHI_PYTHON must name a Python with the packages of stories/requirements.txt: \
         `cargo xtask test` sets it up",
    )
}

/// Points the commands of the desk to the server, or to a proxy before it.
pub(crate) fn point(desk: &mut Desk, address: &str) {
    desk.set("AWS_ENDPOINT_URL", &format!("http://{address}"));
    desk.set("AWS_ACCESS_KEY_ID", "test");
    desk.set("AWS_SECRET_ACCESS_KEY", "test");
    desk.set("AWS_REGION", "us-east-1");
}
