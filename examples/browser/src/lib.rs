//! A function for JavaScript: loads a user and his posts at once, and gives a line of text about them.
//!
//! ```js
//! function summary(base, user) {
//!   const load = () => Promise.all([json(`${base}/users/${user}`), json(`${base}/posts?user=${user}`)]);
//!   const late = new Promise((_, reject) => setTimeout(reject, 2000, 'no answer within 2 seconds'));
//!   return Promise.race([load().catch(load), late])   // once more if it fails; `late` keeps its timer
//!     .then(([user, posts]) => `${user.name} has written ${posts.length} posts`)
//!     .finally(() => console.log('done'));
//! }
//! const json = url => fetch(url).then(response => response.json());
//! ```

#![cfg(all(target_arch = "wasm32", target_os = "unknown"))]

use js_sys::{Array, Promise as JsPromise, Reflect};
use promise_runtime::prelude::*;
use std::time::Duration;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen]
extern "C" {
    fn fetch(url: &str) -> JsPromise;

    type Response;
    #[wasm_bindgen(method)]
    fn json(this: &Response) -> JsPromise;

    #[wasm_bindgen(js_namespace = console)]
    fn log(text: &str);
}

async fn load(url: String) -> Result<JsValue, JsValue> {
    promise! { move
        LocalPromise::from(fetch(&url))
            .then(|response| LocalPromise::from(Response::from(response).json()))
    }
    .await
}

/// A promise of JavaScript for the line about this user.
#[wasm_bindgen]
pub fn summary(base: String, user: u32) -> JsPromise {
    promise! { move <String, JsValue>
        Promise.all({ user: load(format!("{base}/users/{user}")), posts: load(format!("{base}/posts?user={user}")) })
            .retry(2)
            .timeout(Duration::from_secs(2), JsValue::from("no answer within 2 seconds"))
            .then(({ user, posts }) => {
                let name = Reflect::get(&user, &"name".into())?.as_string().unwrap_or_default();
                format!("{name} has written {} posts", Array::from(&posts).length())
            })
            .finally(|| log("done"))
    }
    .spawn_local()
    .into()
}
