//! What judging a target with 65 000 VMAs, whose states nobody knows, costs on
//! top of the bare `lseek` and `read` loop, and what saying how it changed
//! costs on top of that. The target changes all the while.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::path::PathBuf;
use std::time::{Duration, Instant};

use vmascope::internals::linux::MapsFile;
use vmascope::internals::linux::Reader;
use vmascope::internals::linux::{ChunkReader, NoClock};
use vmascope::internals::linux::{ProcFile, ProcFileName};
use vmascope::internals::maps::Diff;
use vmascope::internals::maps::ScanText;
use vmascope::internals::modifier::ModifierOptions;
use vmascope::internals::oracle::UnknownJudge;
use vmascope::internals::scenario::find;
use vmascope::internals::setup::ModifierSetup;
use vmascope::internals::setup::Placement;

const ROUNDS: usize = 60;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for slots in [2_000, 65_000] {
        let mut setup = ModifierSetup::new(&ModifierOptions {
            program: PathBuf::from(env!("CARGO_BIN_EXE_vmascope")),
            slots,
            ..ModifierOptions::default()
        })?;
        let scenario = find("resize").map_err(|_| "no such scenario")?;
        setup.set(scenario, Reader::Maps, Placement::Boundary)?;
        let mut file = ProcFile::open(setup.pid(), ProcFileName::Maps)?;
        let mut reader = ChunkReader::new(ProcFile::open(setup.pid(), ProcFileName::Maps)?, 4096);
        let (mut judge, mut text) = (UnknownJudge::new(), ScanText::default());
        setup.modifier().run()?;
        let mut buffer = vec![0; 4096];
        let (mut bare, mut judged, mut compared) = (Vec::new(), Vec::new(), Vec::new());
        let (mut lines, mut torn) = (0, 0);
        let (mut diff, mut before, mut changes) = (Diff::new(), Vec::new(), 0);
        // In turn, so that both see the same machine.
        for _ in 0..ROUNDS {
            let start = Instant::now();
            file.rewind()?;
            while file.read(&mut buffer)? > 0 {}
            bare.push(start.elapsed());
            let start = Instant::now();
            reader.scan(&NoClock, &mut text)?;
            let verdict = judge.judge(&mut text);
            judged.push(start.elapsed());
            lines = verdict.lines;
            torn += usize::from(verdict.torn());
            let latest = judge.latest().text();
            let start = Instant::now();
            let found = diff.compare(&before, latest).len();
            if !before.is_empty() {
                compared.push(start.elapsed());
                changes += found;
            }
            before.clear();
            before.extend_from_slice(latest);
        }
        let (bare, judged, compared) = (median(bare), median(judged), median(compared));
        println!(
            "{lines} lines: bare loop {bare:?}, judged {judged:?}: {:.2} x (budget 1.25 x); {torn} of {ROUNDS} torn",
            judged.as_secs_f64() / bare.as_secs_f64(),
        );
        println!(
            "    compared with the scan before in {compared:?}: {:.2} x the bare loop; {changes} changes",
            compared.as_secs_f64() / bare.as_secs_f64(),
        );
    }
    Ok(())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
