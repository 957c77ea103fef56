//! The example against a `fetch` that answers as it is told to.

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

use js_sys::Function;
use promise_example_browser::summary;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use wasm_bindgen_test::wasm_bindgen_test;

/// Replaces `fetch` by this function of JavaScript, and gives what the example makes of it.
async fn with_fetch(body: &str) -> Result<JsValue, JsValue> {
    let install = format!(
        "globalThis.requests = []; globalThis.fetch = url => {{ requests.push(url); {body} }};"
    );
    Function::new_no_args(&install).call0(&JsValue::NULL)?;
    JsFuture::from(summary("https://example.org".to_owned(), 7)).await
}

fn requests() -> Vec<String> {
    let requests = Function::new_no_args("return requests")
        .call0(&JsValue::NULL)
        .unwrap();
    js_sys::Array::from(&requests)
        .iter()
        .map(|url| url.as_string().unwrap())
        .collect()
}

const ANSWER: &str =
    "return Promise.resolve(Response.json(url.includes('users') ? { name: 'Ada' } : [1, 2, 3]));";

#[wasm_bindgen_test]
async fn tells_of_the_user() {
    assert_eq!(
        with_fetch(ANSWER).await,
        Ok("Ada has written 3 posts".into())
    );
    assert_eq!(
        requests(),
        [
            "https://example.org/users/7",
            "https://example.org/posts?user=7"
        ]
    );
}

#[wasm_bindgen_test]
async fn tries_again_once() {
    let second = format!("if (requests.length === 1) return Promise.reject('offline'); {ANSWER}");
    assert_eq!(
        with_fetch(&second).await,
        Ok("Ada has written 3 posts".into())
    );
    assert_eq!(
        with_fetch("return Promise.reject('offline')").await,
        Err("offline".into())
    );
}

#[wasm_bindgen_test]
async fn does_not_wait_for_ever() {
    // The clock of the test: whoever waits for 2 seconds has waited.
    let hurry = "const set = setTimeout; globalThis.setTimeout = (f, ms, ...rest) => set(f, ms === 2000 ? 0 : ms, ...rest);";
    Function::new_no_args(hurry).call0(&JsValue::NULL).unwrap();
    let never = with_fetch("return new Promise(() => {});").await;
    assert_eq!(never, Err("no answer within 2 seconds".into()));
}
