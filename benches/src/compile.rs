//! What a chain costs the compiler: generated crates, built cold, their dependencies built before.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::sources::{Crate, Style};

/// Prints the tables. Each figure is the best of `rounds` builds; release builds take long and get one less.
pub(crate) fn print(rounds: usize) {
    if let Err(message) = many_chains(rounds).and_then(|()| long_chains(rounds)) {
        println!("compile time: skipped, {message}");
    }
}

const STYLES: [(&str, Style); 3] = [
    ("hand-written `async`", Style::HandWritten),
    ("`promise!`, arrows", Style::Arrows),
    ("`promise!`, closures", Style::Closures),
];

fn many_chains(rounds: usize) -> Result<(), String> {
    println!("\n## Compile time: 100 chains of 20 steps, 10 of them futures\n");
    println!(
        "| crate | check wall | ×hand | check cpu | ×hand | release wall | ×hand | release cpu | ×hand |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
    let mut projects = vec![Project::new(
        "empty",
        Crate {
            style: Style::HandWritten,
            chains: 0,
            steps: 0,
        },
    )?];
    for (index, (_, style)) in STYLES.into_iter().enumerate() {
        projects.push(Project::new(
            &format!("many_{index}"),
            Crate {
                style,
                chains: 100,
                steps: 20,
            },
        )?);
    }
    let checks = best(&projects, &["check"], rounds)?;
    let releases = best(
        &projects,
        &["build", "--release"],
        rounds.saturating_sub(1).max(1),
    )?;
    let names = ["empty crate"]
        .into_iter()
        .chain(STYLES.map(|(name, _)| name));
    for ((name, check), release) in names.zip(&checks).zip(&releases) {
        println!(
            "| {name} {} {} |",
            check.columns(&checks[1]),
            release.columns(&releases[1])
        );
    }
    Ok(())
}

/// Whether the time grows linearly with the length of one chain.
fn long_chains(rounds: usize) -> Result<(), String> {
    println!("\n## Compile time: one long chain, cpu time of `cargo check`\n");
    println!("| steps | hand-written | ms a step | arrows | ms a step | closures | ms a step |");
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    let empty = Project::new(
        "empty",
        Crate {
            style: Style::HandWritten,
            chains: 0,
            steps: 0,
        },
    )?;
    let empty = best(&[empty], &["check"], rounds)?.remove(0);
    for steps in [64, 128, 256, 512, 1024] {
        let mut projects = Vec::new();
        for (index, (_, style)) in STYLES.into_iter().enumerate() {
            projects.push(Project::new(
                &format!("long_{steps}_{index}"),
                Crate {
                    style,
                    chains: 1,
                    steps,
                },
            )?);
        }
        let costs = best(&projects, &["check"], rounds)?;
        let columns = costs.iter().map(|cost| {
            let own = cost.cpu.saturating_sub(empty.cpu).as_secs_f64();
            let per_step = own * 1e3 / steps as f64;
            format!(" {:.2} s | {per_step:.2} |", cost.cpu.as_secs_f64())
        });
        println!("| {steps} |{}", columns.collect::<String>());
    }
    Ok(())
}

/// A generated crate of its own workspace. All share one target folder, so that the dependencies are built once.
struct Project {
    folder: PathBuf,
    target: PathBuf,
}

impl Project {
    fn new(name: &str, contents: Crate) -> Result<Self, String> {
        let root = root()?;
        let folder = root.join(name);
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../promise-runtime");
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [dependencies]\npromise-runtime = {{ path = {:?} }}\n\n[workspace]\n",
            runtime.display().to_string(),
        );
        let write = |path: &str, text: &str| {
            fs::write(folder.join(path), text)
                .map_err(|error| format!("cannot write {path}: {error}"))
        };
        fs::create_dir_all(folder.join("src")).map_err(|error| format!("no folder: {error}"))?;
        write("Cargo.toml", &manifest)?;
        // The workspace's versions, which are there already; without the file cargo asks the registry.
        let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
        if let Ok(lock) = fs::read_to_string(lock) {
            write("Cargo.lock", &lock)?;
        }
        write("src/main.rs", &contents.text())?;
        Ok(Self {
            folder,
            target: root.join("target"),
        })
    }

    /// Builds the crate, and whatever it depends on unless that has happened before.
    fn build(&self, command: &[&str]) -> Result<Cost, String> {
        let main = self.folder.join("src/main.rs");
        let text = fs::read(&main).map_err(|error| error.to_string())?;
        // A new time stamp: cargo builds this crate again, and no other.
        fs::write(&main, text).map_err(|error| error.to_string())?;
        let cpu = children_cpu();
        let start = Instant::now();
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(command)
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("RUSTFLAGS")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("cargo does not start: {error}"))?;
        let wall = start.elapsed();
        if !output.status.success() {
            let message = String::from_utf8_lossy(&output.stderr);
            return Err(format!(
                "{} does not build:\n{message}",
                self.folder.display()
            ));
        }
        Ok(Cost {
            wall,
            cpu: children_cpu().saturating_sub(cpu),
        })
    }
}

/// Next to the running binary: `target/release/promise-benches` gives `target/promise-benches-compile`.
fn root() -> Result<PathBuf, String> {
    let binary = std::env::current_exe().map_err(|error| error.to_string())?;
    let target = binary
        .ancestors()
        .nth(2)
        .ok_or("the binary is in no target folder")?;
    Ok(target.join("promise-benches-compile"))
}

/// The best of `rounds` builds of each project. The projects take turns, so that a slow minute hits all of them.
fn best(projects: &[Project], command: &[&str], rounds: usize) -> Result<Vec<Cost>, String> {
    for project in projects {
        project.build(command)?;
    }
    let mut costs = vec![
        Cost {
            wall: Duration::MAX,
            cpu: Duration::MAX
        };
        projects.len()
    ];
    for _ in 0..rounds {
        for (project, best) in projects.iter().zip(&mut costs) {
            let cost = project.build(command)?;
            best.wall = best.wall.min(cost.wall);
            best.cpu = best.cpu.min(cost.cpu);
        }
    }
    Ok(costs)
}

#[derive(Clone)]
struct Cost {
    wall: Duration,
    cpu: Duration,
}

impl Cost {
    fn columns(&self, hand_written: &Cost) -> String {
        let column = |own: Duration, hand: Duration| {
            let (own, hand) = (own.as_secs_f64(), hand.as_secs_f64());
            format!("| {own:.2} s | {:.2}", own / hand)
        };
        format!(
            "{} {}",
            column(self.wall, hand_written.wall),
            column(self.cpu, hand_written.cpu)
        )
    }
}

/// The processor time of the processes that this one has waited for, and theirs. Linux says so in `/proc`, in
/// hundredths of a second; elsewhere it is zero.
fn children_cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields = after_name.split_whitespace().skip(13).take(2);
    let ticks: u64 = fields.filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
