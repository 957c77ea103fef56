//! A rust-analyzer of one's own, spoken to in the Language Server Protocol.

use serde_json::{Value, json};
use std::{
    ffi::OsString,
    fs,
    io::{BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// An answer that takes longer than this is none. The first one waits for what the crate depends on to be built.
const PATIENCE: Duration = Duration::from_secs(60);
const START: Duration = Duration::from_secs(240);

pub(crate) struct Server {
    process: Child,
    input: ChildStdin,
    messages: Receiver<Value>,
    settings: Value,
    asked: u64,
    version: u64,
    document: String,
}

/// Finds a rust-analyzer that works; `Err` says why there is none.
pub(crate) fn find() -> Result<PathBuf, String> {
    let rustup = || {
        let output = Command::new("rustup")
            .args(["which", "rust-analyzer"])
            .output()
            .ok()?;
        let path = String::from_utf8(output.stdout).ok()?;
        output.status.success().then(|| PathBuf::from(path.trim()))
    };
    let named = std::env::var_os("RUST_ANALYZER").map(PathBuf::from);
    let found = named
        .or_else(rustup)
        .unwrap_or_else(|| PathBuf::from("rust-analyzer"));
    // What is on the path may be a proxy of rustup's that has nothing behind it.
    let version = Command::new(&found)
        .arg("--version")
        .stderr(Stdio::null())
        .output();
    if !version.is_ok_and(|output| output.status.success()) {
        return Err(
            "rust-analyzer is not installed (rustup component add rust-analyzer)".to_owned(),
        );
    }
    let macros = sysroot().join("libexec").join(format!(
        "rust-analyzer-proc-macro-srv{}",
        std::env::consts::EXE_SUFFIX
    ));
    match macros.exists() {
        true => Ok(found),
        false => Err(format!(
            "rustc's server for procedural macros is missing: {}",
            macros.display()
        )),
    }
}

fn sysroot() -> PathBuf {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| OsString::from("rustc"));
    let output = Command::new(rustc).args(["--print", "sysroot"]).output();
    let path = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    PathBuf::from(path.unwrap_or_default())
}

/// The sources of the standard library, without which no type of a handler's value is known.
pub(crate) fn find_sources() -> Option<PathBuf> {
    let of_toolchain = sysroot().join("lib/rustlib/src/rust/library");
    let of_system = fs::read_dir("/usr/src").into_iter().flatten().flatten();
    let of_system = of_system
        .filter(|entry| entry.file_name().to_string_lossy().starts_with("rustc-"))
        .map(|entry| entry.path().join("library"));
    std::iter::once(of_toolchain)
        .chain(of_system)
        .find(|library| library.join("core/src/lib.rs").exists())
}

impl Server {
    /// Starts it on a crate, and waits until it has loaded that; `None` if it does not in time.
    pub(crate) fn start(
        program: &Path,
        root: &Path,
        target: &Path,
        sources: Option<&Path>,
    ) -> Option<Server> {
        let mut settings = json!({
            "checkOnSave": false,
            "cachePriming": { "enable": false },
            "cargo": { "buildScripts": { "enable": true }, "targetDir": target },
            "procMacro": { "enable": true },
        });
        if let Some(sources) = sources {
            settings["cargo"]["sysrootSrc"] = json!(sources);
        }
        let mut process = Command::new(program)
            .current_dir(root)
            // Where sources are missing it would have rustup install them.
            .env("RUSTUP_DIST_SERVER", "file:///nonexistent")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it has told its version");
        let input = process.stdin.take().expect("it is piped");
        let output = process.stdout.take().expect("it is piped");
        let (sender, messages) = channel();
        thread::spawn(move || {
            let mut output = BufReader::new(output);
            while let Some(message) = read(&mut output) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let document = format!("file://{}", root.join("src/lib.rs").display());
        let mut server = Server {
            process,
            input,
            messages,
            settings: settings.clone(),
            asked: 0,
            version: 1,
            document: document.clone(),
        };
        let uri = format!("file://{}", root.display());
        server.ask(
            "initialize",
            json!({
                "processId": std::process::id(),
                "rootUri": uri,
                "workspaceFolders": [{ "uri": uri, "name": "editor" }],
                "initializationOptions": settings,
                "capabilities": {
                    "workspace": { "configuration": true, "workspaceFolders": true },
                    "textDocument": {
                        "completion": { "completionItem": { "snippetSupport": false } },
                        "hover": { "contentFormat": ["markdown"] },
                        "rename": { "prepareSupport": false },
                    },
                    "experimental": { "serverStatusNotification": true },
                },
            }),
        );
        server.tell("initialized", json!({}));
        server.tell(
            "textDocument/didOpen",
            json!({ "textDocument": { "uri": document, "languageId": "rust", "version": 1, "text": "" } }),
        );
        server.is_loaded().then_some(server)
    }

    fn is_loaded(&mut self) -> bool {
        let end = Instant::now() + START;
        while let Some(message) = self.next(end) {
            let is_status = message["method"] == "experimental/serverStatus";
            if is_status && message["params"]["quiescent"] == true {
                return true;
            }
        }
        false
    }

    /// Replaces the text of the document.
    pub(crate) fn write(&mut self, text: &str) {
        self.version += 1;
        self.tell(
            "textDocument/didChange",
            json!({
                "textDocument": { "uri": self.document, "version": self.version },
                "contentChanges": [{ "text": text }],
            }),
        );
    }

    /// Asks about a place in the document, given as line and column from 0.
    pub(crate) fn ask_at(
        &mut self,
        method: &str,
        (line, column): (usize, usize),
        more: &Value,
    ) -> Value {
        let mut parameters = json!({
            "textDocument": { "uri": self.document },
            "position": { "line": line, "character": column },
        });
        for (key, value) in more.as_object().into_iter().flatten() {
            parameters[key] = value.clone();
        }
        self.ask(method, parameters)
    }

    /// The result, or null if there is none. Asks again while it is told that something has changed meanwhile.
    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            self.asked += 1;
            let id = self.asked;
            self.send(json!({ "id": id, "method": method, "params": parameters }));
            let answer = loop {
                let Some(message) = self.next(end) else {
                    panic!("rust-analyzer has not answered `{method}` in {PATIENCE:?}");
                };
                if message["id"] == id && message["method"].is_null() {
                    break message;
                }
            };
            let (content_modified, server_cancelled) = (-32801, -32802);
            match answer["error"]["code"].as_i64() {
                Some(code) if code == content_modified || code == server_cancelled => {
                    thread::sleep(Duration::from_millis(50));
                }
                _ => return answer["result"].clone(),
            }
        }
    }

    fn tell(&mut self, method: &str, parameters: Value) {
        self.send(json!({ "method": method, "params": parameters }));
    }

    fn send(&mut self, mut message: Value) {
        message["jsonrpc"] = json!("2.0");
        let body = message.to_string();
        write!(self.input, "Content-Length: {}\r\n\r\n{body}", body.len())
            .expect("rust-analyzer is listening");
        self.input.flush().expect("rust-analyzer is listening");
    }

    /// The next message that is not a request of the server's; these are answered here.
    fn next(&mut self, end: Instant) -> Option<Value> {
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let message = self.messages.recv_timeout(left).ok()?;
            if message["id"].is_null() || message["method"].is_null() {
                return Some(message);
            }
            let result = match message["method"].as_str() {
                Some("workspace/configuration") => {
                    let items = message["params"]["items"].as_array().map_or(0, Vec::len);
                    json!(vec![self.settings.clone(); items])
                }
                _ => Value::Null,
            };
            self.send(json!({ "id": message["id"], "result": result }));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It ends with its input; whoever is in a hurry does not wait for that.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn read(output: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if output.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        if let Some(bytes) = line.strip_prefix("Content-Length:") {
            length = bytes.trim().parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    output.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}
