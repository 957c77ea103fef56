//! Rust that looks like JavaScript's forms, or like our words, and is neither.
#![deny(warnings)]
#![allow(clippy::all)]

mod no_false_positives_kit;
use no_false_positives_kit::*;

/// A word of JavaScript's as the name of something.
mod words {
    #![allow(unreachable_pub)]

    pub fn function(n: u32) -> u32 {
        n + 1
    }

    pub fn undefined() -> u32 {
        7
    }

    pub fn throw(n: u32) -> u32 {
        n * 2
    }

    #[derive(Debug, Clone, PartialEq)]
    pub struct New {
        pub new: u32,
        pub null: u32,
        pub throw: u32,
    }

    impl New {
        pub fn new(new: u32) -> Self {
            Self {
                new,
                null: 1,
                throw: 2,
            }
        }
    }
}

macro_rules! json {
    ({ $($key:literal: $value:tt),* }) => { [$(($key, stringify!($value))),*] };
}

macro_rules! strictly {
    ($left:tt === $right:tt) => {
        $left == $right
    };
}

macro_rules! twice {
    ($e:expr) => {
        $e + $e
    };
}

correct! {
    equality_of_two_comparisons: promise! { count(1).then(n => (n == 1) == true) } => Ok(true);
    equality_with_a_reference: promise! { count(1).then(n => &n == &1) } => Ok(true);
    inequality_of_a_negation: promise! { count(1).then(n => true != !(n == 1)) } => Ok(true);
    an_assignment_of_a_comparison: promise! { count(1).then(n => { let same = n == 1; same }) } => Ok(true);
    a_constant_with_its_type: promise! { count(1).then(n => { const LIMIT: u32 = 5; n + LIMIT }) } => Ok(6);
    a_constant_block: promise! { count(1).then(n => n + const { 2 + 3 }) } => Ok(6);
    a_variable_called_var: promise! { count(1).then(n => { let var = n; var + 1 }) } => Ok(2);
    a_parameter_called_var: promise! { count(1).then(var => var + 1) } => Ok(2);
    a_function_called_function: promise! { count(1).then(n => words::function(n)) } => Ok(2);
    a_function_called_function_as_handler: promise! { count(1).then(words::function) } => Ok(2);
    a_nested_function: promise! { count(1).then(n => { fn next(n: u32) -> u32 { n + 1 } next(n) }) } => Ok(2);
    an_associated_function_called_new: promise! { count(1).then(n => words::New::new(n).new) } => Ok(1);
    a_new_value: promise! { count(1).then(n => { let new = n; new }) } => Ok(1);
    a_field_called_new: promise! { count(3).then(new => words::New { new, null: 1, throw: 2 }.new) } => Ok(3);
    a_field_called_null: promise! { count(3).then(n => words::New::new(n).null) } => Ok(1);
    a_field_called_throw: promise! { count(3).then(n => words::New::new(n).throw) } => Ok(2);
    fields_with_these_names: promise! { count(3).then(n => words::New { new: n, null: 4, throw: 5 }.null) } => Ok(4);
    taken_apart_with_these_names: promise! { count(3).then(n => { let words::New { new, throw, .. } = words::New::new(n); throw.max(new) }) } => Ok(3);
    a_null_pointer: promise! { count(1).then(_n => std::ptr::null::<u32>().is_null()) } => Ok(true);
    a_variable_called_null: promise! { count(1).then(n => { let null = n; r#null + 1 }) } => Ok(2);
    a_function_called_undefined: promise! { count(1).then(n => n + words::undefined()) } => Ok(8);
    an_imported_undefined: promise! { count(1).then(n => { use words::undefined; n + undefined() }) } => Ok(8);
    a_range: promise! { count(3).then(n => (0..n).sum::<u32>()) } => Ok(3);
    an_inclusive_range: promise! { count(3).then(n => (0..=n).sum::<u32>()) } => Ok(6);
    a_slice_of_everything: promise! { count(3).then(n => [n, 1][..].iter().sum::<u32>()) } => Ok(4);
    a_rest_pattern: promise! { count(3).then(n => { let [first, ..] = [n, 1, 2]; first }) } => Ok(3);
    a_struct_update: promise! { count(3).then(n => words::New { new: 9, ..words::New::new(n) }.new) } => Ok(9);
    a_value_called_console: promise! { count(3).then(n => { let console = Builder(1); r#console.log(n) }) } => Ok(4);
    a_console_that_logs: { let console = Builder(1); let n = settle(promise! { count(3).then(|n| console.log(n)) }); } promise! { n } => Ok(4);
    a_parameter_called_instanceof: promise! { count(3).then(instanceof => instanceof + 1) } => Ok(4);
    null_in_a_macro: promise! { count(1).then(_n => json!({ "a": null }).len()) } => Ok(1);
    a_strict_equality_in_a_macro: promise! { count(1).then(n => strictly!(n === 1)) } => Ok(true);
    a_sum_of_positive_numbers: promise! { count(1).then(n => n + (5)) } => Ok(6);
    a_difference_of_negatives: promise! { count(1).then(n => -1 - -(n as i32)) } => Ok(0);
    a_double_negated_flag: promise! { count(1).then(n => !!(n == 1)) } => Ok(true);
    two_question_marks: promise! { user(1).then(u => { let twice: Result<Result<u32, ApiError>, ApiError> = Ok(Ok(u.id)); twice?? }) } => Ok(1);
    a_question_mark_and_a_cast: promise! { user(1).then(u => { let id: Result<u32, ApiError> = Ok(u.id); id? as u64 }) } => Ok(1);
    a_question_mark_in_a_field: promise! { user(1).then(u => { let id: Result<u32, ApiError> = Ok(u.id); words::New { new: id?, null: 1, throw: 2 }.new }) } => Ok(1);
    a_question_mark_that_is_called: promise! { user(1).then(u => { let f: Result<fn(u32) -> u32, ApiError> = Ok(words::throw); f?(u.id) }) } => Ok(2);
    a_question_mark_that_is_indexed: promise! { user(1).then(u => { let xs: Result<[u32; 2], ApiError> = Ok([u.id, 2]); xs?[1] }) } => Ok(2);
    a_function_called_switch: promise! { count(1).then(n => { fn switch(n: u32) -> bool { n == 1 } if switch(n) { 5 } else { 6 } }) } => Ok(5);
    a_returned_block: promise! { count(1).then(n => { return { let m = n; m + 1 } }) } => Ok(2);
    a_returned_struct: promise! { count(1).then(n => { return words::New { new: n, null: 1, throw: 2 }.new; }) } => Ok(1);
    a_loop_over_parentheses: promise! { count(3).then(n => { let mut sum = 0; for (i, x) in [n, n].iter().enumerate() { sum += i as u32 * x; } sum }) } => Ok(3);
    a_call_of_throw: promise! { count(3).then(|n| { use words::throw; throw(n) }) } => Ok(6);
    a_path_to_throw: promise! { count(3).then(n => words::throw(n)) } => Ok(6);
    throw_of_a_negation: promise! { count(3).then(n => { if n == 1 { throw !true } n }) } => Ok::<u32, bool>(3);
    a_match_in_an_arrow: promise! { count(3).then(n => match n { 0 => 1, n if n > 2 => n, _ => 2 }) } => Ok(3);
    a_match_in_a_closure: promise! { count(3).then(|n| match n { 0 => 1, n => n * 2 }) } => Ok(6);
    a_match_in_arguments: promise! { count(3).then(n => u32::max(match n { 0 => 1, n => n }, 2)) } => Ok(3);
    matches_in_an_arrow: promise! { count(3).then(n => matches!(n, 1..=3)) } => Ok(true);
    an_if_let: promise! { count(3).then(n => if let Some(n) = Some(n) { n } else { 0 }) } => Ok(3);
    a_let_else: promise! { count(3).then(n => { let Some(n) = Some(n) else { return 0 }; n }) } => Ok(3);
    a_guarded_match: promise! { count(3).then(n => match Some(n) { Some(x) if x == 3 => x, _ => 0 }) } => Ok(3);
    a_macro_with_an_expression: promise! { count(3).then(n => twice!(n)) } => Ok(6);
    a_type_with_an_arrow: promise! { count(3).then(n => { let f: fn(u32) -> u32 = |n| n + 1; f(n) }) } => Ok(4);
    a_closure_with_a_typed_parameter: promise! { count(3).then(n => { let f = |x: u32| x + n; f(1) }) } => Ok(4);
}
