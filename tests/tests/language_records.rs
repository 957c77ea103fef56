//! Records, and taking tuples and arrays apart.
#![allow(
    deprecated,
    reason = "what the macro calls redundant must work all the same"
)]

use promise_runtime::prelude::*;
use promise_tests::api::{ApiError, User, double, fetch_posts, fetch_user};
use promise_tests::{fulfil, settle};

#[test]
fn all_of_a_record_fulfils_with_a_record() {
    let chain = promise! { Promise.all({ user: fetch_user(1), posts: fetch_posts(2) }).then(({ user, posts }) => (user.id, posts.len())) };
    assert_eq!(settle(chain), Ok((1, 2)));
    let read = promise! { Promise.all({ user: fetch_user(1), posts: fetch_posts(2) }).then(page => page.user.id as usize + page.posts.len()) };
    assert_eq!(settle(read), Ok(3));
    let rejected = promise! { Promise.all({ user: fetch_user(0), posts: fetch_posts(2) }).then(page => page.user.id) };
    assert_eq!(settle(rejected), Err(ApiError::NotFound));
}

#[test]
fn a_bare_name_is_a_field_of_that_name() {
    let user = fetch_user(1);
    let limit = 5;
    let chain =
        promise! { Promise.all({ user, limit, }).then(({ user, limit }) => user.id + limit) };
    assert_eq!(settle(chain), Ok(6));
    let one = fetch_user(1);
    let single = promise! { Promise.all({ one }).then(({ one }) => one.id) };
    assert_eq!(settle(single), Ok(1));
}

#[test]
fn all_settled_of_a_record_keeps_every_outcome() {
    let chain = promise! { Promise.allSettled({ user: fetch_user(0), number: async { "x".parse::<u32>() }, plain: 5 }) };
    let Ok(report) = settle(chain);
    assert_eq!(report.user, Err(ApiError::NotFound));
    assert!(report.number.is_err());
    let Ok(5) = report.plain else { panic!() };
}

#[test]
fn a_record_leaves_the_macro_and_is_debug_clone_and_partial_eq() {
    let make = || promise! { Promise.all({ user: fetch_user(1), count: double(2) }) };
    let page = settle(make()).unwrap();
    assert_eq!(page.clone(), page);
    assert!(page == settle(make()).unwrap());
    let text = format!("{page:?}");
    assert!(
        text.contains("user: User { id: 1") && text.contains("count: 4"),
        "{text}"
    );
    let User { name, .. } = page.user;
    assert_eq!(name, "user1");
}

#[test]
fn an_arrows_value_may_be_a_record() {
    let chain = promise! { fetch_user(1).then(user => ({ id: user.id, name: user.name })).then(({ id, name }) => format!("{id}{name}")) };
    assert_eq!(settle(chain), Ok("1user1".into()));
    let short = promise! { fetch_user(1).then(user => { let id = user.id; let twice = id * 2; ({ id, twice }) }).then(both => both.id + both.twice) };
    assert_eq!(settle(short), Ok(3));
    let single = promise! { fetch_user(1).then(user => ({ user })).then(({ user }) => user.id) };
    assert_eq!(settle(single), Ok(1));
    let returned = promise! { fetch_user(1).then(user => { if user.id == 1 { return ({ id: 10, name: "one" }); } ({ id: user.id, name: "other" }) }).then(({ id, name }) => (id, name)) };
    assert_eq!(settle(returned), Ok((10, "one")));
    let outside =
        settle(promise! { fetch_user(1).then(user => ({ id: user.id, name: user.name })) })
            .unwrap();
    assert_eq!((outside.id, outside.name.as_str()), (1, "user1"));
}

#[test]
fn the_fields_order_in_a_pattern_does_not_matter() {
    let chain = promise! { Promise.all({ a: 1, b: "x" }).then(({ b, a }) => (a, b)) };
    assert_eq!(settle(chain), Ok((1, "x")));
    let made =
        promise! { Promise.resolve(1).then(v => ({ b: "x", a: v })).then(({ a, b }) => (a, b)) };
    assert_eq!(settle(made), Ok((1, "x")));
}

#[test]
fn a_record_passes_through_steps() {
    let chain = promise! {
        Promise.all({ user: fetch_user(1), posts: fetch_posts(1) })
            .tap(page => assert_eq!(page.posts.len(), 2))
            .then(({ user, posts }) => ({ user, first: posts[0].id }))
            .tap(({ user, first }) => assert_eq!((user.id, *first), (1, 10)))
            .then(page => page)
            .finally(() => ())
            .then(({ user, first }) => user.id + first)
    };
    assert_eq!(settle(chain), Ok(11));
}

#[test]
fn records_with_several_arms_hold_values_of_any_type() {
    let log = std::cell::RefCell::new(Vec::new());
    let entry = &log;
    let chain = promise! { Promise.resolve("text").then(text => ({ text, log: entry, make: |n: u32| n + 1, list: vec![text.len()] })).then(async ({ text, log, make, list }) => {
        log.borrow_mut().push(text);
        make(await double(list[0] as u32))
    }) };
    assert_eq!(settle(chain), Ok(9));
    assert_eq!(*log.borrow(), ["text"]);
}

#[test]
fn records_nest() {
    let chain = promise! {
        Promise.all({ user: fetch_user(1), rest: Promise.all({ posts: fetch_posts(1), more: 5 }) })
            .then(({ user, rest }) => user.id as usize + rest.posts.len() + rest.more)
    };
    assert_eq!(settle(chain), Ok(8));
    let value = promise! { Promise.resolve(1).then(v => ({ a: ({ b: v, c: 2 }), d: 3 })).then(r => r.a.b + r.a.c + r.d) };
    assert_eq!(settle(value), Ok(6));
}

#[test]
fn an_async_arrow_yields_a_record() {
    let chain = promise! { fetch_user(1).then(async user => ({ posts: await fetch_posts(user.id), user })).then(({ user, posts }) => user.id as usize + posts.len()) };
    assert_eq!(settle(chain), Ok(3));
}

#[test]
fn arrows_take_apart_arrays_and_tuples_alike() {
    assert_eq!(
        settle(promise! { Promise.all([double(1), double(2)]).then(([a, b]) => a + b) }),
        Ok(6)
    );
    assert_eq!(
        settle(promise! { Promise.all([double(1), double(2)]).then((a, b) => a + b) }),
        Ok(6)
    );
    assert_eq!(
        settle(
            promise! { Promise.all([fetch_user(1), fetch_posts(2)]).then(([user, posts]) => user.id as usize + posts.len()) }
        ),
        Ok(3)
    );
    assert_eq!(
        settle(
            promise! { Promise.all((fetch_user(1), fetch_posts(2))).then(([user, posts]) => user.id as usize + posts.len()) }
        ),
        Ok(3)
    );
    assert_eq!(
        settle(
            promise! { Promise.all((fetch_user(1), fetch_posts(2))).then((user, posts) => user.id as usize + posts.len()) }
        ),
        Ok(3)
    );
    assert_eq!(
        settle(promise! { fulfil::<_, ()>([1, 2, 3]).then(([a, b, c]) => a + b + c) }),
        Ok(6)
    );
    assert_eq!(
        settle(promise! { fulfil::<_, ()>((1, "b")).then(([a, b]) => (b, a)) }),
        Ok(("b", 1))
    );
    assert_eq!(
        settle(promise! { fulfil::<_, ()>((1, "b")).then(|(a, b)| (b, a)) }),
        Ok(("b", 1))
    );
}

#[test]
fn destructuring_knows_wildcards_mutability_and_nesting() {
    assert_eq!(
        settle(promise! { Promise.all([double(1), double(2)]).then(([_, b]) => b) }),
        Ok(4)
    );
    assert_eq!(
        settle(
            promise! { Promise.all([double(1), double(2)]).then(([mut a, b]) => { a += b; a }) }
        ),
        Ok(6)
    );
    assert_eq!(
        settle(
            promise! { Promise.all([Promise.resolve((1, 2)), Promise.resolve((3, 4))]).then(([(a, _), (_, d)]) => a + d) }
        ),
        Ok(5)
    );
    assert_eq!(
        settle(
            promise! { Promise.all([fetch_user(1), fetch_user(2)]).then(([User { id, .. }, second]) => id + second.id) }
        ),
        Ok(3)
    );
    assert_eq!(
        settle(promise! { fulfil::<_, ()>([1, 2, 3]).then(([first, ..]) => first) }),
        Ok(1)
    );
    assert_eq!(
        settle(promise! { fulfil::<_, ()>((1, 2, 3)).then((first, ..) => first) }),
        Ok(1)
    );
    assert_eq!(
        settle(promise! { Promise.all([double(1)]).then(([only]) => only) }),
        Ok(2)
    );
}

#[test]
fn tap_and_catch_take_apart_too() {
    let chain = promise! { Promise.all([double(1), double(2)]).tap(([a, b]) => assert_eq!((*a, *b), (2, 4))).tap((a, _) => assert_eq!(*a, 2)) };
    assert_eq!(settle(chain), Ok([2, 4]));
    let caught = promise! { <u32, (u32, &str)> Promise.reject((1, "b")).catch((n, text) => n + text.len() as u32) };
    assert_eq!(settle(caught), Ok(2));
}
