use promise_runtime::prelude::*;
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::time::Duration;

#[derive(Debug, PartialEq, Clone)]
enum ApiError {
    NotFound,
    Http(u16),
}
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}
impl Error for ApiError {}
impl From<TimeoutError> for ApiError {
    fn from(_: TimeoutError) -> Self {
        ApiError::Http(408)
    }
}
impl From<std::num::ParseIntError> for ApiError {
    fn from(_: std::num::ParseIntError) -> Self {
        ApiError::Http(400)
    }
}
#[derive(Debug, PartialEq, Clone)]
struct User {
    id: u32,
    name: String,
}

async fn fetch_user(id: u32) -> Result<User, ApiError> {
    if id == 0 {
        Err(ApiError::NotFound)
    } else {
        Ok(User {
            id,
            name: format!("u{id}"),
        })
    }
}
async fn fetch_posts(id: u32) -> Result<Vec<u32>, ApiError> {
    if id == 9 {
        Err(ApiError::Http(503))
    } else {
        Ok(vec![id, id + 1])
    }
}
async fn by_name(name: &str) -> Result<usize, ApiError> {
    Ok(name.len())
}
async fn plain(v: u32) -> u32 {
    v
}

#[test]
fn spec_one() {
    let cached = || vec![1u32];
    let r = promise! { <Vec<u32>, ApiError>
        fetch_user(1)
            .then(user => fetch_posts(user.id))
            .then(posts => { if posts.is_empty() { throw ApiError::NotFound } posts[0] })
            .then(|id| fetch_posts(id))
            .catch(ApiError::NotFound => Vec::new(), ApiError::Http(s) if s >= 500 => cached())
            .finally(() => println!("done"))
    }
    .block_on();
    assert_eq!(r, Ok(vec![1, 2]));
}

#[test]
fn brackets() {
    assert_eq!(
        promise!(Promise.resolve(1).then(|v| v + 1)).block_on(),
        Ok(2)
    );
    assert_eq!(
        promise![Promise.resolve(1).then(|v| v + 1)].block_on(),
        Ok(2)
    );
}

#[test]
fn arrows() {
    // question mark
    let r = promise! { Promise.resolve("12").then(s => s.parse::<u32>()? + 1) }.block_on();
    assert_eq!(r.unwrap(), 13);
    // async await
    let r = promise! { fetch_user(3).then(async user => { let posts = await fetch_posts(user.id); posts.len() + plain(1).await as usize }) }.block_on();
    assert_eq!(r, Ok(3));
    // return
    let r = promise! { fetch_user(3).then(user => { if user.id == 3 { return fetch_posts(7); } fetch_posts(user.id) }) }.block_on();
    assert_eq!(r, Ok(vec![7, 8]));
    let r = promise! { fetch_user(3).then(user => { return user.id; }) }.block_on();
    assert_eq!(r, Ok(3));
    // borrow in tail
    let r = promise! { fetch_user(3).then(user => by_name(&user.name)).then(n => by_name(&format!("{n}{n}"))) }.block_on();
    assert_eq!(r, Ok(2));
    let r = promise! { by_name(&format!("{}", 123)).then(n => n + 1) }.block_on();
    assert_eq!(r, Ok(4));
    // nested in tail
    let r =
        promise! { fetch_user(3).then(u => fetch_posts(u.id).then(p => p.len() + u.name.len())) }
            .block_on();
    assert_eq!(r, Ok(4));
    // closures with ?
    let r = promise! { <_, ApiError> Promise.resolve("12").then(|s| { let n: u32 = s.parse()?; Ok(n) }) }.block_on();
    assert_eq!(r, Ok(12));
    let r = promise! { fetch_user(1).then(|u| async move { let p = fetch_posts(u.id).await?; Ok(p.len()) }) }.block_on();
    assert_eq!(r, Ok(2));
    let r = promise! { fetch_user(1).then(async |u| { let p = fetch_posts(u.id).await?; Ok(p.len()) }) }.block_on();
    assert_eq!(r, Ok(2));
    let r = promise! { fetch_user(1).then(fetch_it) }.block_on();
    assert_eq!(r, Ok(2));
}
fn fetch_it(u: User) -> impl Future<Output = Result<usize, ApiError>> {
    async move { Ok(u.name.len()) }
}

#[test]
fn catching() {
    let r =
        promise! { fetch_user(0).catch(|e| { assert_eq!(e, ApiError::NotFound); fetch_user(2) }) }
            .block_on();
    assert_eq!(r.unwrap().id, 2);
    let r = promise! { fetch_user(0).then(|u| u.id, |_| 5) }.block_on();
    assert_eq!(r, Ok(5));
    let r =
        promise! { fetch_user(0).catch(_ => fetch_user(0)).catch(e => { throw e; }) }.block_on();
    assert_eq!(r, Err(ApiError::NotFound));
    let r = promise! { <_, Box<dyn Error + Send + Sync>> fetch_user(0).catch(|e: ApiError| { assert_eq!(e, ApiError::NotFound); User { id: 9, name: String::new() } }) }.block_on();
    assert_eq!(r.unwrap().id, 9);
    let r = promise! { <User, Box<dyn Error + Send + Sync>> fetch_user(0).catch((e: std::num::ParseIntError) => { panic!("{e}") }) }.block_on();
    assert_eq!(r.unwrap_err().to_string(), "NotFound");
    let r = promise! { <_, Box<dyn Error + Send + Sync>> Promise.resolve(1).then(v => { if v == 1 { throw "str" } v }) }.block_on();
    assert_eq!(r.unwrap_err().to_string(), "str");
    let Ok(r) = promise! { fetch_user(0).catch((e: ApiError) => { assert_eq!(e, ApiError::NotFound); User { id: 9, name: String::new() } }) }.block_on();
    assert_eq!(r.id, 9);
    let r = promise! { <_, ApiError> fetch_user(1).then(|u| u.name[1..].parse::<u32>()).tap(v => assert_eq!(*v, 1)).tap_catch(e => println!("{e}")) }.block_on();
    assert_eq!(r, Ok(1));
}

#[test]
fn finallys() {
    let log = RefCell::new(vec![]);
    let r = promise! { fetch_user(0).finally(() => log.borrow_mut().push(1)).then(|u| u.id).catch(_ => 4).finally(|| log.borrow_mut().push(2)) }.block_on();
    assert_eq!(r, Ok(4));
    assert_eq!(*log.borrow(), [1, 2]);
    let r = promise! { fetch_user(1).finally(() => { if true { throw ApiError::Http(1) } }) }
        .block_on();
    assert_eq!(r, Err(ApiError::Http(1)));
    let r = promise! { fetch_user(1).finally(async () => { let n = await fetch_posts(9); println!("{n:?}"); }) }.block_on();
    assert_eq!(r, Err(ApiError::Http(503)));
    let r = promise! { fetch_user(1).finally(|| fetch_posts(9)).then(|u| u.id) }.block_on();
    assert_eq!(r, Err(ApiError::Http(503)));
}

#[test]
fn statics() {
    let Ok(r) = promise! { Promise.all([Promise.resolve(3), plain(4), 5]) }.block_on();
    assert_eq!(r, [3, 4, 5]);
    let r = promise! { Promise.all([fetch_user(1), fetch_posts(2)]).then(([user, posts]) => user.id as usize + posts.len()) }.block_on();
    assert_eq!(r, Ok(3));
    let r = promise! { Promise.all([fetch_posts(1), fetch_posts(2)]).then(([a, b]) => a.len() + b.len()) }.block_on();
    assert_eq!(r, Ok(4));
    let r = promise! { Promise.all({ user: fetch_user(1), posts: fetch_posts(2) }).then(({ user, posts }) => user.id as usize + posts.len()) }.block_on();
    assert_eq!(r, Ok(3));
    let r =
        promise! { Promise.all({ user: fetch_user(1), posts: fetch_posts(2).then(|p| p.len()) }) }
            .block_on();
    let r = r.unwrap();
    assert_eq!((r.user.id, r.posts), (1, 2));
    println!("{r:?}");
    let Ok(r) =
        promise! { Promise.allSettled([fetch_user(1), fetch_user(0), Promise.reject("no"), 5]) }
            .block_on();
    println!("{r:?}");
    let Ok(r) = promise! { Promise.allSettled([fetch_user(0), fetch_user(0)]) }.block_on();
    assert_eq!(r, [Err(ApiError::NotFound), Err(ApiError::NotFound)]);
    let r = promise! { Promise.any([Promise.reject(ApiError::NotFound), fetch_user(4).then(|u| u.id), fetch_user(5).then(|u| u.id)]) }.block_on();
    assert_eq!(r, Ok(4));
    let r = promise! { Promise.any([fetch_user(0), fetch_user(0)]).then(|u| u.id) }.block_on();
    assert_eq!(
        r.unwrap_err().errors,
        [ApiError::NotFound, ApiError::NotFound]
    );
    let r = promise! { Promise.race([Promise.never(), fetch_user(4)]) }.block_on();
    assert_eq!(r.unwrap().id, 4);
    let r = promise! { Promise.race([Promise.delay(Duration::from_secs(100)).then(() => 1), Promise.resolve(2)]) }.block_on();
    assert_eq!(r, Ok(2));
    let v: Vec<_> = (0..3).map(fetch_posts).collect();
    let r = promise! { Promise.all(v) }.block_on();
    assert_eq!(r.unwrap().len(), 3);
    let r = promise! { Promise.all((1..4).map(plain)).then(|v| v.iter().sum::<u32>()) }.block_on();
    assert_eq!(r, Ok(6));
    let r = promise! { Promise.all([1, 2, 3].map(plain)) }.block_on();
    assert_eq!(r, Ok([1, 2, 3]));
    let t = (fetch_user(1), fetch_posts(2));
    let r = promise! { Promise.all(t).then((u, p) => u.id as usize + p.len()) }.block_on();
    assert_eq!(r, Ok(3));
    let r = promise! { Promise.all((fetch_user(1), fetch_posts(2))).spread((u, p) => u.id as usize + p.len()) }.block_on();
    assert_eq!(r, Ok(3));
    let r = promise! { Promise.all((fetch_user(1), fetch_posts(2))).spread(|u, p| u.id as usize + p.len()) }.block_on();
    assert_eq!(r, Ok(3));
    let r = promise! { Promise.try(() => fetch_user(3)).then(|u| u.id) }.block_on();
    assert_eq!(r, Ok(3));
    let r = promise! { Promise.reject("x").catch(e => e.len()) }.block_on();
    assert_eq!(r, Ok(1));
    let r = promise! { <u32, _> Promise.reject("x") }.block_on();
    assert_eq!(r, Err("x"));
    let r = promise! { Promise.resolve() }.block_on();
    assert_eq!(r, Ok(()));
    let r = promise! { Promise.delay(Duration::from_millis(1), 5).delay(Duration::from_millis(1)) }
        .block_on();
    assert_eq!(r, Ok(5));
}

#[test]
fn executors() {
    let r = promise! { new Promise((resolve, reject) => { if false { reject("no") } resolve(5) }).then(v => v + 1) }.block_on();
    assert_eq!(r, Ok(6));
    let r = promise! { new Promise((resolve) => { std::thread::spawn(move || resolve(5)); }) }
        .block_on();
    assert_eq!(r, Ok(5));
    let r = promise! { new Promise(|resolve, _reject: promise_runtime::Reject<u32, Infallible>| resolve(5)) }.block_on();
    assert_eq!(r, Ok(5));
    let r =
        promise! { new Promise((resolve, _reject) => { let n = "x".parse::<u32>()?; resolve(n) }) }
            .block_on();
    assert!(r.is_err());
    let r: Result<u32, &str> =
        promise! { new Promise((_, reject) => { throw "thrown"; }) }.block_on();
    assert_eq!(r, Err("thrown"));
}

#[test]
fn timeouts() {
    let r =
        promise! { <u32, ApiError> Promise.never().timeout(Duration::from_millis(2)) }.block_on();
    assert_eq!(r, Err(ApiError::Http(408)));
    let r = promise! { fetch_user(1).delay(Duration::from_secs(50)).timeout(Duration::from_millis(2), ApiError::NotFound) }.block_on();
    assert_eq!(r, Err(ApiError::NotFound));
    let r = promise! { plain(1).timeout(Duration::from_secs(2)).then(v => v + 1).timeout(Duration::from_secs(2)) }.block_on();
    assert_eq!(r, Ok(2));
    let n = Cell::new(0);
    let r = promise! { Promise.try(|| { n.set(n.get() + 1); fetch_user(n.get() - 1) }).then(u => u.id).retry(3) }.block_on();
    assert_eq!(r, Ok(1));
}

#[test]
fn macros() {
    let r = promise! { <_, anyhow::Error> Promise.resolve(1).then(v => { if v == 1 { anyhow::bail!("one") } v }) }.block_on();
    assert_eq!(r.unwrap_err().to_string(), "one");
    let r = promise! { Promise.resolve(1).then(v => { anyhow::ensure!(v != 1, "two"); v }).catch(e => { println!("{e}"); 7 }) }.block_on();
    assert_eq!(r, Ok(7));
    let r = promise! { <u32, anyhow::Error> Promise.resolve(1).then(v => { if v > 5 { throw ApiError::NotFound } anyhow::ensure!(v != 1, "two"); v }).catch(e => { println!("{e}"); 7 }) }.block_on();
    assert_eq!(r.unwrap(), 7);
    let r = promise! { <u32, anyhow::Error> Promise.resolve(1).then(async v => { let x = await plain(v); anyhow::ensure!(x != 1, "two"); v }).catch(e => { println!("{e}"); 7 }) }.block_on();
    assert_eq!(r.unwrap(), 7);
    let r = promise! { <u32, anyhow::Error> Promise.resolve(1).then(v => anyhow::bail!("{v}")).catch(e => { println!("{e}"); 7 }) }.block_on();
    assert_eq!(r.unwrap(), 7);
}

#[test]
fn records() {
    let r =
        promise! { Promise.resolve(1).then(v => ({ a: v, b: "x" })).then(({ a, b }) => (a, b)) }
            .block_on();
    assert_eq!(r, Ok((1, "x")));
    let user = 5;
    let r =
        promise! { Promise.all({ user, posts: plain(2) }).then(r => r.user + r.posts) }.block_on();
    assert_eq!(r, Ok(7));
}
