//! JavaScript runs our reactions in the order of Node's own promises: the programs whose logs Node has written (`tests/order/README.md`), run
//! by the microtasks of Node.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#![allow(
    dead_code,
    reason = "the text of another test, of which not all is needed"
)]

#[path = "../../../tests/order/generate/mod.rs"]
mod generate;
mod local;
#[path = "../../../tests/order/mentions.rs"]
mod mentions;
#[path = "../../../tests/order/program.rs"]
mod program;
#[path = "../../../tests/order/random.rs"]
mod random;
#[path = "../../../tests/order/rejections.rs"]
mod rejections;
#[path = "../../../tests/order/setting.rs"]
mod setting;
#[path = "../../../tests/order/value.rs"]
mod value;

use generate::generate;
use local::play::{Running, play};
use mentions::Mentions;
use program::Program;
use promise_runtime::delay;
use setting::Setting;
use std::time::Duration;
use wasm_bindgen_test::wasm_bindgen_test;

const GOLDEN: &str = include_str!("../../../order/golden.txt");

/// The programs with what Node has logged of them.
fn golden() -> impl Iterator<Item = (Program, &'static str)> {
    GOLDEN.lines().map(|line| {
        let mut words = line.splitn(3, ' ');
        let seed = words.next().expect("a seed").parse().expect("a number");
        words.next().expect("a checksum");
        (generate(seed), words.next().unwrap_or_default())
    })
}

/// Runs it in the microtasks of JavaScript.
async fn play_here(program: &Program, setting: Setting) -> String {
    const SHORTEST: Duration = Duration::from_millis(1);
    let running = Running::new(program, setting);
    running.start(program);
    // The first of these is over after all microtasks, in which the report of rejections is set; the second after that.
    delay(SHORTEST).await;
    delay(SHORTEST).await;
    running.end()
}

#[wasm_bindgen_test]
async fn node_runs_our_reactions_in_the_order_of_its_own() {
    let mut played = 0;
    for (program, expected) in golden() {
        // Real timers may be late for their order.
        if Mentions::of(&program.body).timers {
            continue;
        }
        for setting in [Setting::Kept, Setting::Dropped, Setting::ForeignWakers] {
            let log = play_here(&program, setting).await;
            assert_eq!(log, expected, "{setting:?}");
            played += 1;
        }
    }
    assert!(played > 1_000, "only {played}");
}

#[wasm_bindgen_test]
fn a_loop_with_a_virtual_clock_keeps_its_order_too() {
    for (program, expected) in golden() {
        assert_eq!(play(&program, Setting::Kept), expected);
    }
}
