// The shapes of `benches/src/hot/shapes.rs` in JavaScript, with Node's own promises.
//
//     node shapes.mjs NAME ROUNDS
//
// runs one of them so many times after a warm-up, and prints each round's milliseconds.

const REQUESTS = 10_000;
const QUERIES = 25;
const LINKS = 1_000_000;

/** An `async` function that has its answer at once. */
async function query() {}

/** A query that answers by a timer. */
function timed() {
    return new Promise(resolve => setTimeout(resolve, 1));
}

const createQuery = () => Promise.resolve({ exec: timed });

const shapes = {
    async doxbee_async() {
        async function upload() {
            await query();
            const file = await query();
            if (file !== undefined) throw file;
            await query();
            await query();
            await query();
            await query();
            await query();
            query();
        }
        await all(upload);
    },

    async doxbee_then() {
        const answer = () => Promise.resolve();
        function upload() {
            return answer()
                .then(() => answer())
                .then(() => answer())
                .then(() => answer())
                .then(() => answer())
                .then(() => answer())
                .then(() => answer())
                .then(() => { answer(); });
        }
        await all(upload);
    },

    async parallel_async() {
        async function request() {
            const queries = [];
            for (let i = 0; i < QUERIES; i++) queries.push(query());
            await Promise.all(queries);
            query();
        }
        await all(request);
    },

    async doxbee_timers() {
        async function upload() {
            const [, file] = await Promise.all([timed(), timed()]);
            if (file !== undefined) throw file;
            await timed();
            const q = await createQuery();
            await q.exec();
            await timed();
            await timed();
            timed();
        }
        await all(upload);
    },

    async parallel_timers() {
        async function request() {
            const queries = [];
            for (let i = 0; i < QUERIES; i++) queries.push(timed());
            await Promise.all(queries);
            timed();
        }
        await all(request);
    },

    async then_chain() {
        let resolve;
        let last = new Promise(r => { resolve = r; });
        for (let i = 0; i < LINKS; i++) last = last.then(value => value + 1);
        resolve(0);
        if (await last !== LINKS) throw new Error('links are missing');
    },

    async await_loop() {
        let sum = 0;
        for (let i = 0; i < LINKS; i++) sum += await Promise.resolve(1);
        if (sum !== LINKS) throw new Error('awaits are missing');
    },

    async resolver_loop() {
        let sum = 0;
        for (let i = 0; i < LINKS; i++) sum += await new Promise(resolve => resolve(1));
        if (sum !== LINKS) throw new Error('awaits are missing');
    },
};

async function all(request) {
    const requests = [];
    for (let i = 0; i < REQUESTS; i++) requests.push(request());
    await Promise.all(requests);
}

const [name, rounds] = process.argv.slice(2);
const shape = shapes[name];
await shape();
for (let round = 0; round < Number(rounds); round++) {
    const start = performance.now();
    await shape();
    console.log(performance.now() - start);
}
