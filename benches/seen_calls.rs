//! What a program pays while its system calls are seen: it works, and changes
//! its address space a thousand times a second, with its calls looked at and
//! without, in turns.

#![allow(clippy::print_stdout, reason = "it prints what it measured")]

use std::hint::black_box;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};
use vmascope::internals::linux::{DwellTime, KernelFacts, Reader};
use vmascope::internals::sampling::{CallsSeen, Rate, Sampler, SamplerOptions, Watched};
use vmascope::internals::setup::ReadRange;

type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

const ROUNDS: usize = 15;
/// Calls in a round; twice a thousand a second.
const CALLS: u32 = 500;
/// Work between two pairs of calls.
const WORK: Duration = Duration::from_millis(2);
const TARGET: &str = "--be-the-target";

fn main() -> Outcome<()> {
    if std::env::args().any(|argument| argument == TARGET) {
        return be_the_target();
    }
    let mut target = Command::new(std::env::current_exe()?)
        .arg(TARGET)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let measured = measure(&mut target);
    target.kill()?;
    target.wait()?;
    measured
}

fn measure(target: &mut Child) -> Outcome<()> {
    let pid = target.id();
    round(target)?;
    let (mut without, mut with) = (Vec::new(), Vec::new());
    let mut seen = 0;
    for _ in 0..ROUNDS {
        for see_calls in [false, true] {
            let mut sampler = sampler(pid, see_calls)?;
            while see_calls && sampler.published().calls == CallsSeen::No {
                std::thread::sleep(Duration::from_millis(1));
            }
            let took = round(target)?;
            match sampler.stop()?.calls {
                CallsSeen::Refused(why) => {
                    println!("the calls cannot be seen here: {why}");
                    return Ok(());
                }
                CallsSeen::Yes { calls, losses } => {
                    assert_eq!(losses, 0);
                    seen += calls;
                    with.push(took);
                }
                CallsSeen::No => without.push(took),
            }
        }
    }
    let (without, with) = (median(without), median(with));
    println!(
        "{CALLS} calls and work between them: {without:?} unseen, {with:?} seen ({seen} calls): \
         throughput {:.3} x (budget 0.95 x)",
        without.as_secs_f64() / with.as_secs_f64(),
    );
    Ok(())
}

fn sampler(pid: u32, see_calls: bool) -> Outcome<Sampler> {
    let rule = KernelFacts::detect()?.rule_for(Reader::Maps).rule;
    Ok(Sampler::start(&SamplerOptions {
        pid,
        reader: Reader::Maps,
        rule,
        extent: ReadRange::default(),
        schedule: DwellTime::NONE.into(),
        shared_file: None,
        rate: Rate::PerSecond(60),
        watched: Watched::Unknown { see_calls },
    })?)
}

/// How long the target takes for its calls and its work.
fn round(target: &mut Child) -> Outcome<Duration> {
    let (Some(input), Some(output)) = (&mut target.stdin, &mut target.stdout) else {
        return Err("the target has no pipes".into());
    };
    let start = Instant::now();
    input.write_all(b"g")?;
    output.read_exact(&mut [0])?;
    Ok(start.elapsed())
}

fn be_the_target() -> Outcome<()> {
    let steps = calibrate();
    let (mut input, mut output) = (std::io::stdin(), std::io::stdout());
    while input.read_exact(&mut [0]).is_ok() {
        for _ in 0..CALLS / 2 {
            work(steps);
            // SAFETY: a new mapping at an address of the kernel's choice,
            // unmapped before anybody uses it.
            unsafe {
                let none = std::ptr::null_mut();
                let pages = mmap_anonymous(none, 1 << 20, ProtFlags::READ, MapFlags::PRIVATE)?;
                munmap(pages, 1 << 20)?;
            }
        }
        output.write_all(b"d")?;
        output.flush()?;
    }
    Ok(())
}

/// So many steps of work that they take as long as they are to.
fn calibrate() -> u64 {
    let start = Instant::now();
    let mut steps = 0;
    while start.elapsed() < WORK * 50 {
        work(10_000);
        steps += 10_000;
    }
    steps / 50
}

fn work(steps: u64) {
    let mut state = 1_u64;
    for step in 0..steps {
        state = black_box(state.rotate_left(5) ^ step);
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
