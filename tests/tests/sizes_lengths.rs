//! Chains of 1, 3, 5, 8 and 20 steps are no larger than what one writes by hand, whatever their handlers are written as.

mod sizes_kit;

use promise_runtime::prelude::*;
use sizes_kit::*;
use std::cell::Cell;

macro_rules! by_hand {
    ($leaf:ident $($step:tt)*) => {
        async {
            let value = $leaf(1).await?;
            $(let value = $leaf(value + $step).await?;)*
            Ok::<u64, Reason>(value)
        }
    };
}

macro_rules! ok_or_leave {
    ($label:lifetime $outcome:expr) => {
        match $outcome {
            Ok(value) => value,
            Err(reason) => break $label reason,
        }
    };
}

/// A chain of `$leaf` and as many steps as there are `$step`s, in three spellings, against one `async` block; then each with `catch` and
/// `finally`, against a `match` and a guard.
macro_rules! lengths {
    ($($name:ident: $leaf:ident [$($step:tt)*];)*) => {$(
        #[test]
        fn $name() {
            let ended = Cell::new(0);
            no_larger("arrows", promise! { $leaf(1)$(.then(v => $leaf(v + $step)))* }, by_hand!($leaf $($step)*));
            no_larger("closures", promise! { $leaf(1)$(.then(|v| $leaf(v + $step)))* }, by_hand!($leaf $($step)*));
            no_larger("annotated", promise! { <u64, Reason> $leaf(1)$(.then(v => $leaf(v + $step)))* }, by_hand!($leaf $($step)*));
            no_larger(
                "plain steps between",
                promise! { $leaf(1)$(.then(v => v + $step).then($leaf))* },
                by_hand!($leaf $($step)*),
            );
            no_larger(
                "catch and finally",
                promise! { <_, Reason>
                    $leaf(1)$(.then(v => $leaf(v + $step)))*.catch(e => e.0 + 1).finally(|| ended.set(1))
                },
                async {
                    let _guard = Guard(|| ended.set(1));
                    Ok(match by_hand!($leaf $($step)*).await {
                        Ok(value) => value,
                        Err(reason) => reason.0 + 1,
                    })
                },
            );
            no_larger(
                "catch and finally, flat",
                promise! { <_, Reason>
                    $leaf(1)$(.then(|v| $leaf(v + $step)))*.catch(|e| $leaf(e.0)).finally(|| ended.set(1))
                },
                async {
                    let _guard = Guard(|| ended.set(1));
                    let reason = 'region: {
                        let value = ok_or_leave!('region $leaf(1).await);
                        $(let value = ok_or_leave!('region $leaf(value + $step).await);)*
                        return Ok(value);
                    };
                    $leaf(reason.0).await
                },
            );
        }
    )*};
}

lengths! {
    one_step: small [1];
    three_steps: small [1 2 3];
    five_steps: small [1 2 3 4 5];
    eight_steps: small [1 2 3 4 5 6 7 8];
    twenty_steps: small [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20];
    no_step_but_a_big_source: big [];
    one_big_step: big [1];
    three_big_steps: big [1 2 3];
    five_big_steps: big [1 2 3 4 5];
    eight_big_steps: big [1 2 3 4 5 6 7 8];
    twenty_big_steps: big [1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20];
}

#[test]
fn the_size_does_not_grow_with_the_length() {
    let five = promise! { small(1).then(small).then(small).then(small).then(small) };
    let ten = promise! {
        small(1).then(small).then(small).then(small).then(small).then(small).then(small).then(small).then(small).then(small)
    };
    assert_eq!(size_of_val(&five), size_of_val(&ten));
}
