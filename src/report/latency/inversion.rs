//! The inversion as text, and as columns.

use std::io;

use super::human::{item, left_out};
use crate::latency::inversion::outcome::{
    Caught, InversionOutcome, InversionRow, InversionSetup, Stuck, Who, WriterPlace,
};
use crate::latency::inversion::verdict::{Verdict, unseen_ns};
use crate::latency::load::Load;
use crate::linux::thread_place::ThreadPlace;
use crate::report::export::csv_writer;
use crate::report::page::Page;
use crate::report::style::{BAD, BOLD, DIM};
use crate::text::number::{exact_bytes, time};

pub(crate) fn human(outcome: &InversionOutcome) -> String {
    let mut page = Page::default();
    page.line(&format!(
        "{BOLD}vmascope {} latency --inversion{BOLD:#}, {}",
        outcome.version, outcome.kernel
    ));
    setup(&mut page, &outcome.setup);
    item(
        &mut page,
        "kernel",
        &format!("preemption model {}", outcome.preemption),
    );
    left_out(
        &mut page,
        &outcome.notes,
        outcome.dropped,
        &outcome.skipped,
        outcome.interrupted,
    );
    page.line("");
    table(&mut page, &outcome.rows);
    for stuck in &outcome.stuck {
        page.line("");
        self::stuck(&mut page, stuck);
    }
    // Of the first reader for which the writer waited there.
    let caught = WriterPlace::ALL.into_iter().filter_map(|place| {
        let rows = outcome.rows.iter().filter(|row| row.place == place);
        let mut inverted = rows.filter(|row| matches!(row.verdict, Verdict::Inverted { .. }));
        inverted.find_map(|row| Some((row, row.caught.as_ref()?)))
    });
    for (row, caught) in caught {
        page.line("");
        self::caught(&mut page, row, caught);
    }
    page.line("");
    item(&mut page, "meaning", &meaning(outcome));
    page.text
}

fn setup(page: &mut Page, setup: &InversionSetup) {
    let length = time(setup.sample_ns as f64);
    let writer = format!(
        "on CPU {}, alone; elsewhere: it unmaps a random page of {} in {} VMAs and maps it again; \
         on the VMA being read: mprotect of all of that one, and back; each call is timed",
        setup.writer_cpu,
        exact_bytes(setup.region),
        setup.vmas
    );
    item(page, "writer", &writer);
    let reader = format!(
        "one thread on CPU {}, SCHED_IDLE, reads the first VMA ({} populated) over and over, and \
         nothing else; smaps_rollup cannot but read all",
        setup.reader_cpu,
        exact_bytes(setup.vma_read)
    );
    item(page, "reader", &reader);
    let busy = format!(
        "one thread on CPU {}, never asleep, also with no reader",
        setup.reader_cpu
    );
    item(page, "busy", &busy);
    let samples = format!(
        "{} of {length} for each reader and place, in turn; the longest call is given for the \
         sample where it was shortest and for all",
        setup.samples
    );
    item(page, "samples", &samples);
}

/// Columns of one place.
const PLACE: usize = 33;

fn table(page: &mut Page, rows: &[InversionRow]) {
    let places = WriterPlace::ALL.map(|place| match place {
        WriterPlace::Elsewhere => "mmap and munmap elsewhere",
        WriterPlace::VmaRead => "mprotect of the VMA being read",
    });
    page.styled(
        BOLD,
        format!("{:<13}{:>PLACE$}{:>PLACE$}", "", places[0], places[1]).trim_end(),
    );
    let columns = format!("{:>17}{:>8}{:>8}", "longest call", "p99.9", "mean");
    page.styled(BOLD, &format!("{:<13}{columns}{columns}", "reader"));
    for pair in rows.chunks(WriterPlace::ALL.len()) {
        let mut line = format!("{:<13}", pair[0].reader.name());
        for row in pair {
            line.push_str(&cells(row));
        }
        page.line(&line);
    }
}

fn cells(row: &InversionRow) -> String {
    if row.samples.is_empty() {
        return format!("{:>PLACE$}", "not measured");
    }
    let (least, most) = row.longest();
    let range = match row.samples.len() {
        1 => time(most as f64),
        _ => format!("{} … {}", time(least as f64), time(most as f64)),
    };
    let cells = format!(
        "{range:>17}{:>8}{:>8}",
        time(row.calls.p999_ns as f64),
        time(row.calls.mean_ns)
    );
    match row.verdict {
        Verdict::Inverted { .. } => format!("{BAD}{cells}{BAD:#}"),
        Verdict::Busy => format!("{DIM}{cells}{DIM:#}"),
        _ => cells,
    }
}

fn caught(page: &mut Page, row: &InversionRow, caught: &Caught) {
    let text = format!(
        "{} into a call {}, with a reader of {}:",
        time(caught.after_ns as f64),
        row.place.name(),
        row.reader
    );
    page.line(&text);
    thread(page, "writer", &caught.writer);
    thread(page, "reader", &caught.reader);
}

fn thread(page: &mut Page, who: &str, place: &ThreadPlace) {
    let does = match place.state {
        'R' => "could run",
        'T' | 't' => "is stopped",
        'D' => "asleep, no signal wakes it",
        _ => "asleep",
    };
    let stack = match (&place.sleeps_in, place.stack.is_empty()) {
        (_, false) => format!(": {}", innermost(&place.stack).join(" < ")),
        (Some(name), true) => format!(", in {name}"),
        (None, true) => "; its stack is told to root only, and not of one that runs".into(),
    };
    item(
        page,
        &format!("  {who}"),
        &format!("{does} ({}){stack}", place.state),
    );
}

/// Without how the kernel was entered.
fn innermost(stack: &[String]) -> &[String] {
    let entry = |name: &String| name.starts_with("do_syscall") || name.starts_with("entry_");
    let end = stack.iter().position(entry).unwrap_or(stack.len());
    &stack[..end]
}

fn stuck(page: &mut Page, stuck: &Stuck) {
    let waited = time(stuck.waited_ns as f64);
    let text = match stuck.who {
        Who::Writer => {
            let end = match stuck.came_back {
                true => "came back when the busy thread had ended",
                false => "did not come back when the busy thread had ended either",
            };
            format!(
                "STUCK: a call of the writer {}, with a reader of {}, took more than {waited}; it {end}",
                stuck.place.name(),
                stuck.reader
            )
        }
        Who::Reader => format!(
            "STUCK: the reader of {} did not come back within {waited} after the busy thread had \
             ended (the writer's calls were {})",
            stuck.reader,
            stuck.place.name()
        ),
    };
    for line in crate::report::page::wrapped(&text, 0) {
        page.styled(BAD, &line);
    }
    for (who, place) in [("writer", &stuck.writer_at), ("reader", &stuck.reader_at)] {
        if let Some(place) = place {
            thread(page, who, place);
        }
    }
}

/// What was seen, in a sentence, and no more than that.
fn meaning(outcome: &InversionOutcome) -> String {
    let places = WriterPlace::ALL.map(|place| {
        let unseen = outcome.limit_ns[place as usize].map_or(0, unseen_ns);
        let rows: Vec<_> = outcome
            .rows
            .iter()
            .filter(|row| row.place == place && row.reader != Load::NONE)
            .collect();
        let names = |fits: fn(Verdict) -> bool| {
            let fit = rows.iter().filter(|row| fits(row.verdict));
            let names: Vec<&str> = fit.map(|row| row.reader.name()).collect();
            names.join(", ")
        };
        let quick = rows.iter().filter(|row| row.verdict == Verdict::NotSeen);
        let lost = quick.map(|row| row.lost_cpu).min().unwrap_or(0);
        let parts = [
            (
                "the writer waits for ",
                names(|it| matches!(it, Verdict::Inverted { .. })),
                String::new(),
            ),
            (
                "no call took longer with ",
                names(|it| it == Verdict::NotSeen),
                format!(
                    " than {}, while the reader lost its CPU at least {lost} times",
                    time(unseen as f64)
                ),
            ),
            (
                "the machine was too busy to tell with ",
                names(|it| it == Verdict::Busy),
                String::new(),
            ),
            (
                "there is nothing to tell by with ",
                names(|it| it == Verdict::NotMeasured),
                String::new(),
            ),
        ];
        let parts = parts.into_iter().filter(|(_, names, _)| !names.is_empty());
        let parts: Vec<_> = parts
            .map(|(a, names, b)| format!("{a}{names}{b}"))
            .collect();
        (!parts.is_empty()).then(|| format!("{} {}", place.name(), parts.join(", and ")))
    });
    let places: Vec<String> = places.into_iter().flatten().collect();
    match places.is_empty() {
        true => "no reader was measured".into(),
        false => format!(
            "with a reader that a busy thread keeps from its CPU: {}",
            places.join("; ")
        ),
    }
}

/// The columns of CSV; times in nanoseconds.
const COLUMNS: &str = "reader,place,verdict,samples_inverted,samples,calls,longest_least_ns,\
    longest_ns,p99.9_ns,mean_ns,cpu_wait_ns,limit_ns,pieces_read,lost_cpu,stuck";

/// A row for each reader and place, with a heading.
pub(crate) fn csv(outcome: &InversionOutcome, out: impl io::Write) -> io::Result<()> {
    let mut rows = csv_writer(out);
    rows.write_record(COLUMNS.split(','))?;
    for row in &outcome.rows {
        let (verdict, inverted) = match row.verdict {
            Verdict::Inverted { in_samples } => ("inverted", in_samples),
            Verdict::NotSeen => ("not_seen", 0),
            Verdict::Busy => ("busy", 0),
            Verdict::NotMeasured => ("not_measured", 0),
        };
        let (least, most) = row.longest();
        let cpu_wait: u64 = row.samples.iter().map(|sample| sample.cpu_wait_ns).sum();
        let limit = outcome.limit_ns[row.place as usize];
        let stuck = outcome.stuck.iter();
        let stuck = stuck.filter(|it| (it.reader, it.place) == (row.reader, row.place));
        rows.write_record([
            row.reader.name().to_owned(),
            match row.place {
                WriterPlace::Elsewhere => "elsewhere",
                WriterPlace::VmaRead => "vma_read",
            }
            .into(),
            verdict.into(),
            inverted.to_string(),
            row.samples.len().to_string(),
            row.calls.operations.to_string(),
            least.to_string(),
            most.to_string(),
            row.calls.p999_ns.to_string(),
            format!("{:.1}", row.calls.mean_ns),
            cpu_wait.to_string(),
            limit.map_or_else(String::new, |limit| limit.to_string()),
            row.pieces.to_string(),
            row.lost_cpu.to_string(),
            stuck.count().to_string(),
        ])?;
    }
    rows.flush()
}

#[cfg(test)]
#[path = "inversion_tests.rs"]
mod tests;
