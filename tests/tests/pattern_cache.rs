//! `Cache`: one flight per key, how long values live, and who loads when a caller is dropped.

#[path = "pattern_pool_kit/mod.rs"]
mod kit;

use kit::Caller;
use promise_runtime::event_loop::{self, delay};
use promise_runtime::pattern::cache::Get;
use promise_runtime::prelude::*;
use promise_runtime::{Cache, with_resolvers};
use promise_tests::{
    Diary, fulfil, ms, panic_message, poll_once, reject, settle, timed, virtually,
};
use std::cell::{Cell, RefCell};
use std::future::{Ready, pending, ready};
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

const TTL: Duration = ms(1_000);
/// For what goes by the system's clock: no test takes as long.
const LONG: Duration = Duration::from_secs(3_600);

type Texts = Cache<u32, String, String>;

/// A server that counts its requests.
#[derive(Clone, Default)]
struct Server {
    requests: Rc<Cell<u32>>,
    down: Rc<Cell<bool>>,
}

impl Server {
    async fn fetch(&self, id: u32) -> Result<String, String> {
        self.requests.set(self.requests.get() + 1);
        let number = self.requests.get();
        delay(ms(20)).await;
        if self.down.get() {
            Err(format!("request {number} failed"))
        } else {
            Ok(format!("user {id} of request {number}"))
        }
    }
}

#[test]
fn callers_at_once_share_one_flight() {
    let (cache, server) = (Texts::new(TTL), Server::default());
    let gets = (0..5).map(|_| cache.get(1, || server.fetch(1)));
    let (users, time) = timed(all(gets));
    assert_eq!(users, Ok(vec!["user 1 of request 1".to_owned(); 5]));
    assert_eq!((server.requests.get(), time), (1, ms(20)));
}

#[test]
fn keys_are_loaded_each_on_its_own() {
    let (cache, server) = (Texts::new(TTL), Server::default());
    // All on one clock: outside of the loop the entries would go by the system's.
    let ((users, kept), time) = timed(async {
        let users = all((1..=3).map(|id| cache.get(id, || server.fetch(1)))).await;
        (users, cache.len())
    });
    assert!(users.is_ok());
    assert_eq!((server.requests.get(), kept, time), (3, 3, ms(20)));
}

#[test]
fn a_value_that_lives_is_there_in_one_poll_and_without_a_call() {
    virtually(async {
        let (cache, server) = (Texts::new(TTL), Server::default());
        let first = cache.get(1, || server.fetch(1)).await;
        let second = pin!(cache.get(1, || -> Ready<Result<String, String>> { panic!("called") }));
        assert_eq!(poll_once(second), std::task::Poll::Ready(first));
    });
}

#[test]
fn the_time_to_live_counts_from_when_the_value_came() {
    virtually(async {
        let (cache, server) = (Texts::new(TTL), Server::default());
        cache.get(1, || server.fetch(1)).await.unwrap();
        assert_eq!(event_loop::now(), ms(20));
        delay(TTL - ms(1)).await;
        assert!(cache.has(&1));
        cache.get(1, || server.fetch(1)).await.unwrap();
        assert_eq!(server.requests.get(), 1);
        // That it was used has not prolonged its life.
        delay(ms(1)).await;
        assert!(!cache.has(&1) && cache.peek(&1).is_none() && cache.is_empty());
        cache.get(1, || server.fetch(1)).await.unwrap();
        assert_eq!(server.requests.get(), 2);
    });
}

#[test]
fn for_ever_and_not_at_all() {
    virtually(async {
        let (cache, server) = (Texts::new(Duration::MAX), Server::default());
        cache.get(1, || server.fetch(1)).await.unwrap();
        delay(Duration::from_secs(1_000_000_000)).await;
        assert!(cache.has(&1));
        for cache in [Texts::new(Duration::ZERO), Texts::new(TTL).capacity(0)] {
            server.requests.set(0);
            let both = all((
                cache.get(1, || server.fetch(1)),
                cache.get(1, || server.fetch(1)),
            ));
            assert!(both.await.is_ok());
            assert_eq!((server.requests.get(), cache.len()), (1, 0));
        }
    });
}

#[test]
fn with_no_time_to_live_nothing_is_kept() {
    virtually(async {
        let cache = Cache::<u32, Rc<str>, Rc<str>>::new(Duration::ZERO);
        let (value, reason): (Rc<str>, Rc<str>) = ("a page".into(), "no answer".into());
        for key in 0..100 {
            let fulfils = cache.get(key, || fulfil(value.clone()));
            assert_eq!(fulfils.await.as_deref(), Ok("a page"));
            let rejects = cache.get(key, || reject(reason.clone()));
            assert_eq!(rejects.await, Err(reason.clone()));
        }
        assert_eq!(
            (Rc::strong_count(&value), Rc::strong_count(&reason)),
            (1, 1)
        );
    });
}

/// sindresorhus/p-memoize#11, sindresorhus/memoize#8, medikoo/memoizee#84 and #117: a rejection is remembered, and everybody gets it from then on.
#[test]
fn a_rejection_goes_to_all_who_wait_and_is_not_kept() {
    virtually(async {
        let (cache, server) = (Texts::new(TTL), Server::default());
        server.down.set(true);
        let Ok(outcomes) = all_settled((0..3).map(|_| cache.get(1, || server.fetch(1)))).await;
        assert_eq!(outcomes, vec![Err("request 1 failed".to_owned()); 3]);
        assert!(!cache.has(&1));
        server.down.set(false);
        assert_eq!(
            cache.get(1, || server.fetch(1)).await,
            Ok("user 1 of request 2".to_owned())
        );
    });
}

/// sindresorhus/p-memoize, pull request 47: flights that rejected stay in the map.
#[test]
fn nothing_is_left_of_flights_that_are_over() {
    let cache: Cache<Rc<u32>, u32, String> = Cache::new(LONG);
    let key = Rc::new(1);
    let mut fails = Caller::new(cache.get(key.clone(), || reject("down".to_owned()).after(1)));
    assert!(fails.poll().is_none());
    assert!(Rc::strong_count(&key) > 1);
    assert!(fails.poll().is_some());
    assert_eq!(Rc::strong_count(&key), 1);
    let mut dropped = Caller::new(cache.get(key.clone(), pending::<Result<u32, String>>));
    assert!(dropped.poll().is_none());
    dropped.drop_future();
    assert_eq!(Rc::strong_count(&key), 1);
}

#[test]
fn a_leader_that_is_dropped_hands_the_flight_to_who_has_waited_longest() {
    virtually(async {
        let (cache, diary) = (Texts::new(TTL), Diary::new());
        let load = |name: &'static str| {
            let diary = diary.clone();
            move || {
                fulfil::<_, String>(name.to_owned())
                    .after(2)
                    .watched(&diary, name)
            }
        };
        let mut first = Caller::new(cache.get(1, load("first")));
        let mut second = Caller::new(cache.get(1, load("second")));
        let mut third = Caller::new(cache.get(1, load("third")));
        for caller in [&mut first, &mut second, &mut third] {
            assert!(caller.poll().is_none());
        }
        assert_eq!(diary.take(), ["poll first"]);
        first.drop_future();
        assert_eq!(diary.take(), ["drop first"]);
        assert!(second.is_woken() && !third.is_woken());
        assert!(second.poll().is_none() && second.poll().is_none());
        assert_eq!(second.poll(), Some(Ok("second".to_owned())));
        assert!(third.is_woken());
        assert_eq!(third.poll(), Some(Ok("second".to_owned())));
        assert_eq!(
            diary.take(),
            ["poll second", "poll second", "poll second", "drop second"]
        );
        assert_eq!(cache.peek(&1), Some("second".to_owned()));
    });
}

#[test]
fn an_heir_that_is_dropped_before_it_has_noticed_hands_the_flight_on() {
    let cache = Texts::new(LONG);
    let mut callers: Vec<_> = (0..3)
        .map(|n| Caller::new(cache.get(1, move || fulfil(format!("{n}")).after(1))))
        .collect();
    for caller in &mut callers {
        assert!(caller.poll().is_none());
    }
    callers[0].drop_future();
    callers[1].drop_future();
    assert!(callers[2].is_woken());
    assert!(callers[2].poll().is_none());
    assert_eq!(callers[2].poll(), Some(Ok("2".to_owned())));
    assert_eq!(callers[1].kept_wakers(), 0);
}

#[test]
fn a_leader_that_everybody_leaves_is_as_if_nobody_had_asked() {
    for polls in 1..4 {
        let cache = Texts::new(LONG);
        let mut first = Caller::new(cache.get(1, || fulfil("first".to_owned()).after(5)));
        let mut second = Caller::new(cache.get(1, || fulfil("second".to_owned()).after(5)));
        for _ in 0..polls {
            assert!(first.poll().is_none() && second.poll().is_none());
        }
        second.drop_future();
        first.drop_future();
        assert_eq!(
            settle(cache.get(1, || fulfil("third".to_owned()))),
            Ok("third".to_owned())
        );
    }
}

#[test]
fn a_panic_of_the_leader_is_a_drop_for_the_others() {
    let cache = Texts::new(LONG);
    let mut first = Caller::new(cache.get(1, async || {
        promise_tests::plain(()).after(1).await;
        panic!("a bug")
    }));
    let mut second = Caller::new(cache.get(1, || fulfil("second".to_owned())));
    assert!(first.poll().is_none() && second.poll().is_none());
    assert_eq!(panic_message(|| assert!(first.poll().is_none())), "a bug");
    first.drop_future();
    assert!(second.is_woken());
    assert_eq!(second.poll(), Some(Ok("second".to_owned())));
}

#[test]
fn waiting_callers_are_woken_once_each_and_under_no_lock() {
    let cache = Texts::new(LONG);
    let (deferred, resolve, _reject) = with_resolvers();
    let mut leader = Caller::new(cache.get(1, || deferred));
    let mut waiting: Vec<_> = (0..3)
        .map(|_| Caller::new(cache.get(1, || fulfil(String::new()))))
        .collect();
    assert!(leader.poll().is_none());
    for caller in &mut waiting {
        assert!(caller.poll().is_none() && caller.poll().is_none());
        assert_eq!(caller.kept_wakers(), 1);
    }
    resolve("value".to_owned());
    assert!(leader.poll().is_some());
    for caller in &mut waiting {
        assert_eq!((caller.wakes(), caller.kept_wakers()), (1, 0));
        assert_eq!(caller.poll(), Some(Ok("value".to_owned())));
    }
}

#[test]
fn a_capacity_pushes_out_what_was_used_longest_ago() {
    let cache = Cache::new(LONG).capacity(2);
    let get = |key: &'static str| settle(cache.get(key, async || Ok::<_, String>(key.len())));
    get("a").unwrap();
    get("b").unwrap();
    get("a").unwrap();
    assert_eq!(cache.peek("b"), Some(1)); // A look is no use.
    get("c").unwrap();
    assert_eq!(
        ["a", "b", "c"].map(|key| cache.has(key)),
        [true, false, true]
    );
    let cache = cache.capacity(1);
    assert_eq!((cache.len(), cache.has("c")), (1, true));
}

#[test]
fn flights_are_not_pushed_out() {
    let cache = Cache::new(LONG).capacity(1);
    let loads = Cell::new(0);
    let load = || {
        loads.set(loads.get() + 1);
        fulfil::<_, String>(()).after(1)
    };
    let gets = all((0..10).map(|n| cache.get(n % 5, load)));
    assert!(settle(gets).is_ok());
    assert_eq!((loads.get(), cache.len()), (5, 1));
}

#[test]
fn values_that_have_expired_do_not_pile_up() {
    virtually(async {
        let alive = Rc::new(());
        let cache = Cache::new(ms(10));
        for key in 0..10_000_u32 {
            let value = alive.clone();
            cache
                .get(key, async || Ok::<_, String>(value))
                .await
                .unwrap();
            delay(ms(1)).await;
            assert!(Rc::strong_count(&alive) < 80, "after {key}");
        }
        assert_eq!(cache.len(), 9);
    });
}

#[test]
fn delete_clear_peek_and_has() {
    virtually(async {
        let cache: Cache<String, u32, String> = Cache::new(TTL);
        for key in ["a", "b"] {
            cache.get(key.to_owned(), async || Ok(1)).await.unwrap();
        }
        assert_eq!((cache.peek("a"), cache.peek("z")), (Some(1), None));
        assert_eq!((cache.delete("a"), cache.delete("a")), (true, false));
        assert_eq!(
            (cache.has("a"), cache.has("b"), cache.len()),
            (false, true, 1)
        );
        cache.clear();
        assert_eq!((cache.has("b"), cache.len()), (false, 0));
        cache.get("a".to_owned(), async || Ok(2)).await.unwrap();
        assert_eq!(cache.peek("a"), Some(2));
    });
}

#[test]
fn what_is_being_loaded_is_not_there_yet() {
    let cache = Texts::new(LONG);
    let mut get = Caller::new(cache.get(1, || fulfil("value".to_owned()).after(1)));
    assert!(get.poll().is_none());
    assert!(!cache.has(&1) && cache.peek(&1).is_none() && cache.is_empty());
    assert!(get.poll().is_some());
    assert!(cache.has(&1));
}

/// The notes' version puts the value of a deleted key back when its promise fulfils, which is out of date by then.
#[test]
fn a_deleted_flight_reaches_its_callers_and_is_not_kept() {
    for clear in [false, true] {
        let cache = Texts::new(LONG);
        let mut old = Caller::new(cache.get(1, || fulfil("old".to_owned()).after(3)));
        let mut with_old = Caller::new(cache.get(1, || fulfil("never".to_owned())));
        assert!(old.poll().is_none() && with_old.poll().is_none());
        if clear {
            cache.clear();
        } else {
            assert!(cache.delete(&1));
        }
        let mut new = Caller::new(cache.get(1, || fulfil("new".to_owned()).after(3)));
        assert!(new.poll().is_none());
        assert!(old.poll().is_none() && old.poll().is_none());
        assert_eq!(old.poll(), Some(Ok("old".to_owned())));
        assert_eq!(with_old.poll(), Some(Ok("old".to_owned())));
        assert!(!cache.has(&1));
        assert!(new.poll().is_none() && new.poll().is_none());
        assert_eq!(new.poll(), Some(Ok("new".to_owned())));
        assert_eq!(cache.peek(&1), Some("new".to_owned()));
    }
}

#[test]
fn a_leader_of_a_deleted_flight_that_is_dropped_does_not_touch_the_new_one() {
    let cache = Texts::new(LONG);
    let mut old = Caller::new(cache.get(1, || fulfil("old".to_owned()).after(3)));
    assert!(old.poll().is_none());
    cache.delete(&1);
    let mut new = Caller::new(cache.get(1, || fulfil("new".to_owned()).after(1)));
    assert!(new.poll().is_none());
    old.drop_future();
    let mut third = Caller::new(cache.get(1, || fulfil("third".to_owned())));
    assert!(third.poll().is_none());
    assert!(new.poll().is_some());
    assert_eq!(third.poll(), Some(Ok("new".to_owned())));
}

#[test]
fn refresh_loads_anew_while_others_get_the_former_value() {
    virtually(async {
        let (cache, server) = (Texts::new(TTL), Server::default());
        let former = cache.get(1, || server.fetch(1)).await.unwrap();
        let mut refresh = Caller::new(cache.refresh(1, || server.fetch(1)));
        assert!(refresh.poll().is_none());
        assert_eq!(cache.get(1, || server.fetch(1)).await, Ok(former));
        // Two refreshes at once are one flight.
        let mut second = Caller::new(cache.refresh(1, || server.fetch(1)));
        assert!(second.poll().is_none());
        delay(ms(20)).await;
        let fresh = "user 1 of request 2".to_owned();
        assert_eq!(refresh.poll(), Some(Ok(fresh.clone())));
        assert_eq!(second.poll(), Some(Ok(fresh.clone())));
        assert_eq!((cache.peek(&1), server.requests.get()), (Some(fresh), 2));
        // Its time to live has begun anew.
        delay(TTL - ms(1)).await;
        assert!(cache.has(&1));
    });
}

#[test]
fn a_refresh_that_rejects_leaves_the_former_value() {
    virtually(async {
        let (cache, server) = (Texts::new(TTL), Server::default());
        let former = cache.get(1, || server.fetch(1)).await.unwrap();
        server.down.set(true);
        let outcome = cache.refresh(1, || server.fetch(1)).await;
        assert_eq!(outcome, Err("request 2 failed".to_owned()));
        assert_eq!(cache.peek(&1), Some(former));
    });
}

#[test]
fn who_comes_when_the_value_expires_joins_the_refresh() {
    virtually(async {
        let (cache, server) = (Texts::new(TTL), Server::default());
        cache.get(1, || server.fetch(1)).await.unwrap();
        delay(TTL - ms(10)).await;
        let late = async {
            delay(ms(10)).await;
            cache.get(1, || server.fetch(1)).await
        };
        let both = all((cache.refresh(1, || server.fetch(1)), late))
            .await
            .unwrap();
        assert_eq!((both.0 == both.1, server.requests.get()), (true, 2));
    });
}

/// A value that counts its clones.
#[derive(Debug)]
struct Counted(Rc<Cell<u32>>);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.set(self.0.get() + 1);
        Self(self.0.clone())
    }
}

#[test]
fn a_value_is_cloned_once_for_each_caller_and_not_at_all_if_it_is_not_kept() {
    let clones = Rc::new(Cell::new(0));
    let make = || fulfil::<_, String>(Counted(clones.clone()));
    let cache = Cache::new(LONG);
    settle(cache.get(1, make)).unwrap();
    assert_eq!(clones.get(), 1);
    settle(cache.get(1, make)).unwrap();
    assert_eq!(clones.get(), 2);
    clones.set(0);
    settle(Cache::new(LONG).capacity(0).get(1, make)).unwrap();
    assert_eq!(clones.get(), 0);
}

/// A value that looks into its cache when it is cloned and when it is dropped.
struct Nosy(Rc<RefCell<Option<Cache<u32, Nosy, String>>>>);

impl Nosy {
    fn look(&self) {
        if let Some(cache) = &*self.0.borrow() {
            assert!(cache.len() < 3);
        }
    }
}

impl Clone for Nosy {
    fn clone(&self) -> Self {
        self.look();
        Self(self.0.clone())
    }
}

impl Drop for Nosy {
    fn drop(&mut self) {
        self.look();
    }
}

#[test]
fn values_are_cloned_and_dropped_under_no_lock() {
    virtually(async {
        let handle = Rc::new(RefCell::new(None));
        let cache = Cache::new(TTL).capacity(2);
        handle.replace(Some(cache.clone()));
        let get = |key| cache.get(key, || ready(Ok(Nosy(handle.clone()))));
        for key in 0..4 {
            get(key).await.ok();
            get(key).await.ok();
        }
        assert!(cache.peek(&3).is_some());
        cache.delete(&3);
        delay(TTL).await;
        get(2).await.ok();
        cache.clear();
        handle.replace(None);
    });
}

/// The JavaScript notes: `fetchUserData` asks the API once within thirty seconds.
#[test]
fn the_cache_of_the_notes() {
    let log = Diary::new();
    virtually(async {
        let cache = Cache::new(ms(30_000));
        let fetch_user_data = |user_id: u32| {
            let log = &log;
            cache.get(format!("user:{user_id}"), move || {
                log.write(format!("Fetching user {user_id} from API"));
                promise! { move Promise.delay(ms(20), format!("Ada {user_id}")).then(name => Ok::<_, String>(name)) }
            })
        };
        let first =
            promise! { fetch_user_data(1).tap(user => log.write(format!("User 1: {user}"))) };
        assert!(first.await.is_ok());
        delay(ms(5_000)).await;
        let second = promise! { fetch_user_data(1).tap(user => log.write(format!("User 1 (cached): {user}"))) };
        assert!(second.await.is_ok());
        assert!(cache.has("user:1") && cache.delete("user:1") && !cache.has("user:1"));
        assert!(fetch_user_data(1).await.is_ok());
    });
    assert_eq!(
        log.take(),
        [
            "Fetching user 1 from API",
            "User 1: Ada 1",
            "User 1 (cached): Ada 1",
            "Fetching user 1 from API"
        ]
    );
}

#[test]
fn a_load_that_awaits_its_own_key_panics() {
    let cache = Texts::new(TTL);
    let inner = cache.clone();
    let own_key = move || async move {
        delay(ms(1)).await;
        inner.get(1, || fulfil("inner".to_owned())).await
    };
    let message = panic_message(|| {
        virtually(cache.get(1, own_key.clone())).ok();
    });
    assert!(message.contains("deadlock"), "{message}");
    // The key is as if nobody had asked, and another key is no deadlock.
    assert_eq!(
        virtually(cache.get(2, own_key)),
        Ok("inner".to_owned()),
        "the load of 2 awaits 1"
    );
}

#[test]
fn a_load_that_awaits_its_own_key_through_another_one_panics() {
    let cache = Texts::new(TTL);
    let (outer, inner) = (cache.clone(), cache.clone());
    let circle = cache.get(1, || async move {
        let two = || async move { inner.get(1, || fulfil(String::new())).await };
        outer.get(2, two).await
    });
    let message = panic_message(|| drop(settle(circle)));
    assert!(message.contains("deadlock"), "{message}");
    assert_eq!(cache.len(), 0);
}

#[test]
fn a_task_started_by_a_load_may_wait_for_its_key() {
    let cache = Rc::new(Texts::new(TTL));
    let (mut waiting, inner) = (None, cache.clone());
    let mut load = Caller::new(cache.get(1, || {
        let mut caller =
            Caller::new(async move { inner.get(1, || fulfil("not called".to_owned())).await });
        assert!(caller.poll().is_none());
        waiting = Some(caller);
        fulfil("loaded".to_owned())
    }));
    assert_eq!(load.poll(), Some(Ok("loaded".to_owned())));
    drop(load);
    let outcome = waiting.and_then(|mut caller| caller.poll());
    assert_eq!(outcome, Some(Ok("loaded".to_owned())));
}

#[test]
fn a_get_polled_after_its_end_panics() {
    let cache = Texts::new(LONG);
    let mut get = pin!(cache.get(1, || fulfil(String::new())));
    assert!(poll_once(get.as_mut()).is_ready());
    assert!(
        panic_message(|| assert!(poll_once(get.as_mut()).is_pending()))
            .contains("after it had come")
    );
}

#[test]
fn it_goes_by_the_clock_of_tokio_when_that_is_paused() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let cache = Texts::new(TTL);
        cache.get(1, || fulfil(String::new())).await.unwrap();
        tokio::time::advance(TTL - ms(1)).await;
        assert!(cache.has(&1));
        tokio::time::advance(ms(1)).await;
        assert!(!cache.has(&1));
    });
}

#[test]
fn event_loops_on_the_systems_clock_share_a_cache() {
    let cache = Texts::new(Duration::from_secs(3_600));
    let get = |value: &'static str| event_loop::run(cache.get(1, || fulfil(value.to_owned())));
    let values = std::thread::scope(|scope| {
        let first = scope.spawn(|| get("first")).join().unwrap();
        let second = scope.spawn(|| get("second")).join().unwrap();
        [first, second]
    });
    assert_eq!(values, [Ok("first".to_owned()), Ok("first".to_owned())]);
    assert!(cache.has(&1));
}

#[test]
fn caches_and_gets_go_to_other_threads() {
    fn assert_send<T: Send>(_: &T) {}
    fn assert_sync<T: Sync>(_: &T) {}
    let cache = Texts::new(LONG);
    assert_send(&cache);
    assert_sync(&cache);
    let get: Get<u32, String, String, _, _> = cache.get(1, || fulfil(String::new()));
    assert_send(&get);
    // A reason is never looked at by two threads.
    let cache: Cache<u32, String, Cell<u32>> = Cache::new(LONG);
    assert_send(&cache);
    assert_sync(&cache);
}

#[test]
fn threads_share_flights() {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(4)
        .enable_time()
        .build()
        .unwrap();
    let flights = [const { AtomicU32::new(0) }; 8];
    let flights: std::sync::Arc<[AtomicU32; 8]> = std::sync::Arc::new(flights);
    runtime.block_on(async {
        let cache: Cache<usize, usize, String> = Cache::new(Duration::from_secs(3_600));
        let tasks: Vec<_> = (0..800)
            .map(|n| {
                let flights = flights.clone();
                let key = n % 8;
                let task = tokio::spawn(cache.get(key, async move || {
                    for _ in 0..3 {
                        tokio::task::yield_now().await;
                    }
                    flights[key].fetch_add(1, Relaxed);
                    Ok(key)
                }));
                if n % 5 == 0 {
                    task.abort();
                }
                (key, task)
            })
            .collect();
        for (key, task) in tasks {
            if let Ok(outcome) = task.await {
                assert_eq!(outcome, Ok(key));
            }
        }
    });
    // Each load that ended was the only one of its key.
    for flight in flights.iter() {
        assert_eq!(flight.load(Relaxed), 1);
    }
}
