//! An HTTP service that decides: one engine behind all requests, on whatever its files say, changed by requests too.
//!
//! ```sh
//! cargo run --example axum_service                            # asks itself a few questions, and ends
//! cargo run --example axum_service -- policies/tools          # serves until it is stopped
//! ```
//! `POST /check` decides `{"subject", "action", "resource"}`, `POST /assign` takes `{"by", "subject", "role", "on"}`, and
//! `GET /status` tells whether the files can be loaded. Every answer carries the revision of the state that it is of, so that
//! a client which made a change can tell answers from before it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use rolebook::Engine;
use rolebook::engine::{Change, now, query};
use rolebook::explain::outcome;
use serde::Deserialize;
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

#[derive(Deserialize)]
struct Question {
    subject: String,
    action: String,
    resource: String,
}

#[derive(Deserialize)]
struct Assignment {
    /// Who makes the change. A service takes this from whoever is signed in, never from what they send.
    by: String,
    subject: String,
    role: String,
    on: String,
}

fn service(engine: Engine) -> Router {
    Router::new()
        .route("/check", post(check))
        .route("/assign", post(assign))
        .route("/status", get(status))
        .with_state(engine)
}

/// A decision takes microseconds and waits for nothing, and so does its reason in brief: neither needs a thread of its own.
async fn check(State(engine): State<Engine>, Json(asked): Json<Question>) -> Response {
    let query = query(&asked.subject, &asked.action, &asked.resource);
    // The decision and the reason are of one state, whatever changes in between.
    let state = engine.state();
    let decided = state.snapshot().check(&query);
    let explained = outcome(state.snapshot(), state.sources(), &query);
    match (decided, explained) {
        (Ok(decision), Ok(outcome)) => {
            let reason = outcome.because.unwrap_or(outcome.summary);
            Json(json!({ "allowed": decision.allowed, "reason": reason, "revision": decision.revision.number() }))
                .into_response()
        }
        // A question that is wrong is an error, never a denial that looks like a decision.
        (Err(error), _) | (_, Err(error)) => {
            let body = json!({ "error": error.code, "message": error.message });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
    }
}

/// A change is checked against the whole directory, which may take a while: off the threads that serve.
async fn assign(State(engine): State<Engine>, Json(asked): Json<Assignment>) -> Response {
    let change = Change::assign(&asked.subject, &asked.role, &asked.on).by(&asked.by);
    let made = tokio::task::spawn_blocking(move || engine.apply(&[change], now()).map(|applied| applied.after)).await;
    match made {
        Ok(Ok(state)) => Json(json!({ "revision": state.snapshot().revision().number() })).into_response(),
        Ok(Err(refused)) => (StatusCode::FORBIDDEN, Json(json!({ "message": refused.to_string() }))).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// For whoever watches over the service: decisions go on, on the last good state.
async fn status(State(engine): State<Engine>) -> Response {
    let status = engine.status();
    let revision = status.revision.number();
    match status.stale {
        None => Json(json!({ "revision": revision })).into_response(),
        Some(stale) => {
            let body = json!({ "revision": revision, "stale_since": stale.since, "why": stale.error.to_string() });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if let Some(folder) = std::env::args().nth(1) {
        let engine = Engine::builder().policy(folder).build()?;
        let _watch = engine.watch()?;
        let listener = TcpListener::bind("127.0.0.1:8181").await?;
        println!("http://{}", listener.local_addr()?);
        return Ok(axum::serve(listener, service(engine)).await?);
    }

    // A copy of the tools platform, to be edited while it is served.
    let folder = tempfile::tempdir()?;
    let policy = folder.path().join("tools.rolebook");
    let package = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies/tools");
    for name in ["tools.rolebook", "directory.yaml"] {
        std::fs::copy(package.join(name), folder.path().join(name))?;
    }
    let engine = Engine::builder().policy(folder.path()).build()?;
    // Results of reloads, for tasks that wait for them.
    let (sender, mut reloads) = watch::channel(());
    let _told = engine.subscribe(move |result| {
        match result {
            Ok(reloaded) => println!("reloaded: revision {}", reloaded.revision),
            Err(error) => println!("not reloaded: {error}"),
        }
        sender.send_replace(());
    });
    let _watch = engine.watch()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let served = engine.clone();
    tokio::spawn(async move { axum::serve(listener, service(served)).await });

    let question = json!({ "subject": "user:dora", "action": "execute", "resource": "tool:sql-console" });
    ask(address, "POST /check", &question).await?;
    // The admin makes Dora an executor; who is none may not.
    for by in ["user:dora", "user:ada"] {
        let assignment = json!({ "by": by, "subject": "user:dora", "role": "executor", "on": "team:data-tools" });
        ask(address, "POST /assign", &assignment).await?;
    }
    ask(address, "POST /check", &question).await?;
    ask(address, "POST /check", &json!({ "subject": "user:dora", "action": "run", "resource": "tool:x" })).await?;

    let sound = std::fs::read_to_string(&policy)?;
    let freeze = "\n## Nothing runs during the move.\ndeny tool.execute\n";
    for text in [format!("{sound}\ndeny tool.exceute\n"), format!("{sound}{freeze}")] {
        std::fs::write(folder.path().join("next"), text)?;
        std::fs::rename(folder.path().join("next"), &policy)?;
        tokio::time::timeout(Duration::from_secs(60), reloads.changed()).await??;
        ask(address, "GET /status", &Value::Null).await?;
        ask(address, "POST /check", &question).await?;
    }
    engine.status().stale.map_or(Ok(()), |stale| Err(stale.error.clone().into()))
}

/// Sends one request and prints the answer.
async fn ask(address: std::net::SocketAddr, request: &str, body: &Value) -> Result<(), Box<dyn Error>> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let head = "HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json";
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(format!("{request} {head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, said) = answer.split_once("\r\n\r\n").ok_or("an answer without an end to its head")?;
    let code = head.split(' ').nth(1).unwrap_or_default();
    println!("{request} {body}\n  {code} {said}");
    Ok(())
}
