//! A queue of many small tasks, next to p-queue on Node.

use promise_runtime::{Pool, event_loop, promise};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const TASKS: u32 = 10_000;
const ROUNDS: u32 = 20;

/// Does in JavaScript what [`round`] does, and prints the nanoseconds of the best round, for each concurrency.
const SCRIPT: &str = r"
import PQueue from 'p-queue';
const [tasks, rounds, ...concurrencies] = process.argv.slice(2).map(Number);
for (const concurrency of concurrencies) {
    let best = Infinity;
    for (let round = 0; round < rounds; round++) {
        const start = process.hrtime.bigint();
        const queue = new PQueue({ concurrency });
        let sum = 0;
        for (let task = 0; task < tasks; task++) queue.add(async () => { sum += task; });
        await queue.onIdle();
        best = Math.min(best, Number(process.hrtime.bigint() - start));
        if (sum !== tasks * (tasks - 1) / 2) throw new Error('tasks were lost');
    }
    console.log(best);
}
";

const CONCURRENCIES: [usize; 2] = [1, 8];

pub(crate) fn print() {
    println!("\n## Queue of {TASKS} small tasks, all added at once, on one thread's event loop\n");
    println!("| at a time | written as | ns per task |");
    println!("|--:|---|--:|");
    let node = node();
    for (index, concurrency) in CONCURRENCIES.into_iter().enumerate() {
        let row = |peer: &str, time: Duration| {
            let nanoseconds = time.as_secs_f64() * 1e9 / f64::from(TASKS);
            println!("| {concurrency} | {peer} | {nanoseconds:.0} |");
        };
        let best = (0..ROUNDS).map(|_| round(concurrency)).min();
        row("Pool::add, detached", best.unwrap_or_default());
        if let Ok(times) = &node {
            row("p-queue on Node", times[index]);
        }
    }
    if let Err(reason) = node {
        println!("\np-queue skipped: {reason}.");
    }
}

fn round(concurrency: usize) -> Duration {
    let start = Instant::now();
    event_loop::run(async {
        let pool = Pool::new(concurrency);
        let sum = std::rc::Rc::new(std::cell::Cell::new(0));
        for task in 0..TASKS {
            let sum = sum.clone();
            let add = pool.add(move || async move { sum.set(sum.get() + u64::from(task)) });
            promise! { move add }.detach_local();
        }
        // The tasks take their places when they are polled first, which is before any timer.
        promise_runtime::delay(Duration::ZERO).await;
        pool.on_idle().await;
        assert_eq!(sum.get(), u64::from(TASKS) * u64::from(TASKS - 1) / 2);
    });
    start.elapsed()
}

/// The times of p-queue, or why there are none.
fn node() -> Result<Vec<Duration>, String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../target/p-queue");
    fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
    fs::write(folder.join("queue.mjs"), SCRIPT).map_err(|error| error.to_string())?;
    let run = |program: &str, arguments: &[String]| {
        Command::new(program)
            .args(arguments)
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .output()
            .ok()
            .filter(|output| output.status.success())
    };
    if !folder.join("node_modules/p-queue").exists() {
        let install = [
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            ".",
            "p-queue@9",
        ]
        .map(str::to_owned);
        run("npm", &install).ok_or("`npm install p-queue` does not work here")?;
    }
    let mut arguments = vec![
        "queue.mjs".to_owned(),
        TASKS.to_string(),
        ROUNDS.to_string(),
    ];
    arguments.extend(CONCURRENCIES.map(|concurrency| concurrency.to_string()));
    let output = run("node", &arguments).ok_or("`node` does not work here")?;
    let lines = String::from_utf8_lossy(&output.stdout);
    let times: Vec<Duration> = lines
        .lines()
        .filter_map(|line| line.parse().ok().map(Duration::from_nanos))
        .collect();
    if times.len() == CONCURRENCIES.len() {
        Ok(times)
    } else {
        Err("its output is not understood".to_owned())
    }
}
