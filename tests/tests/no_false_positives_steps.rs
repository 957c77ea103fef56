//! Methods of Rust's that look like steps, and steps that look like misuses.
#![deny(warnings)]
#![allow(clippy::all)]

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

mod no_false_positives_kit;
use no_false_positives_kit::*;

fn number() -> Box<dyn Fn(u32) -> u32> {
    Box::new(|n| n + 1)
}

correct! {
    then_of_a_flag: promise! { count(3).then(n => (n == 3).then(|| 5)) } => Ok(Some(5));
    then_of_a_flag_as_source: { let flag = true; } promise! { flag.then(|| 5).unwrap().then(|n| n + 1) } => Ok(6);
    then_some_of_a_flag: { let flag = true; } promise! { flag.then_some(5).unwrap().then(|n| n + 1) } => Ok(6);
    then_of_a_flag_and_map: { let flag = true; } promise! { (flag.then(|| 5).map(|n| n + 1)).then(|n| n) } => Ok(Some(6));
    and_then: promise! { count(3).then(n => Some(n).and_then(|n| n.checked_sub(1)).unwrap_or(0)) } => Ok(2);
    map_of_an_iterator: promise! { count(3).then(n => [1, 2].iter().map(|x| x + n).collect::<Vec<_>>()) } => Ok(vec![4, 5]);
    filter_of_an_iterator: promise! { count(3).then(n => [1, 5].into_iter().filter(|x| *x > n).count()) } => Ok(1);
    map_of_the_source: promise! { Some(3).map(|n| n + 1).then(|n| n) } => Ok(Some(4));
    filter_and_map_of_the_source: promise! { [1, 2, 3].into_iter().filter(|n| n % 2 == 1).map(|n| n * 2).sum::<u32>().then(|n| n) } => Ok(8);
    reduce_of_an_iterator: promise! { count(3).then(n => [n, 2].into_iter().reduce(|a, b| a + b)) } => Ok(Some(5));
    timeout_of_a_builder: promise! { Builder(1).timeout(2).send() } => Ok(3);
    retry_of_a_builder: promise! { Builder(1).timeout(2).retry(3).send().then(|n| n) } => Ok(6);
    nearly_a_step_of_a_builder: promise! { Builder(1).timeout(2).tape(|n| n * 2).send() } => Ok(6);
    spawn_of_a_builder: promise! { Promise.all([Builder(1).spawn(), Builder(2).spawn()]) } => Ok([1, 2]);
    spawn_in_parentheses: promise! { (Builder(1).spawn()) } => Ok(1);
    steps_in_parentheses: promise! { (user(1).then(u => u.id)).then(|n| n) } => Ok(1);
    a_function_that_makes_the_handler: promise! { count(3).then(number()) } => Ok(4);
    a_function_in_a_field: { let steps = (number(), 1); } promise! { count(3).then(steps.0) } => Ok(4);
    a_function_behind_a_reference: { let step = number(); } promise! { count(3).then(&step) } => Ok(4);
    a_method_as_handler: promise! { count(3).then(u32::count_ones) } => Ok(2);
    a_constructor_as_handler: promise! { count(3).then(Some) } => Ok(Some(3));
    a_cast_function_as_handler: { fn next(n: u32) -> u32 { n + 1 } } promise! { count(3).then(next as fn(u32) -> u32) } => Ok(4);
    a_block_that_yields_the_handler: promise! { count(3).then({ let one = 1; move |n| n + one }) } => Ok(4);
    a_generic_function_as_handler: promise! { count(3).then(u64::from) } => Ok(3);
    a_tuple_in_a_closure: promise! { Promise.all((count(1), count(2))).then(|(a, b)| a + b) } => Ok(3);
    a_tuple_in_an_arrow: promise! { Promise.all((count(1), count(2))).then((a, b) => a + b) } => Ok(3);
    finally_with_an_ignored_value: promise! { count(3).finally(() => 5) } => Ok(3);
    finally_with_a_function: { fn clean() {} } promise! { count(3).finally(clean) } => Ok(3);
    finally_with_a_capture: { let log = RefCell::new(Vec::new()); let n = settle(promise! { count(3).finally(|| log.borrow_mut().push(1)) }); assert_eq!(log.take(), [1]); } promise! { n } => Ok(3);
    catch_with_an_annotation: promise! { <u32, ApiError> count(3).catch(_ => 5) } => Ok(3);
    catch_after_a_throw: promise! { count(3).then(n => { if n == 0 { throw ApiError::NotFound } n }).catch(_ => 5) } => Ok(3);
    retry_of_what_rejects: promise! { user(1).then(|u| u.id).retry(3) } => Ok(1);
    retry_before_what_rejects: promise! { <u32, ApiError> count(1).retry(3).then(id => user(id)).then(|u| u.id) } => Ok(1);
    tap_catch_of_what_rejects: promise! { user(1).tapCatch(e => assert_ne!(*e, ApiError::NotFound)).then(|u| u.id) } => Ok(1);
    a_catch_that_throws_another: promise! { user(0).then(|u| u.id).catch(_e => { throw ApiError::Http(500) }) } => Err(ApiError::Http(500));
    a_catch_that_throws_a_part: promise! { user(0).then(|u| u.id).catch(e => { throw Some(e) }) } => Err(Some(ApiError::NotFound));
    a_catch_that_throws_sometimes: promise! { user(0).then(|u| u.id).catch(e => { if e == ApiError::Http(1) { throw e } 5 }) } => Ok(5);
    a_catch_that_converts: promise! { user(0).then(|u| u.id).catch(|e| Err(format!("{e:?}"))) } => Err("NotFound".to_string());
    arms_with_guards: promise! { user(0).then(|u| u.id).catch(e if e == ApiError::Http(1) => 1, _ => 2) } => Ok(2);
    arms_before_the_last: promise! { user(0).then(|u| u.id).catch(ApiError::Http(n) => u32::from(n), ApiError::NotFound => 4) } => Ok(4);
    an_arm_with_a_binding_that_may_refuse: promise! { user(0).then(|u| u.id).catch(e @ ApiError::Http(_) => format!("{e:?}").len() as u32, _ => 2) } => Ok(2);
    all_of_two: promise! { Promise.all([count(1), count(2)]) } => Ok([1, 2]);
    all_settled_of_one: promise! { Promise.allSettled([count(1)]) } => Ok([Ok(1)]);
    all_of_one_tuple: promise! { Promise.all((count(1),)) } => Ok((1,));
    all_of_one_record: promise! { Promise.all({ n: count(1) }).then(({ n }) => n) } => Ok(1);
    all_of_a_vector_of_one: promise! { Promise.all(vec![count(1)]) } => Ok(vec![1]);
    all_of_none: promise! { Promise.all([]) } => Ok(());
    an_element_that_waits_inside: promise! { Promise.all([async { count(count(1).await).await }, async { 2 }]) } => Ok([1, 2]);
    an_element_that_waits_in_a_step: promise! { Promise.all([count(1).then(async n => await count(n)), count(2)]) } => Ok([1, 2]);
    an_element_that_waits_in_a_closure: promise! { Promise.all([count(1).then(async |n| count(n).await), count(2)]) } => Ok([1, 2]);
    an_element_with_steps_that_waits: promise! { Promise.all([count(count(1).await).then(|n| n), count(2)]) } => Ok([1, 2]);
    elements_of_two_kinds: promise! { Promise.all([user(1).then(|u| u.id), count(2), async { Ok(3) }]) } => Ok([1, 2, 3]);
    elements_that_convert: promise! { <_, String> Promise.all([async { Ok::<_, &str>(1) }, async { Ok::<_, String>(2) }]) } => Ok([1, 2]);
    an_executor_that_calls: promise! { <u32, ApiError> new Promise((resolve, reject) => { if false { reject(ApiError::NotFound) } resolve(5) }) } => Ok(5);
    an_executor_with_one_parameter: promise! { <u32, ApiError> new Promise(resolve => resolve(5)) } => Ok(5);
    an_executor_that_ignores: promise! { <u32, ApiError> new Promise((_, reject) => reject(ApiError::NotFound)) } => Err(ApiError::NotFound);
    a_duration: promise! { count(3).delay(Duration::from_millis(0)) } => Ok(3);
    a_duration_in_a_variable: { let soon = Duration::from_millis(0); } promise! { count(3).delay(soon) } => Ok(3);
    a_source_in_parentheses: promise! { (1 + 2).then(|n| n) } => Ok(3);
    a_negative_source_in_parentheses: promise! { (-1).then(|n| n) } => Ok(-1);
    a_source_that_is_indexed: { let xs = [1, 2]; } promise! { xs[1].then(|n: u32| n) } => Ok(2);
    a_source_with_a_question_mark: promise! { <u32, ApiError> (Ok::<u32, ApiError>(3)?).then(|n| n) } => Ok(3);
    a_map_in_a_source: { let map = HashMap::from([(1, 2)]); } promise! { map.get(&1).copied().then(|n| n) } => Ok(Some(2));
    methods_after_a_then_of_streams: { use futures::StreamExt as _; } promise! { futures::stream::iter([1, 2]).then(|n| count(n)).collect::<Vec<_>>().then(|n| n) } => Ok(vec![1, 2]);
    methods_after_a_catch_of_another: promise! { Attempt(1).catch(|n| n + 1).finish().then(|n| n) } => Ok(2);
    commas_in_a_source: promise! { HashMap::<u32, (u8, u8)>::from([(1, (2, 3))]).remove(&1).unwrap().then((a, b) => a + b) } => Ok(5);
    commas_in_a_qualified_source: promise! { <Result<u32, ApiError> as Clone>::clone(&Ok(3)).then(|n| n) } => Ok(3);
    a_block_that_looks_like_a_record: { let x = 3; } promise! { Promise.resolve({ x }).then(|n| n) } => Ok(3);
}

/// It has a `catch` of its own.
struct Attempt(u32);

impl Attempt {
    fn catch(self, f: impl FnOnce(u32) -> u32) -> Self {
        Self(f(self.0))
    }

    fn finish(self) -> u32 {
        self.0
    }
}
