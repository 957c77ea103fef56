//! Combinators of combinators, whose leaves settle and wake one by one, against a model that simply polls everything.

use promise_runtime::{all, all_settled, any, race};
use proptest::prelude::*;
use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
};

#[derive(Clone, Debug)]
enum Tree {
    Leaf,
    Node(Kind, Form, Vec<Tree>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    All,
    AllSettled,
    Any,
    Race,
}

/// Three children can be of any form, other numbers only come as a `Vec`.
#[derive(Clone, Copy, Debug)]
enum Form {
    Vec,
    Array,
    Tuple,
}

type Outcome = Result<String, String>;

/// What the leaves and their owners do, and whether each leaf may settle.
#[derive(Default)]
struct World {
    lines: RefCell<Vec<String>>,
    leaves: RefCell<Vec<LeafState>>,
}

#[derive(Default)]
struct LeafState {
    settled: Option<bool>,
    waker: Arc<Mutex<Option<Waker>>>,
}

impl World {
    fn write(&self, verb: &str, leaf: usize) {
        self.lines.borrow_mut().push(format!("{verb} {leaf}"));
    }
}

fn outcome(leaf: usize, fulfil: bool) -> Outcome {
    match fulfil {
        true => Ok(format!("{leaf}")),
        false => Err(format!("{leaf}")),
    }
}

fn list(values: &[String]) -> String {
    format!("[{}]", values.join(" "))
}

fn show(outcome: &Outcome) -> String {
    match outcome {
        Ok(value) => format!("+{value}"),
        Err(reason) => format!("-{reason}"),
    }
}

// The real thing.

struct Leaf {
    world: Rc<World>,
    i: usize,
}

impl Future for Leaf {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Outcome> {
        self.world.write("poll", self.i);
        let state = &self.world.leaves.borrow()[self.i];
        if let Some(fulfil) = state.settled {
            return Poll::Ready(outcome(self.i, fulfil));
        }
        *state.waker.lock().unwrap() = Some(cx.waker().clone());
        Poll::Pending
    }
}

impl Drop for Leaf {
    fn drop(&mut self) {
        self.world.write("drop", self.i);
    }
}

type Child = Pin<Box<dyn Future<Output = Outcome>>>;

macro_rules! combine {
    ($kind:expr, $children:expr, |$v:ident| $values:expr) => {
        match $kind {
            Kind::All => {
                Box::pin(async { all($children).await.map(|$v| list(&Vec::from($values))) })
                    as Child
            }
            Kind::AllSettled => Box::pin(async {
                let Ok($v) = all_settled($children).await;
                Ok(list(
                    &Vec::from($values).iter().map(show).collect::<Vec<_>>(),
                ))
            }),
            Kind::Any => Box::pin(async { any($children).await.map_err(|e| list(e.errors())) }),
            Kind::Race => Box::pin(race($children)),
        }
    };
}

fn real(tree: &Tree, world: &Rc<World>) -> Child {
    match tree {
        Tree::Leaf => {
            let mut leaves = world.leaves.borrow_mut();
            leaves.push(LeafState::default());
            Box::pin(Leaf {
                world: world.clone(),
                i: leaves.len() - 1,
            })
        }
        Tree::Node(kind, form, children) => {
            let mut children: Vec<Child> =
                children.iter().map(|child| real(child, world)).collect();
            match (form, children.len()) {
                (Form::Array, 3) => {
                    let children: [Child; 3] =
                        children.try_into().unwrap_or_else(|_| panic!("three"));
                    combine!(kind, children, |v| v)
                }
                (Form::Tuple, 3) => {
                    let (c, b, a) = (
                        children.pop().unwrap(),
                        children.pop().unwrap(),
                        children.pop().unwrap(),
                    );
                    combine!(kind, (a, b, c), |v| <[_; 3]>::from(v))
                }
                _ => combine!(kind, children, |v| v),
            }
        }
    }
}

// The model.

enum Model {
    Leaf(usize),
    /// Whether its losers are dropped before it reports: a `race` of fixed form leaves that to its owner.
    Node(Kind, bool, Vec<Slot>),
}

struct Slot {
    child: Option<Model>,
    outcome: Option<Outcome>,
}

fn model(tree: &Tree, leaves: &Cell<usize>) -> Model {
    match tree {
        Tree::Leaf => Model::Leaf(leaves.replace(leaves.get() + 1)),
        Tree::Node(kind, form, children) => {
            let fixed = children.len() == 3 && !matches!(form, Form::Vec);
            let slot = |child| Slot {
                child: Some(model(child, leaves)),
                outcome: None,
            };
            Model::Node(
                *kind,
                *kind != Kind::Race || !fixed,
                children.iter().map(slot).collect(),
            )
        }
    }
}

impl Model {
    fn poll(&mut self, world: &World) -> Option<Outcome> {
        let (kind, drops, slots) = match self {
            Model::Leaf(i) => {
                world.write("poll", *i);
                return world.leaves.borrow()[*i]
                    .settled
                    .map(|fulfil| outcome(*i, fulfil));
            }
            Model::Node(kind, drops, slots) => (*kind, *drops, slots),
        };
        for i in 0..slots.len() {
            let Some(outcome) = slots[i].child.as_mut().and_then(|child| child.poll(world)) else {
                continue;
            };
            let decides = match kind {
                Kind::All => outcome.is_err(),
                Kind::Any => outcome.is_ok(),
                Kind::AllSettled => false,
                Kind::Race => true,
            };
            if kind != Kind::Race {
                slots[i].drop(world);
            }
            if decides && !drops {
                return Some(outcome);
            }
            if decides {
                slots.iter_mut().for_each(|slot| slot.drop(world));
                return Some(outcome);
            }
            slots[i].outcome = Some(outcome);
        }
        if kind == Kind::Race || slots.iter().any(|slot| slot.child.is_some()) {
            return None;
        }
        let outcomes: Vec<_> = slots
            .iter()
            .filter_map(|slot| slot.outcome.clone())
            .collect();
        let values = || list(&outcomes.iter().flatten().cloned().collect::<Vec<_>>());
        Some(match kind {
            Kind::All => Ok(values()),
            Kind::AllSettled => Ok(list(&outcomes.iter().map(show).collect::<Vec<_>>())),
            _ => Err(list(
                &outcomes
                    .iter()
                    .cloned()
                    .filter_map(Result::err)
                    .collect::<Vec<_>>(),
            )),
        })
    }

    fn drop(&mut self, world: &World) {
        match self {
            Model::Leaf(i) => world.write("drop", *i),
            Model::Node(_, _, slots) => slots.iter_mut().for_each(|slot| slot.drop(world)),
        }
    }
}

impl Slot {
    fn drop(&mut self, world: &World) {
        if let Some(mut child) = self.child.take() {
            child.drop(world);
        }
    }
}

// Both together.

/// Leaves that settle before the next poll, and how they wake.
#[derive(Clone, Debug)]
struct Step {
    leaves: Vec<(prop::sample::Index, bool)>,
    how: How,
}

#[derive(Clone, Copy, Debug)]
enum How {
    Wake,
    WakeByRef,
    OtherThread,
    /// And a poll that nobody asked for, before they settle.
    Unasked,
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

/// Runs both, comparing step by step. `exactly` says whether every child is polled in every poll.
fn run(tree: &Tree, steps: &[Step], exactly: bool) {
    let (world, expected) = (Rc::new(World::default()), World::default());
    // Whoever awaits a child drops it before going on.
    let child = real(tree, &world);
    #[expect(
        clippy::redundant_async_block,
        reason = "`.await` drops the child when it has settled"
    )]
    let mut future = Box::pin(async { child.await });
    let mut model = model(tree, &Cell::new(0));
    let leaves = world.leaves.borrow().len();
    expected
        .leaves
        .borrow_mut()
        .resize_with(leaves, LeafState::default);
    let flag = Arc::new(Flag(AtomicBool::new(true)));
    let waker = Waker::from(flag.clone());
    let mut result = None;
    let mut poll = |asked: bool| {
        assert!(result.is_none());
        if asked {
            assert!(flag.0.swap(false, SeqCst), "nobody was woken");
        }
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            result = Some(outcome);
        }
        let outcome = model.poll(&expected);
        if outcome.is_some() {
            model.drop(&expected);
        }
        assert_eq!(result, outcome);
        compare(&world, &expected, exactly);
        result.is_some()
    };
    let mut done = (0..3).any(|_| poll(false));
    for step in steps {
        if done {
            break;
        }
        if matches!(step.how, How::Unasked) {
            done = poll(false);
        }
        let mut woken = false;
        for (leaf, fulfil) in &step.leaves {
            let leaf = leaf.index(leaves);
            let waker = {
                let (mut real, mut expected) =
                    (world.leaves.borrow_mut(), expected.leaves.borrow_mut());
                if real[leaf].settled.is_some() {
                    continue;
                }
                real[leaf].settled = Some(*fulfil);
                expected[leaf].settled = Some(*fulfil);
                real[leaf].waker.lock().unwrap().take()
            };
            let Some(waker) = waker else { continue };
            // Those that were dropped by a node that has settled have nobody to wake.
            woken |= !world.lines.borrow().contains(&format!("drop {leaf}"));
            match step.how {
                How::Wake | How::Unasked => waker.wake(),
                How::WakeByRef => waker.wake_by_ref(),
                How::OtherThread => thread::spawn(|| waker.wake()).join().unwrap(),
            }
        }
        if woken && !done {
            done = poll(true);
        }
    }
    drop(future);
    if !done {
        model.drop(&expected);
    }
    compare(&world, &expected, exactly);
    let drops = world
        .lines
        .borrow()
        .iter()
        .filter(|line| line.starts_with("drop"))
        .count();
    assert_eq!(drops, leaves, "each leaf is dropped once");
}

/// Drops are the same, in order; polls too, or at least none that the model does not have.
fn compare(world: &World, expected: &World, exactly: bool) {
    let (lines, expected) = (world.lines.borrow(), expected.lines.borrow());
    if exactly {
        assert_eq!(*lines, *expected);
        return;
    }
    let mut rest = expected.iter();
    for line in lines.iter() {
        assert!(rest.any(|other| other == line), "{line} in {lines:?}");
    }
    let drops = |lines: &[String]| {
        lines
            .iter()
            .filter(|line| line.starts_with("drop"))
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(drops(&lines), drops(&expected));
}

fn kind() -> impl Strategy<Value = Kind> {
    prop::sample::select(vec![Kind::All, Kind::AllSettled, Kind::Any, Kind::Race])
}

fn form() -> impl Strategy<Value = Form> {
    prop::sample::select(vec![Form::Vec, Form::Array, Form::Tuple])
}

fn steps(number: usize) -> impl Strategy<Value = Vec<Step>> {
    let how = prop::sample::select(vec![
        How::Wake,
        How::WakeByRef,
        How::OtherThread,
        How::Unasked,
    ]);
    let leaves = prop::collection::vec(
        (
            proptest::arbitrary::any::<prop::sample::Index>(),
            prop::bool::weighted(0.7),
        ),
        1..5,
    );
    prop::collection::vec(
        (leaves, how).prop_map(|(leaves, how)| Step { leaves, how }),
        0..number,
    )
}

fn tree() -> impl Strategy<Value = Tree> {
    Just(Tree::Leaf).prop_recursive(3, 60, 4, |child| {
        (kind(), form(), prop::collection::vec(child, 1..5))
            .prop_map(|(kind, form, children)| Tree::Node(kind, form, children))
    })
}

/// One large node among small ones.
fn large_tree() -> impl Strategy<Value = Tree> {
    let large = (kind(), 33..150_usize)
        .prop_map(|(kind, n)| Tree::Node(kind, Form::Vec, vec![Tree::Leaf; n]));
    (kind(), form(), large, tree(), tree())
        .prop_map(|(kind, form, a, b, c)| Tree::Node(kind, form, vec![b, a, c]))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn small_trees_do_what_the_model_does(tree in tree(), steps in steps(15)) {
        run(&tree, &steps, true);
    }

    #[test]
    fn large_nodes_decide_and_drop_as_the_model_does(tree in large_tree(), steps in steps(60)) {
        run(&tree, &steps, false);
    }

    #[test]
    fn a_large_node_alone_does_too(kind in kind(), n in 33..400_usize, steps in steps(100)) {
        run(&Tree::Node(kind, Form::Vec, vec![Tree::Leaf; n]), &steps, false);
    }
}
