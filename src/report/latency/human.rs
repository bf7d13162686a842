//! What a person reads.

use anstyle::{AnsiColor, Style};

use super::format::{ratio, time};
use super::{histogram, locks};
use crate::latency::outcome::{Configuration, Holds, LatencyOutcome, Ratio, Setup};
use crate::latency::times::Summary;
use crate::text::number::short;

/// Columns that prose is wrapped to.
const WIDTH: usize = 80;

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();
const DIM: Style = Style::new().dimmed();
const BOLD: Style = Style::new().bold();

/// The whole report. Colours are ANSI sequences: print it to a stream that
/// strips them where they are not wanted (`anstream`).
#[must_use]
pub(crate) fn human(outcome: &LatencyOutcome) -> String {
    let mut page = Page::default();
    page.line(&format!(
        "{BOLD}vmascope {} latency{BOLD:#}, {}",
        outcome.version, outcome.kernel
    ));
    page.item("writer", &writer(&outcome.setup));
    page.item("readers", &readers(&outcome.setup));
    page.item("clock", &clock(outcome));
    page.item(
        "times",
        "of single calls, in a loop that makes the next one when the last has returned; \
         percentiles are not corrected for coordinated omission",
    );
    if let Some(busy) = busy(&outcome.configurations) {
        page.item("note", &busy);
    }
    for note in &outcome.notes {
        page.item("note", note);
    }
    if outcome.dropped > 0 {
        let text = format!("{} times were lost for want of room", outcome.dropped);
        page.item("note", &text);
    }
    for skipped in &outcome.skipped {
        page.item("skipped", &skipped.reason);
    }
    if outcome.interrupted {
        page.item("note", "interrupted: what follows is from fewer samples");
    }
    page.line("");
    table(&mut page, &outcome.configurations);
    page.line("");
    page.styled(
        DIM,
        "How many calls took how long; a block for 1, another for each factor of ten",
    );
    for line in histogram::histograms(&outcome.configurations) {
        page.line(&line);
    }
    page.line("");
    if let Some(missing) = &outcome.no_evidence {
        page.prose(missing);
    } else {
        evidence(&mut page, &outcome.configurations);
    }
    page.text
}

/// Part of the time from which on a wait for the CPU is worth a word.
const BUSY: f64 = 0.01;

/// What else the machine does.
fn busy(configurations: &[Configuration]) -> Option<String> {
    let waits = configurations.iter().map(|one| one.cpu_wait);
    let most = waits.max_by(f64::total_cmp).filter(|wait| *wait > BUSY)?;
    Some(format!(
        "the machine is busy: for up to {:.0} % of the time the writer could have run but had no \
         CPU, which is in means, tails and maxima; p50 shows it least",
        most * 100.0
    ))
}

fn writer(setup: &Setup) -> String {
    let place = if setup.pinned {
        "on a CPU of its own"
    } else {
        "not pinned"
    };
    format!(
        "{} in {} VMAs, pages of {}; unmaps a random page and maps it again, populated; {place}",
        bytes(setup.region),
        setup.vmas,
        bytes(setup.page_size),
    )
}

fn readers(setup: &Setup) -> String {
    let count = match setup.readers {
        1 => "1 thread".to_owned(),
        many => format!("{many} threads"),
    };
    let niced = if setup.niced {
        format!(" at nice {}", crate::latency::reader::NICE)
    } else {
        String::new()
    };
    let busy = match setup.busy_ns {
        Some(busy) => format!(
            ", as many busy threads beside, {} each time",
            time(busy as f64)
        ),
        None => String::new(),
    };
    format!(
        "{count} each{niced}{busy}; {} samples of {}, configurations in turn",
        setup.samples,
        time(setup.sample_ns as f64)
    )
}

fn clock(outcome: &LatencyOutcome) -> String {
    let check = &outcome.clock;
    format!(
        "two reads of it take {}, which each time includes; a call in this loop p50 {} mean {}, \
         in a plain loop p50 {} mean {}",
        time(check.clock.p50_ns as f64),
        time(check.writer.p50_ns as f64),
        time(check.writer.mean_ns),
        time(check.plain.p50_ns as f64),
        time(check.plain.mean_ns),
    )
}

fn table(page: &mut Page, configurations: &[Configuration]) {
    let mut heading = format!("{:<12}{:>7}", "reader", "calls");
    for column in ["mean", "p50", "p90", "p99", "p99.9", "max"] {
        heading.push_str(&format!("{column:>8}"));
    }
    if configurations.iter().any(|one| one.ratio.is_some()) {
        heading.push_str(&format!("{:>7}{:>6}", "×mean", "×p99"));
    }
    page.styled(BOLD, &heading);
    for one in configurations {
        let name = one.reader.name();
        page.line(&row(name, &one.both, one.ratio, Style::new()));
        page.line(&row("  mmap", &one.mmap, None, DIM));
        page.line(&row("  munmap", &one.munmap, None, DIM));
    }
}

fn row(name: &str, summary: &Summary, compared: Option<Ratio>, style: Style) -> String {
    let mut line = format!("{name:<12}{:>7}", short(summary.operations));
    for nanoseconds in [
        summary.mean_ns,
        summary.p50_ns as f64,
        summary.p90_ns as f64,
        summary.p99_ns as f64,
        summary.p999_ns as f64,
        summary.max_ns as f64,
    ] {
        line.push_str(&format!("{:>8}", time(nanoseconds)));
    }
    if let Some(compared) = compared {
        let (mean, p99) = (ratio(compared.mean), ratio(compared.p99));
        line.push_str(&format!("{BOLD}{mean:>7}{p99:>6}{BOLD:#}"));
    }
    format!("{style}{line}{style:#}")
}

fn evidence(page: &mut Page, configurations: &[Configuration]) {
    let table = locks::table(configurations);
    if table.is_empty() {
        return;
    }
    page.styled(
        DIM,
        "Read locks by the tracepoints mmap_lock:* of each reader's thread (for query, a",
    );
    page.styled(
        DIM,
        "chunk is one query), counted in samples of their own, which the times leave out",
    );
    for (number, line) in table.iter().enumerate() {
        let style = if number < 2 { BOLD } else { Style::new() };
        page.styled(style, line);
    }
    page.line("");
    if let Some(writer) = locks::writer(configurations) {
        page.prose(&writer);
    }
    page.prose(if locks::any(configurations, Holds::OneVma) {
        "A reader that locks one VMA at a time takes mmap_lock only when it falls back: \
         those are its fallbacks."
    } else {
        "Every reader here holds mmap_lock for each chunk or query."
    });
    if let Some((agrees, text)) = locks::conclusion(configurations) {
        let style = if agrees { GOOD } else { BAD };
        for line in textwrap::wrap(&text, WIDTH) {
            page.styled(style, &line);
        }
    }
}

/// Bytes as the command line takes them.
fn bytes(count: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let fits = |(unit, _): &&(u64, &str)| count >= *unit && count.is_multiple_of(*unit);
    match UNITS.iter().find(fits) {
        Some((unit, name)) => format!("{} {name}", count / unit),
        None => format!("{count} bytes"),
    }
}

/// Lines of text.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    fn styled(&mut self, style: Style, line: &str) {
        self.line(&format!("{style}{line}{style:#}"));
    }

    fn prose(&mut self, text: &str) {
        for line in textwrap::wrap(text, WIDTH) {
            self.line(&line);
        }
    }

    /// A word and what it says, wrapped beside it.
    fn item(&mut self, word: &str, text: &str) {
        let options = textwrap::Options::new(WIDTH)
            .subsequent_indent("          ")
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let text = format!("{word:<10}{text}");
        for line in textwrap::wrap(&text, options) {
            self.line(&line);
        }
    }
}

#[cfg(test)]
#[path = "human_tests.rs"]
mod tests;
