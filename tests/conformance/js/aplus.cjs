'use strict';

// node aplus.cjs ADDON SUBJECT: runs Promises/A+'s suite, prints each failure and last one line with the counts.

const { createRequire } = require('node:module');
const path = require('node:path');
const adapter = require('./adapter.cjs');

const [addon, subject] = process.argv.slice(2);

// `require` asks for a name that ends in `.node`, which is not how cargo names libraries.
const core = { exports: {} };
process.dlopen(core, addon);

// The suite is not next to this file: npm has put it into the working directory.
const suite = createRequire(path.join(process.cwd(), 'package.json'))('promises-aplus-tests');

// Enough to see what is wrong; most failures are waits for a handler that is not called.
const ENOUGH = 20;

let passed = 0;
let failed = 0;

function finish() {
  const counts = `${passed} passed, ${failed} failed\n`;
  process.stdout.write(counts, () => process.exit(failed === 0 ? 0 : 1));
}

function Reporter(runner) {
  runner.on('pass', () => (passed += 1));
  runner.on('fail', (test, error) => {
    failed += 1;
    console.log(`failed: ${test.fullTitle()}\n    ${error && error.stack}`);
    if (failed === ENOUGH) {
      console.log('The rest is not run.');
      finish();
    }
  });
}

// The suite's own limit of 200 ms for a test is too tight for a busy machine, and no rule speaks of time.
const promises = adapter(core.exports, subject);
suite(promises, { reporter: Reporter, timeout: 2000 }, finish);
