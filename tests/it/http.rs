//! A small server on loopback that lets `git http-backend` answer: smart HTTP as real hosts speak it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A server for the repositories below a folder. It ends with the process of the tests.
pub struct GitServer(u16);

impl GitServer {
    /// Starts it; none where this git has no backend.
    pub fn start(root: &Path) -> Option<GitServer> {
        let path = Command::new("git").arg("--exec-path").output().unwrap().stdout;
        let backend = PathBuf::from(String::from_utf8(path).unwrap().trim()).join("git-http-backend");
        if !backend.exists() {
            return None;
        }
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let root = root.to_owned();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                // A client that goes away is no matter of ours.
                let _ = answer(stream, &backend, &root);
            }
        });
        Some(GitServer(port))
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.0)
    }
}

/// One request as CGI wants it, and its answer as HTTP wants it.
fn answer(mut stream: TcpStream, backend: &Path, root: &Path) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut command = Command::new(backend);
    command.env_clear().env("PATH", crate::world::path()).env("GIT_HTTP_EXPORT_ALL", "1");
    // The folder belongs to whoever runs the tests, whatever HOME says.
    command
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "safe.directory")
        .env("GIT_CONFIG_VALUE_0", "*");
    command.env("GIT_PROJECT_ROOT", root).env("PATH_INFO", path).env("QUERY_STRING", query);
    command.env("REQUEST_METHOD", method).env("REMOTE_ADDR", "127.0.0.1");
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let Some((name, value)) = header.trim().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => {
                length = value.parse().unwrap_or(0);
                command.env("CONTENT_LENGTH", value);
            }
            "content-type" => drop(command.env("CONTENT_TYPE", value)),
            "content-encoding" => drop(command.env("HTTP_CONTENT_ENCODING", value)),
            "git-protocol" => drop(command.env("GIT_PROTOCOL", value)),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    child.stdin.take().unwrap().write_all(&body)?;
    let output = child.wait_with_output()?.stdout;
    let end = output.windows(4).position(|part| part == b"\r\n\r\n").unwrap_or(output.len());
    let head = String::from_utf8_lossy(&output[..end]).into_owned();
    let status = head.lines().find_map(|line| line.strip_prefix("Status: ")).unwrap_or("200 OK");
    let headers: String =
        head.lines().filter(|line| !line.starts_with("Status: ")).map(|line| format!("{line}\r\n")).collect();
    let body = output.get(end + 4..).unwrap_or_default();
    write!(
        stream,
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(body)
}
