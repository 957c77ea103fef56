// Runs the promise programs on standard input, one a line, and prints the log of each on a line of its own.
//
//   node interpret.mjs [--timers=virtual|real] [--together=N] < programs > logs
//
// A log is a list of events: `3` something ran, `3+5` it was told the value 5, `3-5` the reason 5, `3?fulfilled` a promise's
// state, `!5` an unhandled rejection. `#1` stands where the first timer has fired, `@2` where two turns of the microtask
// queue have passed since then. With virtual timers each timer is a macrotask of Node's, as soon as Node is idle, in the
// order of times and then of creation; with real ones N programs run together.

import { readFileSync, writeFileSync } from 'node:fs';
import { inspect } from 'node:util';

const option = (name, otherwise) =>
  process.argv.map((argument) => argument.match(`^--${name}=(.*)$`)?.[1]).find(Boolean) ?? otherwise;
const real = option('timers', 'virtual') === 'real';
const together = real ? Number(option('together', 200)) : 1;

// After so many turns without an event the counting stops: a ticker must not run for ever.
const QUIET = 8;

// The program whose macrotask runs now. Microtasks and reports of rejections belong to it, too.
let current;

const show = (value, depth = 0) => {
  if (value instanceof AggregateError) return `A${show(value.errors, depth)}`;
  if (Array.isArray(value)) {
    return depth === 2 ? `[${value.length}]` : `[${value.map((item) => show(item, depth + 1))}]`;
  }
  if (value?.status === 'fulfilled') return `+${show(value.value, depth)}`;
  if (value?.status === 'rejected') return `-${show(value.reason, depth)}`;
  return String(value);
};

class Run {
  events = [];
  macrotask = 0;
  turn = 0;
  shown = [0, 0];
  quiet = 0;
  pending = 0;
  // Of the virtual clock.
  now = 0;
  timers = [];
  sequence = 0;

  constructor(source) {
    this.source = source;
  }

  log(text) {
    if (this.shown[0] !== this.macrotask) {
      this.events.push(`#${this.macrotask}`);
      this.shown = [this.macrotask, 0];
    }
    if (this.shown[1] !== this.turn) this.events.push(`@${this.turn}`);
    this.shown[1] = this.turn;
    this.quiet = 0;
    this.events.push(text);
  }

  // Counts the turn; whether to go on.
  tick() {
    this.turn += 1;
    this.quiet += 1;
    return this.quiet < QUIET;
  }

  enter(callback) {
    current = this;
    this.turn = 0;
    this.quiet = 0;
    this.tickers[this.ticker]();
    callback();
  }

  tickers = {
    then: () => {
      const step = () => this.tick() && Promise.resolve().then(step);
      Promise.resolve().then(step);
    },
    microtask: () => {
      const step = () => this.tick() && queueMicrotask(step);
      queueMicrotask(step);
    },
    await: async () => {
      do await 0;
      while (this.tick());
    },
  };

  start() {
    const set = real ? this.setReal : this.setVirtual;
    const clear = real ? this.clearReal : this.clearVirtual;
    const names = {
      ticker: (kind) => {
        this.ticker = kind;
        this.enter(() => {});
      },
      log: (event, ...values) => this.log(event + values.map((value) => show(value))),
      state: (event, promise) => {
        const state = inspect(promise).match(/<(pending|rejected)>/)?.[1] ?? 'fulfilled';
        this.log(`${event}?${state}`);
      },
      odd: (value) => typeof value === 'number' && value % 2 === 1,
      withResolvers: () => {
        const made = {};
        made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
        return made;
      },
      setTimeout: (callback, delay) => set(this.fired(callback), delay, false),
      setInterval: (callback, period) => set(this.fired(callback), period, true),
      clearTimeout: clear,
      clearInterval: clear,
    };
    current = this;
    new Function(...Object.keys(names), this.source)(...Object.values(names));
  }

  // What a timer calls.
  fired = (callback) => () => {
    this.macrotask += 1;
    this.enter(callback);
  };

  setVirtual = (callback, delay, repeats) => {
    // Node takes 0 for 1.
    const period = Math.max(delay, 1);
    const timer = { callback, period, repeats };
    this.#queue(timer);
    return timer;
  };

  clearVirtual = (timer) => {
    if (timer) timer.cleared = true;
    this.timers = this.timers.filter((other) => other !== timer);
  };

  #queue(timer) {
    timer.due = this.now + timer.period;
    timer.sequence = this.sequence++;
    this.timers.push(timer);
    this.timers.sort((a, b) => a.due - b.due || a.sequence - b.sequence);
  }

  // Runs the next timer; whether there was one.
  fireVirtual() {
    const timer = this.timers.shift();
    if (!timer) return false;
    this.now = timer.due;
    timer.callback();
    if (timer.repeats && !timer.cleared) this.#queue(timer);
    return true;
  }

  setReal = (callback, delay, repeats) => {
    this.pending += 1;
    const timer = repeats
      ? setInterval(callback, delay)
      : setTimeout(() => {
          this.clearReal(timer);
          callback();
        }, delay);
    timer.counted = true;
    return timer;
  };

  clearReal = (timer) => {
    if (!timer?.counted) return;
    timer.counted = false;
    this.pending -= 1;
    clearTimeout(timer);
    if (this.pending === 0) this.idle?.();
  };

  // Runs all of it; calls `done` in a macrotask of its own.
  run(done) {
    this.start();
    if (real) {
      this.idle = () => setImmediate(() => (this.pending === 0 ? done() : undefined));
      if (this.pending === 0) this.idle();
      return;
    }
    // Between two immediates Node runs all microtasks and reports the rejections.
    const step = () => (this.fireVirtual() ? setImmediate(step) : done());
    setImmediate(step);
  }
}

process.on('unhandledRejection', (reason) => current.log(`!${show(reason)}`));

const runs = readFileSync(0, 'utf8').split('\n').filter(Boolean).map((source) => new Run(source));
let next = 0;
const proceed = () => {
  if (next < runs.length) {
    const run = runs[next++];
    setImmediate(() => run.run(proceed));
  }
};
for (let worker = 0; worker < together; worker++) proceed();
process.on('exit', () => writeFileSync(1, runs.map((run) => run.events.join(' ') + '\n').join('')));
