//! What a person reads.

use anstyle::Style;

use super::{histogram, locks};
use crate::latency::outcome::{Configuration, Holds, LatencyOutcome, Ratio, Setup, Skipped};
use crate::latency::times::Summary;
use crate::report::page::{Page, TERMINAL, at_spaces, wrapped};
use crate::report::style::{BAD, BOLD, DIM, GOOD, PLAIN};
use crate::text::number::{exact_bytes, ratio, short, time};

pub(crate) fn human(outcome: &LatencyOutcome) -> String {
    let mut page = Page::default();
    page.line(&format!(
        "{BOLD}vmascope {} latency{BOLD:#}, {}",
        outcome.version, outcome.kernel
    ));
    item(&mut page, "writer", &writer(&outcome.setup));
    item(&mut page, "readers", &readers(&outcome.setup));
    item(&mut page, "clock", &clock(outcome));
    item(
        &mut page,
        "times",
        "of single calls, in a loop that makes the next one when the last has returned; \
         percentiles are not corrected for coordinated omission",
    );
    if let Some(busy) = busy(&outcome.configurations) {
        item(&mut page, "note", &busy);
    }
    left_out(
        &mut page,
        &outcome.notes,
        outcome.dropped,
        &outcome.skipped,
        outcome.interrupted,
    );
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
        page.lines(missing, TERMINAL.into());
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
         CPU (others had it, or the hypervisor: steal), which is in means, tails and maxima; p50 shows it least",
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
        exact_bytes(setup.region),
        setup.vmas,
        exact_bytes(setup.page_size),
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
        page.line(&row(name, &one.both, one.ratio, PLAIN));
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
        let style = if number < 2 { BOLD } else { PLAIN };
        page.styled(style, line);
    }
    page.line("");
    if let Some(writer) = locks::writer(configurations) {
        page.lines(&writer, TERMINAL.into());
    }
    let fallbacks = if locks::any(configurations, Holds::OneVma) {
        "A reader that locks one VMA at a time takes mmap_lock only when it falls back: \
         those are its fallbacks."
    } else {
        "Every reader here holds mmap_lock for each chunk or query."
    };
    page.lines(fallbacks, TERMINAL.into());
    if let Some((agrees, text)) = locks::conclusion(configurations) {
        let style = if agrees { GOOD } else { BAD };
        for line in wrapped(&text, 0) {
            page.styled(style, &line);
        }
    }
}

/// What is to be known before the figures: remarks, and what is not in them.
pub(super) fn left_out(
    page: &mut Page,
    notes: &[String],
    dropped: u64,
    skipped: &[Skipped],
    interrupted: bool,
) {
    for note in notes {
        item(page, "note", note);
    }
    if dropped > 0 {
        let text = format!("{dropped} times were lost for want of room");
        item(page, "note", &text);
    }
    for skipped in skipped {
        item(page, "skipped", &skipped.reason);
    }
    if interrupted {
        let text = "interrupted: what follows is from fewer samples";
        item(page, "note", text);
    }
}

/// A word and what it says, wrapped beside it.
pub(super) fn item(page: &mut Page, word: &str, text: &str) {
    let options = at_spaces(TERMINAL).subsequent_indent("          ");
    page.lines(&format!("{word:<10}{text}"), options);
}

#[cfg(test)]
#[path = "human_tests.rs"]
mod tests;
