//! Chains inside chains: in an arrow's tail, elsewhere in its body, and in closures.
#![allow(
    deprecated,
    reason = "what the macro calls redundant must work all the same"
)]

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, Post, double, fetch_comments, fetch_posts, fetch_user};
use promise_tests::{ms, plain, settle, virtually};

#[test]
fn in_the_tail_a_nested_chain_is_adopted_and_sees_the_outer_names() {
    let chain = promise! { fetch_user(3).then(user => fetch_posts(user.id).then(posts => (user.name, posts.len()))) };
    assert_eq!(settle(chain), Ok(("user3".into(), 2)));
    let three_deep = promise! {
        fetch_user(3).then(user =>
            fetch_posts(user.id).then(posts =>
                fetch_comments(posts[0].id).then(comments => (user.id, posts.len(), comments.len()))))
    };
    assert_eq!(settle(three_deep), Ok((3, 2, 1)));
}

#[test]
fn in_the_tail_a_nested_chain_may_borrow_the_outer_arrows_locals() {
    let chain = promise! { fetch_user(3).then(user => {
        let greeting = format!("hello {}", user.name);
        fetch_posts(user.id).then(posts => posts.len() + greeting.len() + user.name.len())
    }) };
    assert_eq!(settle(chain), Ok(2 + 11 + 5));
}

#[test]
fn a_nested_rejection_reaches_the_outer_catch() {
    let chain = promise! {
        fetch_user(9)
            .then(user => fetch_posts(user.id).then(posts => posts.len()))
            .catch(ApiError::Http(status) => usize::from(status))
    };
    assert_eq!(settle(chain), Ok(503));
}

#[test]
fn a_nested_catch_handles_only_its_own_chain() {
    let chain = promise! {
        fetch_user(9)
            .then(user => fetch_posts(user.id).catch(ApiError::Http(_) => Vec::new()).then(posts => posts.len()))
            .then(count => { if count == 0 { throw ApiError::NotFound } count })
    };
    assert_eq!(settle(chain), Err(ApiError::NotFound));
}

#[test]
fn every_tail_of_a_body_may_be_a_chain() {
    let run = |id: u32| {
        promise! { move
            fetch_user(id).then(user => {
                if user.id == 1 { return fetch_posts(1).then(posts => posts.len()); }
                match user.id {
                    2 => fetch_comments(2).then(comments => comments.len()),
                    3 => Promise.resolve(33),
                    4 => Promise.reject(ApiError::Http(4)),
                    _ => new Promise((resolve) => resolve(55)),
                }
            })
        }
    };
    assert_eq!(settle(run(1)), Ok(2));
    assert_eq!(settle(run(2)), Ok(1));
    assert_eq!(settle(run(3)), Ok(33));
    assert_eq!(settle(run(4)), Err(ApiError::Http(4)));
    assert_eq!(settle(run(5)), Ok(55));
}

#[test]
fn statics_may_be_nested() {
    let chain = promise! { fetch_user(2).then(user => Promise.all([double(user.id), double(3)])).then(([a, b]) => a + b) };
    assert_eq!(settle(chain), Ok(10));
    let raced = promise! { fetch_user(2).then(user => Promise.race([Promise.never(), fetch_posts(user.id).then(posts => posts.len())])) };
    assert_eq!(settle(raced), Ok(2));
    let settled = promise! { fetch_user(2).then(user => Promise.allSettled([fetch_posts(user.id), fetch_posts(9)])).then(([good, bad]) => (good.is_ok(), bad.is_err())) };
    assert_eq!(settle(settled), Ok((true, true)));
    let waited = promise! { Promise.resolve(1).then(v => Promise.delay(ms(50)).then(() => v + 1)) };
    assert_eq!(virtually(waited), Ok(2));
    let deep = promise! { Promise.all([Promise.all([double(1), double(2)]), Promise.all([double(3), double(4)])]).then(([[a, b], [c, d]]) => a + b + c + d) };
    assert_eq!(settle(deep), Ok(20));
}

#[test]
fn outside_the_tail_a_nested_chain_is_a_value() {
    let chain = promise! { fetch_user(2).then(async user => {
        let posts = fetch_posts(user.id).then(posts => posts.len());
        let both = Promise.all([double(1), double(2)]);
        let made = new Promise((resolve) => resolve(7));
        (await posts, await both, await made)
    }) };
    assert_eq!(settle(chain), Ok((2, [2, 4], 7)));
}

#[test]
fn a_nested_chain_may_be_an_argument() {
    async fn count(
        posts: impl Future<Output = Result<Vec<Post>, ApiError>>,
    ) -> Result<usize, ApiError> {
        Ok(posts.await?.len())
    }
    let chain = promise! { move fetch_user(2).then(user => count(fetch_posts(user.id).tap(posts => assert_eq!(posts.len(), 2)))) };
    assert_eq!(settle(chain), Ok(2));
    let collected = promise! { fetch_user(2).then(async user => {
        let chains = vec![fetch_posts(user.id).then(posts => posts.len())];
        let mut sum = 0;
        for chain in chains { sum += await chain; }
        sum
    }) };
    assert_eq!(settle(collected), Ok(2));
}

#[test]
fn chains_may_be_made_in_closures_inside_arrows() {
    let chain = promise! { move fetch_user(2).then(user => {
        let posts = (0..3).map(|n| fetch_posts(user.id + n).then(posts => posts[0].author)).collect::<Vec<_>>();
        Promise.all(posts)
    }) };
    assert_eq!(settle(chain), Ok(vec![2, 3, 4]));
    let inline = promise! { move Promise.resolve(vec![1, 2]).then(ids => Promise.all(ids.into_iter().map(|id| fetch_user(id).then(user => user.name)))) };
    assert_eq!(settle(inline), Ok(vec!["user1".into(), "user2".into()]));
}

#[test]
fn elements_fields_and_arguments_are_chains() {
    let literal = promise! { Promise.all([fetch_user(1).then(user => user.id), Promise.resolve(5), fetch_user(0).then(user => user.id).catch(_ => 9)]) };
    assert_eq!(settle(literal), Ok([1, 5, 9]));
    let tuple = promise! { Promise.all((fetch_user(1).then(user => user.id), Promise.resolve("b").then(b => b.len()))) };
    assert_eq!(settle(tuple), Ok((1, 1)));
    let record = promise! { Promise.all({ id: fetch_user(1).then(user => user.id), size: Promise.resolve("b").then(b => b.len()) }).then(({ id, size }) => (id, size)) };
    assert_eq!(settle(record), Ok((1, 1)));
    let resolved = promise! { Promise.resolve(fetch_user(1).then(user => user.id)) };
    assert_eq!(settle(resolved), Ok(1));
    let delayed = promise! { Promise.delay(ms(1), fetch_user(1).then(user => user.id)) };
    assert_eq!(virtually(delayed), Ok(1));
    let tried = promise! { Promise.try(() => fetch_user(1).then(user => user.id)) };
    assert_eq!(settle(tried), Ok(1));
}

#[test]
#[expect(
    clippy::unnecessary_lazy_evaluations,
    clippy::obfuscated_if_else,
    reason = "`then(|| …)` is what it is about"
)]
fn rust_that_looks_similar_is_left_alone() {
    let chain = promise! { Promise.resolve(vec![1, 2, 3]).then(list => {
        let flag = list.len() == 3;
        let five = flag.then(|| 5).unwrap_or_default();
        let doubled: Vec<_> = list.iter().map(|x| x * 2).filter(|x| *x > 2).collect();
        let found = match doubled.first() { Some(x) if *x == 4 => x + five, Some(_) => 0, None => 1 };
        let sum = list.iter().copied().reduce(|a, b| a + b).unwrap_or(0);
        (found, sum, flag.then_some(1))
    }) };
    assert_eq!(settle(chain), Ok((9, 6, Some(1))));
    let tail = promise! { Promise.resolve(true).then(flag => flag.then(|| 5)) };
    assert_eq!(settle(tail), Ok(Some(5)));
    let mapped = promise! { Promise.resolve(vec![1]).then(list => list.into_iter().map(|x| x + 1).collect::<Vec<_>>()) };
    assert_eq!(settle(mapped), Ok(vec![2]));
}

#[test]
fn a_match_arm_is_no_arrow() {
    let chain = promise! { Promise.resolve(Some(2)).then(v => match v { Some(n) => double(n), None => double(0) }) };
    assert_eq!(settle(chain), Ok(4));
    let inner = promise! { Promise.resolve(Some(2)).then(v => { let text = match v { Some(n) => n.to_string(), None => String::new() }; text.len() }) };
    assert_eq!(settle(inner), Ok(1));
}

#[test]
fn a_nested_chain_has_every_step() {
    let chain = promise! { Promise.resolve(1).then(v =>
        fetch_user(v)
            .tap(user => assert_eq!(user.id, 1))
            .then(user => [user.id, 2])
            .spread((a, b) => a + b)
            .delay(ms(5))
            .timeout(ms(50), ApiError::Timeout)
            .tapCatch(_ => ())
            .catch(ApiError::NotFound => 0)
            .finally(() => ())
    ) };
    assert_eq!(virtually(chain), Ok(3));
}

#[test]
fn an_awaited_chain_may_borrow() {
    let chain = promise! { fetch_user(2).then(async user => {
        let name = user.name.as_str();
        let length = await plain(name).then(name => name.len());
        let posts = await fetch_posts(user.id).then(posts => posts.len() + name.len());
        length + posts
    }) };
    assert_eq!(settle(chain), Ok(12));
}
