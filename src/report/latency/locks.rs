//! Which locks were taken, as a table, and whether the times agree.

use crate::latency::load::Load;
use crate::latency::outcome::{Configuration, Holds, Locks, order_agrees};
use crate::text::number::{few, grouped, ratio};

/// The table of locks; nothing where none were counted.
pub(crate) fn table(configurations: &[Configuration]) -> Vec<String> {
    let counted = configurations
        .iter()
        .filter_map(|one| Some((one.reader, one.locks?)));
    let mut lines: Vec<String> = counted.map(|(reader, locks)| row(reader, locks)).collect();
    if lines.is_empty() {
        return lines;
    }
    let heading = [
        format!(
            "{:<13}{:>13}     {:<24}",
            "", "nothing moves", "the writer works"
        ),
        format!(
            "{:<13}{:>13}{:>13}{:>11}   takes",
            "mmap_lock", "a chunk", "a scan", "a second"
        ),
    ];
    for line in heading.into_iter().rev() {
        lines.insert(0, line.trim_end().to_owned());
    }
    lines
}

fn row(reader: Load, locks: Locks) -> String {
    let takes = match locks.holds {
        Holds::OneVma => "one VMA's lock",
        Holds::MmapLock => "mmap_lock",
    };
    format!(
        "{:<13}{:>13}{:>13}{:>11}   {takes}",
        reader.name(),
        few(locks.quiet_per_piece),
        few(locks.per_scan()),
        grouped(locks.per_second().round() as u64),
    )
}

/// What the writer locks for a call, where that was counted.
pub(crate) fn writer(configurations: &[Configuration]) -> Option<String> {
    let locks = configurations
        .iter()
        .filter_map(|one| one.locks)
        .find(|locks| locks.operations > 0 && locks.by_writer.write > 0)?;
    let each = |count: u64| count as f64 / locks.operations as f64;
    Some(format!(
        "The writer takes mmap_lock for writing {:.2} times a call, and for reading {:.2} times.",
        each(locks.by_writer.write),
        each(locks.by_writer.read)
    ))
}

/// Whether any reader was seen to lock this much.
pub(crate) fn any(configurations: &[Configuration], holds: Holds) -> bool {
    let mut all = configurations.iter().filter_map(|one| one.locks);
    all.any(|locks| locks.holds == holds)
}

/// Whether the order of the costs agrees with the locks.
pub(crate) fn conclusion(configurations: &[Configuration]) -> Option<(bool, String)> {
    let agrees = order_agrees(configurations)?;
    let group = |holds: Holds| {
        let fits = configurations
            .iter()
            .filter(|one| one.locks.is_some_and(|locks| locks.holds == holds));
        let names: Vec<String> = fits
            .filter_map(|one| Some(format!("{} {}", one.reader, ratio(one.ratio?.mean))))
            .collect();
        names.join(", ")
    };
    let (fine, coarse) = (group(Holds::OneVma), group(Holds::MmapLock));
    let text = if agrees {
        format!(
            "The order of the means agrees with the locks: readers that lock one VMA at a time \
             ({fine}) cost no more than those that hold mmap_lock ({coarse})."
        )
    } else {
        format!(
            "The order of the means does NOT agree with the locks: one VMA at a time ({fine}), \
             mmap_lock ({coarse}). Something else costs more: is the machine busy, or are there \
             too few CPUs?"
        )
    };
    Some((agrees, text))
}
