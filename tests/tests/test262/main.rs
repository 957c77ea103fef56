//! The tests of test262 about `Promise` that say something about semantics, as Rust tests: settling, order, adoption, combinators.
//!
//! The comment above each test is the path of the file whose statement it makes (in github.com/tc39/test262, commit
//! `be13516fb644`). The code is our own. Where a file takes a thenable or a constructor of its own to get at a rule, the
//! test takes a promise and its resolvers. `not_ported.txt` lists all other files of `test/built-ins/Promise`, with the reason
//! why each cannot apply, and `paths` checks that no file is in both, twice, or in neither.

mod kit;

mod all;
mod all_settled;
mod any;
mod async_await;
mod catch_finally;
mod constructor;
mod keyed;
mod paths;
mod race;
mod statics;
mod then;
mod then_products;
