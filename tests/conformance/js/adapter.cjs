'use strict';

// The promises of the addon as JavaScript objects, in the form that Promises/A+'s suite asks for.
//
// The rules of state, queueing, settling and adoption are the addon's. What is here is what only JavaScript can
// know about a value: whether it is one of the addon's promises, whether it has a callable `then`, and what its
// functions throw. Rule numbers are those of Promises/A+ 1.1.

const FULFIL = 0;
const REJECT = 1;
const ADOPT = 2;
const THENABLE = 3;

// What can be tested, as the addon counts it.
const subjects = ['LocalPromise', 'Promise', 'Promise on tokio'];

module.exports = function adapter(core, subject) {
  core.test(subjects.indexOf(subject));

  // Handles are indices; 0 stands for "none".
  const values = [undefined];
  const hold = (value) => values.push(value) - 1;

  let scheduled = false;
  let draining = false;

  // 2.2.4: the addon's queue runs when JavaScript's microtasks run, so never under the caller's feet.
  function schedule() {
    if (scheduled || draining) return;
    scheduled = true;
    queueMicrotask(() => {
      scheduled = false;
      draining = true;
      try {
        core.drain();
      } finally {
        draining = false;
      }
    });
  }

  class RustPromise {
    constructor(id) {
      this.id = id;
    }

    then(onFulfilled, onRejected) {
      // 2.2.1: what is no function is ignored. 2.2.7: the new promise is what the handlers' products resolve.
      const link = { promise: null };
      const reaction = (handler) =>
        typeof handler === 'function' ? hold({ handler, link }) : 0;
      link.promise = new RustPromise(
        core.then(this.id, reaction(onFulfilled), reaction(onRejected)),
      );
      schedule();
      return link.promise;
    }
  }

  // 2.3, as far as it is about what `x` is: a tag, and a handle or the number of a promise.
  function classify(x, promise) {
    try {
      if (x === promise) throw new TypeError('a promise cannot be resolved with itself');
      if (x instanceof RustPromise) return [ADOPT, x.id];
      if (x !== null && (typeof x === 'object' || typeof x === 'function')) {
        const then = x.then;
        if (typeof then === 'function') return [THENABLE, hold({ x, then })];
      }
      return [FULFIL, hold(x)];
    } catch (error) {
      return [REJECT, hold(error)];
    }
  }

  function settle(promise, [tag, payload]) {
    core.settle(promise.id, tag, payload);
    schedule();
  }

  const operations = [
    // call(reaction, argument): 2.2.5, a handler is called without `this`.
    (reaction, argument) => {
      const { handler, link } = values[reaction];
      let completion;
      try {
        completion = classify((0, handler)(values[argument]), link.promise);
      } catch (error) {
        completion = [REJECT, hold(error)];
      }
      const [tag, payload] = completion;
      return payload * 4 + tag;
    },
    // callThen(thenable, promise): 2.3.3.3
    (thenable, id) => {
      const { x, then } = values[thenable];
      const promise = new RustPromise(id);
      try {
        then.call(
          x,
          (y) => settle(promise, classify(y, promise)),
          (reason) => settle(promise, [REJECT, hold(reason)]),
        );
      } catch (error) {
        settle(promise, [REJECT, hold(error)]);
      }
      return 0;
    },
  ];
  core.setHost((operation, left, right) => operations[operation](left, right));

  function deferred() {
    const promise = new RustPromise(core.deferred());
    return {
      promise,
      resolve: (value) => settle(promise, classify(value, promise)),
      reject: (reason) => settle(promise, [REJECT, hold(reason)]),
    };
  }

  function resolved(value) {
    const [tag, payload] = classify(value, new RustPromise(-1));
    if (tag === FULFIL) return new RustPromise(core.resolved(payload));
    const { promise } = deferred();
    settle(promise, [tag, payload]);
    return promise;
  }

  function rejected(reason) {
    return new RustPromise(core.rejected(hold(reason)));
  }

  return { deferred, resolved, rejected };
};
