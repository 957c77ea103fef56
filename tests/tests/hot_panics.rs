//! A panic that a hot promise raises is shown, once, as every panic is.

use promise_runtime::prelude::*;
use promise_tests::{panic_message, virtually};
use std::sync::{Arc, Mutex};

#[test]
fn a_promise_that_adopts_itself_says_so_to_the_panic_hook() {
    let shown = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&shown);
    std::panic::set_hook(Box::new(move |panic| {
        log.lock().unwrap().push(panic.to_string());
    }));
    for local in [true, false] {
        let raised = panic_message(|| {
            if local {
                let (promise, resolve, _reject) = LocalPromise::<(), ()>::with_resolvers();
                resolve.adopt(promise.clone());
                virtually(promise).unwrap();
            } else {
                let (promise, resolve, _reject) = Promise::<(), ()>::with_resolvers();
                resolve.adopt(promise.clone());
                virtually(promise).unwrap();
            }
        });
        let shown = std::mem::take(&mut *shown.lock().unwrap());
        assert_eq!(shown.len(), 1, "{shown:?}");
        assert!(shown[0].contains(&raised), "{shown:?}");
        assert!(raised.contains("adopts itself"), "{raised}");
    }
    drop(std::panic::take_hook());
}
