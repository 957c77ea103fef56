//! Arrows and closures that look like misuses.
#![deny(warnings)]
#![allow(clippy::all)]

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fmt::Write as _;

mod no_false_positives_kit;
use no_false_positives_kit::*;

correct! {
    a_dropped_future_on_purpose: promise! { count(3).then(n => { let _ = count(n); n }) } => Ok(3);
    a_dropped_chain_on_purpose: promise! { count(3).then(n => { let _ = count(n).then(m => m + n); n }) } => Ok(3);
    a_future_that_is_used_later: promise! { count(3).then(n => { let later = count(n); later }) } => Ok(3);
    a_future_that_is_passed_on: promise! { count(3).then(n => { drop(count(n)); n }) } => Ok(3);
    a_future_that_is_pushed: promise! { count(3).then(n => { let mut all = Vec::new(); all.push(count(n)); Promise.all(all) }) } => Ok(vec![3]);
    a_future_that_is_awaited: promise! { count(3).then(async n => { count(n).await; n }) } => Ok(3);
    a_promise_that_is_awaited: promise! { count(3).then(async n => { await count(n); n }) } => Ok(3);
    a_chain_that_is_spawned: promise! { count(3).then(n => { promise! { move count(n) }.spawn_local(); n }) } => Ok(3);
    a_chain_that_is_spawned_for_threads: promise! { count(3).then(n => { promise! { move count(n) }.spawn(); n }) } => Ok(3);
    a_handler_of_a_hot_promise: { let hot = LocalPromise::<u32, ApiError>::resolve(1); } promise! { count(3).then(n => { hot.then(|n| Ok(n + 1)); hot.catch(|_| Ok::<_, ApiError>(1)); hot.finally(|| ()); n }) } => Ok(3);
    a_handle_that_is_dropped: { let hot = Promise::<u32, ApiError>::resolve(1); } promise! { count(3).then(n => { hot.clone(); hot.map(|n| n + 1); n }) } => Ok(3);
    a_task_of_tokio: { let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap(); } promise! { count(3).then(n => { runtime.spawn(count(n)); runtime.spawn_blocking(move || n); n }) } => Ok(3);
    a_future_in_a_branch: promise! { count(3).then(n => { if n == 1 { return count(1) } count(n) }) } => Ok(3);
    a_statement_that_yields_a_reference: { let map = RefCell::new(HashMap::new()); } promise! { count(3).then(n => { map.borrow_mut().entry(n).or_insert(0); *map.borrow_mut().entry(n).or_default() += 1; n }) } => Ok(3);
    a_statement_that_yields_an_option: { let seen = RefCell::new(HashMap::new()); } promise! { count(3).then(n => { seen.borrow_mut().insert(n, n); n }) } => Ok(3);
    a_statement_that_yields_nothing: { let cell = Cell::new(0); } promise! { count(3).then(n => { cell.set(n); n }) } => Ok(3);
    a_statement_that_rejects: promise! { user(1).then(u => { Ok::<(), ApiError>(())?; u.id }) } => Ok(1);
    a_statement_that_writes: promise! { count(3).then(n => { let mut text = String::new(); write!(text, "{n}").unwrap(); text }) } => Ok("3".to_string());
    a_statement_that_never_returns: promise! { count(3).then(n => { if n == 0 { std::process::exit(1); } n }) } => Ok(3);
    a_statement_that_panics: promise! { count(3).then(n => { if n == 0 { panic!("none"); } n }) } => Ok(3);
    a_must_use_that_is_allowed: promise! { count(3).then(n => { #[allow(unused_must_use)] { "5".parse::<u32>(); } n }) } => Ok(3);
    a_must_use_statement_that_is_allowed: promise! { count(3).then(n => { #[allow(unused_must_use)] "5".parse::<u32>(); n }) } => Ok(3);
    a_future_that_is_allowed: promise! { count(3).then(n => { #[allow(unused_must_use)] count(n); n }) } => Ok(3);
    a_labelled_block_as_a_statement: promise! { count(3).then(n => { 'a: { if n == 3 { break 'a; } }; n }) } => Ok(3);
    a_match_as_a_statement: promise! { count(3).then(n => { match n { 3 => {} _ => return 1 }; n }) } => Ok(3);
    a_struct_in_a_statement: promise! { count(3).then(n => { User { id: n, name: String::new() }.name.push('x'); n }) } => Ok(3);
    a_moved_value_in_a_statement: promise! { user(1).then(u => { u.name; u.id }) } => Ok(1);
    a_loop_with_a_break: promise! { count(3).then(n => { let mut i = 0; loop { i += 1; if i > n { break } } i }) } => Ok(4);
    a_loop_with_a_value: promise! { count(3).then(n => loop { break n }) } => Ok(3);
    a_loop_with_a_label: promise! { count(3).then(n => { 'outer: for i in 0..n { for j in 0..n { if i + j > 2 { break 'outer } if j > i { continue 'outer } } } n }) } => Ok(3);
    a_labelled_block: promise! { count(3).then(n => 'found: { if n == 3 { break 'found 5 } n }) } => Ok(5);
    a_while_loop_with_continue: promise! { count(3).then(n => { let mut i = 0; while i < n { i += 1; if i == 2 { continue } } i }) } => Ok(3);
    a_return_in_a_closure: promise! { count(3).then(n => { let f = |x: u32| { if x > 2 { return 1 } x }; f(n) }) } => Ok(1);
    a_question_mark_in_a_closure: promise! { count(3).then(n => { let f = |x: Option<u32>| -> Option<u32> { Some(x? + 1) }; f(Some(n)) }) } => Ok(Some(4));
    an_await_in_an_async_block: promise! { count(3).then(n => async move { count(n).await + 1 }) } => Ok(4);
    an_await_in_an_async_closure: promise! { count(3).then(async |n| count(n).await + 1) } => Ok(4);
    a_field_called_await: promise! { count(3).then(n => { struct Later { r#await: u32 } Later { r#await: n }.r#await }) } => Ok(3);
    an_option_with_a_reason: promise! { count(3).then(n => n.checked_add(1).ok_or("too much")?) } => Ok(4);
    a_nest_that_uses_the_outer_value: promise! { user(1).then(u => count(2).then(n => n + u.id)) } => Ok(3);
    a_nest_that_uses_it_in_a_format: promise! { user(1).then(u => count(2).then(n => format!("{n} {}", u.id))) } => Ok("2 1".to_string());
    a_nest_that_captures_it_in_a_format: promise! { count(1).then(id => count(2).then(n => format!("{n} {id}"))) } => Ok("2 1".to_string());
    a_nest_that_borrows_the_outer_value: promise! { user(1).then(u => u.posts().then(n => n + 1)) } => Ok(11);
    a_nest_that_catches: promise! { user(1).then(u => user(u.id - 1).then(u => u.id).catch(_ => 9)) } => Ok(9);
    a_nest_with_a_finally: { let log = Cell::new(0); let n = settle(promise! { count(1).then(n => count(n).then(n => n + 1).finally(() => log.set(1))) }); assert_eq!(log.get(), 1); } promise! { n } => Ok(2);
    a_nest_in_parentheses: promise! { user(1).then(u => (count(u.id).then(n => n + 1))) } => Ok(2);
    a_nest_in_a_promise: promise! { user(1).then(u => promise! { move count(u.id).then(n => n + 1) }) } => Ok(2);
    a_nest_after_a_statement: promise! { user(1).then(u => { let id = u.id + 1; count(id).then(n => n + 1) }) } => Ok(3);
    a_nest_in_a_branch: promise! { user(1).then(u => if u.id == 1 { count(5).then(n => n + 1) } else { count(6).then(n => n) }) } => Ok(6);
    a_resolve_among_promises: promise! { count(1).then(n => if n == 1 { Promise.resolve(5) } else { count(n) }) } => Ok(5);
    a_resolve_with_a_step: promise! { count(1).then(n => Promise.resolve(n).then(m => m + n)) } => Ok(2);
    a_resolve_as_source: promise! { Promise.resolve(1).then(n => n + 1) } => Ok(2);
    a_resolve_in_a_combinator: promise! { Promise.all([Promise.resolve(1), count(2)]) } => Ok([1, 2]);
    a_reject_as_source: promise! { <u32, _> Promise.reject(ApiError::NotFound) } => Err(ApiError::NotFound);
    a_reject_in_a_combinator: promise! { Promise.any([Promise.reject(ApiError::NotFound), user(1).then(|u| u.id)]) } => Ok(1);
    an_all_in_an_arrow: promise! { count(1).then(n => Promise.all([count(n), count(2)])) } => Ok([1, 2]);
    a_single_one_that_is_allowed: promise! { count(1).then(async n => { #[allow(deprecated)] let one = await Promise.all([count(n)]); one }) } => Ok([1]);
    a_single_one_that_is_allowed_around: { #[allow(deprecated)] let one = promise! { Promise.all([count(1)]) }; } promise! { one } => Ok([1]);
    a_record: promise! { count(1).then(n => ({ n, twice: n * 2 })).then(({ n, twice }) => n + twice) } => Ok(3);
    a_closure_with_a_block: promise! { count(1).then(|n| { n + 1 }) } => Ok(2);
    a_closure_with_an_empty_block: promise! { count(1).then(|_| {}) } => Ok(());
    a_closure_with_statements: promise! { count(1).then(|n| { let m = n + 1; m * 2 }) } => Ok(4);
    a_closure_with_a_block_that_ignores: promise! { count(1).then(|| { 5 }) } => Ok(5);
    a_block_with_one_name: promise! { count(1).then(n => { n }) } => Ok(1);
    a_struct: promise! { count(1).then(id => User { id, name: String::new() }).then(u => u.id) } => Ok(1);
    an_arrow_without_value: promise! { count(1).then(() => 5) } => Ok(5);
    an_ignored_value: promise! { count(1).then(_ => 5) } => Ok(5);
    a_tuple_value: promise! { count(1).then(n => (n, 2)).then(([a, b]) => a + b) } => Ok(3);
    a_macro_that_contains_an_arrow: promise! { count(1).then(n => { let r: Result<u32, ()> = Ok(n); assert!(matches!(r, Ok(x) if x == 1)); n }) } => Ok(1);
    a_text_with_our_words: promise! { count(1).then(n => format!("{n} throw await => === null ...xs")) } => Ok("1 throw await => === null ...xs".to_string());
}
