//! Requests to a real HTTP server, each chain beside the JavaScript it comes from.
//!
//! ```sh
//! cargo run -p promise-examples --bin quickstart
//! ```

mod api;
mod server;

use std::error::Error;
use std::time::Duration;

use api::{Api, ApiError, Comment, Post, Settings, User};
use promise_runtime::prelude::*;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = Api::new(server::start().await?)?;

    println!("The comments on a user's first post");
    for comment in comments_on_first_post(&api, 1).await? {
        println!("  comment   {}", comment.text);
    }

    println!("\nA page whose parts load at the same time");
    let page = load_page(&api, 1).await?;
    let theme = if page.settings.dark { "dark" } else { "light" };
    println!("  user      {}", page.user.name);
    println!("  posts     {}", page.posts.len());
    println!("  theme     {theme}");

    println!("\nA user who does not exist");
    println!("  user      {}", user_or_guest(&api, 3).await?.name);

    println!("\nA server that fails");
    for post in posts_or_cached(&api, 2).await? {
        println!("  post      {}", post.title);
    }

    println!("\nA server that takes too long");
    println!("  report    {}", report_in_time(&api).await);

    println!("\nEverything that can be found");
    for user in users(&api).await {
        println!("  user      {user}");
    }
    Ok(())
}

/// ```js
/// return fetchUser(id)
///     .then(user => {
///         console.log(user.name);
///         return fetchPosts(user.id);
///     })
///     .then(posts => {
///         if (posts.length === 0) throw new NotFound();
///         return fetchComments(posts[0].id);
///     })
///     .finally(() => hideSpinner());
/// ```
async fn comments_on_first_post(api: &Api, id: u32) -> Result<Vec<Comment>, ApiError> {
    promise! {
        api.fetch_user(id)
            .then(user => {
                println!("  user      {}", user.name);
                api.fetch_posts(user.id)
            })
            .then(posts => {
                if posts.is_empty() { throw ApiError::NotFound }
                api.fetch_comments(posts[0].id)
            })
            .finally(() => hide_spinner())
    }
    .await
}

fn hide_spinner() {
    println!("  spinner   hidden");
}

struct Page {
    user: User,
    posts: Vec<Post>,
    settings: Settings,
}

/// ```js
/// return Promise.all([fetchUser(id), fetchPosts(id), fetchSettings(id)])
///     .then(([user, posts, settings]) => ({ user, posts, settings }));
/// ```
async fn load_page(api: &Api, id: u32) -> Result<Page, ApiError> {
    promise! {
        Promise.all({
            user: api.fetch_user(id),
            posts: api.fetch_posts(id),
            settings: api.fetch_settings(id),
        })
        .then(({ user, posts, settings }) => Page { user, posts, settings })
    }
    .await
}

/// ```js
/// return fetchUser(id).catch(error => {
///     if (error instanceof NotFound) return { id, name: "guest" };
///     throw error;
/// });
/// ```
async fn user_or_guest(api: &Api, id: u32) -> Result<User, ApiError> {
    promise! {
        api.fetch_user(id)
            .catch(ApiError::NotFound => User { id, name: "guest".to_owned() })
    }
    .await
}

/// ```js
/// return fetchPosts(user).catch(error => {
///     if (error instanceof NotFound) return [];
///     if (error.status >= 500) {
///         console.log(error.status);
///         return cachedPosts();
///     }
///     throw error;
/// });
/// ```
async fn posts_or_cached(api: &Api, user: u32) -> Result<Vec<Post>, ApiError> {
    promise! {
        api.fetch_posts(user)
            .catch(
                ApiError::NotFound => Vec::new(),
                ApiError::Status(status) if status.is_server_error() => {
                    println!("  status    {status}");
                    cached_posts()
                }
            )
    }
    .await
}

fn cached_posts() -> Vec<Post> {
    vec![Post {
        id: 21,
        title: "A bug in the relay (cached)".to_owned(),
    }]
}

/// ```js
/// const controller = new AbortController();
/// let timer;
/// const late = new Promise((_, reject) => {
///     timer = setTimeout(() => reject(new Timeout()), 200);
/// });
/// return Promise.race([fetchReport(controller.signal).finally(() => console.log("given up")), late])
///     .catch(error => `none (${error.message})`)
///     .finally(() => {
///         clearTimeout(timer);
///         controller.abort();
///     });
/// ```
///
/// Here the time limit drops the request, which closes its connection: there is nothing to clear or to abort. As
/// the `catch` is total, the chain cannot reject, and the compiler knows: the pattern `Ok(report)` is irrefutable.
async fn report_in_time(api: &Api) -> String {
    let Ok(report) = promise! {
        api.fetch_report()
            .finally(() => println!("  request   given up"))
            .timeout(Duration::from_millis(200), ApiError::Timeout)
            .catch(error => format!("none ({error})"))
    }
    .await;
    report
}

/// ```js
/// return Promise.allSettled([1, 2, 3].map(fetchUser))
///     .then(outcomes => outcomes.map(outcome => outcome.status === "fulfilled" ? outcome.value.name : outcome.reason.message));
/// ```
async fn users(api: &Api) -> Vec<String> {
    let Ok(names) = promise! {
        Promise.allSettled((1..=3).map(|id| api.fetch_user(id)))
            .then(outcomes => {
                let name = |outcome| match outcome {
                    Ok(User { name, .. }) => name,
                    Err(error) => format!("({error})"),
                };
                outcomes.into_iter().map(name).collect::<Vec<_>>()
            })
    }
    .await;
    names
}
