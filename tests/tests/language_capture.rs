//! `move` gives to the chain; what is made in it and settles in it borrows from the chain, as `async` blocks in an `async move` block do.

use promise_runtime::all;
use promise_runtime::prelude::*;
use promise_tests::{settle, suspended, virtually};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

#[derive(Debug, PartialEq)]
struct Refused;

/// Neither `Copy` nor `Clone`: it can only be shared by reference.
struct Client(String);

impl Client {
    async fn get(&self, path: &str) -> Result<String, Refused> {
        match path.is_empty() {
            true => Err(Refused),
            false => Ok(format!("{}{path}", self.0)),
        }
    }
}

fn client() -> Client {
    Client("h".into())
}

/// The chain outlives the variables around it.
fn kept<T, E>(
    chain: impl IntoFuture<Output = Result<T, E>> + 'static,
) -> impl IntoFuture<Output = Result<T, E>> + 'static {
    chain
}

macro_rules! shares {
    ($($name:ident: |$client:ident| [$($chain:tt)*] $expected:expr;)*) => {$(
        #[test]
        fn $name() {
            let $client = client();
            assert_eq!(virtually(kept(promise! { move $($chain)* })), $expected);
        }
    )*};
}

shares! {
    a_literal: |c| [Promise.all([c.get("/a").then(x => x.len()), c.get("/bc").then(x => x.len())])] Ok([3, 4]);
    a_literal_one_of_whose_elements_has_no_step: |c| [Promise.all([c.get("/a"), c.get("/b").then(x => x + "!")])] Ok(["h/a".into(), "h/b!".into()]);
    a_tuple: |c| [Promise.all((c.get("/a").then(x => x.len()), c.get("/bc").then(x => x)))] Ok((3, "h/bc".into()));
    a_record: |c| [Promise.all({ a: c.get("/a").then(x => x.len()), b: c.get("/bc").then(x => x.len()) }).then(({ a, b }) => a + b)] Ok(7);
    all_settled: |c| [Promise.allSettled([c.get("/a").then(x => x.len()), c.get("").then(x => x.len())])] Ok([Ok(3), Err(Refused)]);
    any: |c| [Promise.any([c.get("").tap(x => x.len()), c.get("").tap(x => x.len())]).catch(_ => c.0.clone())] Ok("h".into());
    race: |c| [Promise.race([Promise.delay(SECOND).then(() => c.get("slow")), c.get("fast").then(x => x)])] Ok("hfast".into());
    a_later_step: |c| [Promise.all([c.get("/a").then(x => x.len()), Promise.resolve(1_usize)]).then(([a, _]) => c.get("/z").then(s => s.len() + a))] Ok(6);
    an_earlier_step: |c| [c.get("/a").then(a => Promise.all([c.get(&a).then(x => x + &a), c.get("q").then(x => x + &a)]))] Ok(["hh/ah/a".into(), "hqh/a".into()]);
    statics_in_each_other: |c| [Promise.all([Promise.all([c.get("/a").then(x => x), c.get("/b")]), Promise.all([c.get("/c"), c.get("/d").then(x => x)])]).then(([[a, _], [_, d]]) => a + &d)] Ok("h/ah/d".into());
    a_static_with_steps_as_an_element: |c| [Promise.all([Promise.race([c.get("/a").then(x => x), c.get("/b")]).then(x => x + "!"), c.get("/c")])] Ok(["h/a!".into(), "h/c".into()]);
    a_static_that_is_tried_again: |c| [Promise.all([c.get("/a").then(x => x), c.get("/b").then(x => x)]).retry(3)] Ok(["h/a".into(), "h/b".into()]);
    an_element_that_is_tried_again: |c| [Promise.all([c.get("/a").retry(3), c.get("/b").retry(2)])] Ok(["h/a".into(), "h/b".into()]);
    a_static_in_a_loop: |c| [Promise.resolve(2).then(async n => {
        let mut sum = 0;
        for i in 0..n {
            let [a, b] = await Promise.all([c.get("a").then(s => s.len() + i), c.get("b").then(s => s.len() + i)]);
            sum += a + b;
        }
        sum
    })] Ok::<_, Refused>(10);
    the_handler_of_map: |c| [Promise.map(["a", "b"], p => Promise.all([c.get(p).then(x => x + p), c.get("z").then(x => x + p)])).then(v => v.len() + c.0.len())] Ok(3);
    a_finally_that_makes_promises: |c| [c.get("/a").finally(() => Promise.all([c.get("/b").then(x => x.len()), c.get("/c").then(x => x.len())]))] Ok("h/a".into());
    a_nested_chain_that_is_kept: |c| [Promise.resolve(1).then(n => { let both = Promise.all([c.get("/a").then(x => x), c.get("/b").then(x => x)]); assert_eq!(n, 1); both })] Ok(["h/a".into(), "h/b".into()]);
    an_annotated_chain: |c| [<_, Refused> Promise.race([c.get("fast").then(x => x), Promise.delay(SECOND).then(() => c.get("fallback"))])] Ok("hfast".into());
}

#[test]
fn finallys_of_elements_count_in_one_place() {
    let (count, client) = (Cell::new(0), client());
    let add = |count: &Cell<u32>| count.set(count.get() + 1);
    let chain = kept(promise! { move
        Promise.all([client.get("/a").finally(() => add(&count)), client.get("/b").finally(() => add(&count))])
            .then(() => count.get())
    });
    assert_eq!(settle(chain), Ok(2));
}

#[test]
fn an_element_changes_what_the_chain_owns() {
    let mut seen = 0;
    let mut list = Vec::new();
    let chain = kept(promise! { move
        Promise.all([Promise.resolve(1).then(n => { seen += n }), Promise.resolve(2).then(n => { list.push(n) })])
            .then(() => (seen, list))
    });
    assert_eq!(settle(chain), Ok((1, vec![2])));
    assert_eq!(seen, 0, "the chain's is a copy");
}

#[test]
fn executors_as_elements() {
    let order = Rc::new(RefCell::new(Vec::new()));
    let chain = kept(promise! { move
        Promise.all([
            new Promise((resolve, _) => { order.borrow_mut().push(1); resolve(1) }),
            new Promise((resolve, _) => { order.borrow_mut().push(2); resolve(2) }),
        ])
        .then(([a, b]) => (a + b, order.take()))
    });
    assert_eq!(settle(chain), Ok((3, vec![1, 2])));
}

#[test]
fn what_an_element_uses_by_value_moves_into_it() {
    let (first, second) = (vec![1], vec![2, 3]);
    let chain = kept(promise! { move
        Promise.all([Promise.resolve(()).then(() => first), Promise.resolve(()).then(() => second)])
    });
    assert_eq!(settle(chain), Ok([vec![1], vec![2, 3]]));
}

#[test]
fn elements_in_a_closure_own_its_parameters() {
    let chain = kept(promise! { move
        Promise.all(["a", "b"].map(|path| {
            let client = client();
            Promise.all([client.get(path).then(x => x + path), client.get("z").then(x => x + path)]).then(([a, z]) => a + &z)
        }))
    });
    assert_eq!(settle(chain), Ok(["haahza".into(), "hbbhzb".into()]));
}

#[test]
fn methods_share_their_receiver() {
    struct Service {
        sum: Cell<u32>,
    }
    impl Service {
        fn run(
            self: Rc<Self>,
        ) -> impl Future<Output = Result<u32, std::convert::Infallible>> + 'static {
            promise! { move
                Promise.all([
                    Promise.resolve(1).then(n => self.sum.set(self.sum.get() + n)),
                    Promise.resolve(2).then(n => self.sum.set(self.sum.get() + n)),
                ])
                .then(() => self.sum.get())
            }
        }
    }
    assert_eq!(settle(Rc::new(Service { sum: Cell::new(0) }).run()), Ok(3));
}

#[test]
fn chains_that_share_can_be_sent() {
    fn sent<T>(
        chain: impl IntoFuture<IntoFuture: Send, Output = T> + Send + 'static,
    ) -> impl IntoFuture<Output = T> {
        chain
    }
    let client = client();
    let chain = sent(promise! { move
        client.get("/x").then(x => Promise.all([client.get(&x).then(y => y.len()), client.get("q").then(y => x.len() + y.len())]))
    });
    assert_eq!(settle(chain), Ok([4, 5]));
}

/// Counts how many there are.
struct Held<'a>(&'a Cell<u32>);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Held<'_> {
    fn new(count: &Cell<u32>) -> Held<'_> {
        count.set(count.get() + 1);
        Held(count)
    }

    async fn wait(&self) -> u32 {
        std::future::pending().await
    }
}

#[test]
fn what_a_loser_uses_by_value_goes_with_it_and_what_it_borrows_with_the_chain() {
    let (given, lent) = (Cell::new(0), Cell::new(0));
    {
        let (own, shared) = (Held::new(&given), Held::new(&lent));
        let counts = (&given, &lent);
        let chain = promise! { move
            Promise.race([
                Promise.delay(SECOND).then(() => { let own = own; own.0.get() }),
                shared.wait().then(n => n),
                Promise.resolve(7).then(n => n),
            ])
            .then(n => (n, counts.0.get(), counts.1.get()))
        };
        assert_eq!((given.get(), lent.get()), (1, 1));
        assert_eq!(virtually(chain), Ok((7, 0, 1)));
    }
    assert_eq!((given.get(), lent.get()), (0, 0));
}

#[test]
fn a_dropped_chain_drops_its_elements_before_what_they_borrow() {
    let held = Cell::new(0);
    let count = &held;
    for polls in 0..2 {
        let shared = Held::new(count);
        let chain = promise! { move
            Promise.all([
                shared.wait().finally(|| assert_eq!(count.get(), 1)).then(n => n),
                shared.wait().then(n => n),
            ])
        };
        let chain = suspended(chain, polls);
        assert_eq!(held.get(), 1);
        drop(chain);
        assert_eq!(held.get(), 0);
    }
}

#[test]
fn a_chain_that_shares_is_no_larger_than_async_blocks_that_share() {
    let (first, second) = (client(), client());
    let chain = promise! { move <_, Refused>
        Promise.all([first.get("/a").then(x => x.len()), first.get("/bc").then(x => x.len())])
    };
    let by_hand = async move {
        all((
            async { Ok::<_, Refused>(second.get("/a").await?.len()) },
            async { Ok::<_, Refused>(second.get("/bc").await?.len()) },
        ))
        .await
        .map(|(a, b)| [a, b])
    };
    assert!(size_of_val(&chain) <= size_of_val(&by_hand));
    assert_eq!(settle(chain), settle(by_hand));
}

#[test]
fn the_arrow_of_map_borrows_and_a_closure_owns() {
    let (client, paths) = (client(), vec!["a", "b"]);
    let shared = &client;
    let mapped = promise! { Promise.map(&paths, path => client.get(path).then(x => x + path)) };
    let closure =
        promise! { Promise.all(paths.iter().map(|path| shared.get(path).then(x => x + path))) };
    let expected = vec!["haa".to_owned(), "hbb".to_owned()];
    assert_eq!(settle(mapped), Ok(expected.clone()));
    assert_eq!(settle(closure), Ok(expected));
    let owned = promise! { move
        Promise.map(&paths, path => client.get(path).then(x => x + path)).then(all => all.len() + client.0.len())
    };
    assert_eq!(settle(kept(owned)), Ok(3));
}

#[test]
fn a_macro_as_an_element_owns_what_it_uses() {
    fn sent<F: IntoFuture<IntoFuture: Send> + Send + 'static>(chain: F) -> F {
        chain
    }
    let cell = Cell::new(1);
    let chain = sent(promise! { move
        Promise.all([promise! { move Promise.resolve(2).then(n => cell.replace(n)) }, Promise.resolve(3)])
    });
    assert_eq!(settle(chain), Ok([1, 3]));
}
