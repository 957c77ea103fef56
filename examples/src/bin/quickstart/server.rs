//! The other side: a small HTTP API with the usual troubles, on a free port of the loopback interface.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use tokio::net::TcpListener;

use crate::api::{Comment, Post, Settings, User};

/// Serves in the background, for as long as the runtime runs.
pub(crate) async fn start() -> io::Result<SocketAddr> {
    let routes = Router::new()
        .route("/users/{id}", get(user))
        .route("/users/{id}/posts", get(posts))
        .route("/users/{id}/settings", get(settings))
        .route("/posts/{id}/comments", get(comments))
        .route("/report", get(report));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async { axum::serve(listener, routes).await });
    Ok(address)
}

async fn user(Path(id): Path<u32>) -> Result<Json<User>, StatusCode> {
    let name = match id {
        1 => "Ada",
        2 => "Grace",
        _ => return Err(StatusCode::NOT_FOUND),
    };
    Ok(Json(User {
        id,
        name: name.to_owned(),
    }))
}

/// Grace's posts are on a disk that has failed.
async fn posts(Path(user): Path<u32>) -> Result<Json<Vec<Post>>, StatusCode> {
    match user {
        1 => Ok(Json(vec![
            post(11, "Notes on the Analytical Engine"),
            post(12, "On flying"),
        ])),
        2 => Err(StatusCode::INTERNAL_SERVER_ERROR),
        _ => Err(StatusCode::NOT_FOUND),
    }
}

async fn settings(Path(_): Path<u32>) -> Json<Settings> {
    Json(Settings { dark: true })
}

async fn comments(Path(post): Path<u32>) -> Json<Vec<Comment>> {
    let texts: &[&str] = match post {
        11 => &["Note G is my favourite", "It cannot originate anything?"],
        _ => &[],
    };
    let comment = |&text: &&str| Comment {
        text: text.to_owned(),
    };
    Json(texts.iter().map(comment).collect())
}

/// Nobody has waited for the end of it.
async fn report() -> Json<String> {
    tokio::time::sleep(Duration::from_secs(60)).await;
    Json("all is well".to_owned())
}

fn post(id: u32, title: &str) -> Post {
    Post {
        id,
        title: title.to_owned(),
    }
}
