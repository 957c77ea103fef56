use promise_runtime::prelude::*;
use std::convert::Infallible;

#[derive(Debug, PartialEq, Clone)]
enum ApiError {
    NotFound,
    Http(u16),
}
#[derive(Debug, PartialEq, Clone)]
struct User {
    id: u32,
}

async fn fetch_user(id: u32) -> Result<User, ApiError> {
    if id == 0 {
        Err(ApiError::NotFound)
    } else {
        Ok(User { id })
    }
}
async fn fetch_posts(id: u32) -> Result<Vec<u32>, ApiError> {
    if id == 9 {
        Err(ApiError::Http(503))
    } else {
        Ok(vec![id, id + 1])
    }
}

#[test]
fn simple() {
    let Ok(v) = promise! { Promise.resolve(3).then(v => v + 1) }.block_on();
    assert_eq!(v, 4);
    let r =
        promise! { fetch_user(1).then(user => fetch_posts(user.id)).then(|p| p.len()) }.block_on();
    assert_eq!(r, Ok(2));
    let r: Result<usize, Infallible> = promise! {
        fetch_user(0).then(user => fetch_posts(user.id)).then(posts => { if posts.is_empty() { throw ApiError::NotFound } posts.len() })
            .catch(e => { println!("{e:?}"); 77 })
    }.block_on();
    assert_eq!(r, Ok(77));
}
