//! A hot promise as an element of a combinator: one that has settled is there at the first look, as in JavaScript, where
//! only the order of the elements decides between it and a plain value.

use std::convert::Infallible;

use promise_runtime::event_loop::queue_microtask;
use promise_runtime::prelude::*;
use promise_tests::virtually;

type P<T = &'static str, E = &'static str> = LocalPromise<T, E>;

fn fulfilled() -> P {
    P::resolve("value")
}

fn rejected() -> P {
    P::reject("reason")
}

fn pending() -> P {
    promise! { <&str, &str> Promise.never() }.spawn_local()
}

#[test]
fn a_race_against_a_plain_value_tells_the_state() {
    virtually(async {
        let state = async |promise: P| promise! { Promise.race([promise, "pending"]) }.await;
        assert_eq!(state(fulfilled()).await, Ok("value"));
        assert_eq!(state(rejected()).await, Err("reason"));
        assert_eq!(state(pending()).await, Ok("pending"));

        let promise = fulfilled();
        let state = promise! { Promise.race([&promise, "pending"]) };
        assert_eq!(state.await, Ok("value"));
        let state = promise! { <_, String> Promise.race([&promise, "pending"]) };
        assert_eq!(state.await, Ok("value"));
    });
}

#[test]
fn a_promise_that_cannot_reject_leaves_the_rejection_type_to_the_others() {
    virtually(async {
        let promise: P<_, Infallible> = P::resolve("value");
        let Ok(state) = promise! { Promise.race([&promise, "pending"]) }.await;
        assert_eq!(state, "value");
        let state = promise! { Promise.race([promise, Promise.reject("late")]) };
        assert_eq!(state.await, Ok("value"));
    });
}

#[test]
fn any_takes_the_first_value_in_input_order() {
    virtually(async {
        assert_eq!(
            promise! { Promise.any([fulfilled(), "plain"]) }.await,
            Ok("value")
        );
        assert_eq!(
            promise! { Promise.any([rejected(), "plain"]) }.await,
            Ok("plain")
        );
        assert_eq!(
            promise! { Promise.any([pending(), "plain"]) }.await,
            Ok("plain")
        );
    });
}

#[test]
fn all_rejects_with_the_first_reason_in_input_order() {
    virtually(async {
        let both = promise! { Promise.all([rejected(), Promise.reject("plain")]) };
        assert_eq!(both.await, Err::<[&str; 2], _>("reason"));
        let both = promise! { Promise.all({ hot: rejected(), plain: Promise.reject("plain") }) };
        assert_eq!(
            both.await.map(|both| (both.hot, both.plain)),
            Err::<(_, &str), _>("reason")
        );
        let both = promise! { Promise.allSettled([rejected(), "plain"]) };
        let Ok((hot, plain)) = both.await;
        assert_eq!((hot, plain), (Err("reason"), Ok("plain")));
    });
}

#[test]
fn of_every_form_of_a_list_the_settled_one_wins() {
    virtually(async {
        let tuple = (fulfilled(), std::future::ready(Ok::<_, &str>("plain")));
        assert_eq!(promise! { Promise.race(tuple) }.await, Ok("value"));
        let tuple = (fulfilled(), "plain");
        assert_eq!(
            promise! { <_, String> Promise.race(tuple) }.await,
            Ok("value")
        );

        // Whoever is pending is passed by.
        let array = [pending(), rejected(), fulfilled()];
        assert_eq!(promise! { Promise.race(array) }.await, Err("reason"));
        let list = vec![pending(), fulfilled(), rejected()];
        assert_eq!(promise! { Promise.race(&list) }.await, Ok("value"));
        assert_eq!(promise! { Promise.any(list) }.await, Ok("value"));
    });
}

#[test]
fn the_combinator_is_ready_at_its_first_poll() {
    virtually(async {
        let turns = std::rc::Rc::new(std::cell::Cell::new(0));
        let counted = turns.clone();
        queue_microtask(move || counted.set(1));
        let all = promise! { Promise.all([fulfilled(), fulfilled()]) };
        assert_eq!(all.await, Ok(["value"; 2]));
        assert_eq!(turns.get(), 0);
        assert_eq!(fulfilled().await, Ok("value"));
        assert_eq!(turns.get(), 1);
    });
}

#[test]
fn an_element_that_settles_later_wakes_the_combinator() {
    virtually(async {
        let (promise, resolve, _reject) = P::with_resolvers();
        queue_microtask(move || resolve("late"));
        let race = promise! { Promise.race([&promise, pending()]) };
        assert_eq!(race.await, Ok("late"));
    });
}
