//! What was measured, in sentences: only what the figures and the tracepoints say.

use crate::latency::live::{LabConfiguration, LabSnapshot, READERS};
use crate::latency::outcome::Holds;
use crate::text::number::{few, short, three_digits, time};
use crate::tui::theme::Role;

/// From so many times on, a ratio is a cost.
pub(super) const COST: f64 = 2.0;
/// What is nearer to 1 than this is no difference.
const SAME: f64 = 0.15;
/// Calls below which nothing is said of their times.
const FEW: u64 = 100;

/// What reading costs the writer now.
pub(super) fn meaning(snapshot: &LabSnapshot, is_long: bool) -> (String, Role) {
    let current = snapshot.configurations.get(snapshot.current);
    let Some(current) = current.filter(|it| it.summary.operations >= FEW) else {
        return (
            "Too few calls are timed yet to say anything.".into(),
            Role::Dim,
        );
    };
    if snapshot.current == 0 {
        return (alone(snapshot.pid, current, is_long), Role::Title);
    }
    let base = snapshot.configurations.first();
    let base = base.filter(|it| it.summary.operations >= FEW);
    let Some((ratio, base)) = current.ratio.zip(base) else {
        let text = "Nobody reading is not measured yet: there is nothing to compare with.";
        return (text.into(), Role::Dim);
    };
    let role = match ratio.mean {
        COST.. => Role::Duplicate,
        _ => Role::Good,
    };
    let times = match ratio.mean {
        mean if (mean - 1.0).abs() < SAME => "about as long as with nobody reading".into(),
        mean => format!("{} times as long", three_digits(mean)),
    };
    let who = &current.name;
    if !is_long {
        return (format!("{who}: the writer's calls take {times}."), role);
    }
    let several = who.starts_with(|first: char| first.is_ascii_digit()) || who.contains(" + ");
    let is = if several { "are" } else { "is" };
    let mut text = format!(
        "While {who} {is} read, the writer's calls take {times}: {} in the mean, not {}.",
        spaced(current.summary.mean_ns),
        spaced(base.summary.mean_ns),
    );
    if let (COST.., Some(cause)) = (ratio.mean, cause(snapshot)) {
        text = format!("{text} {cause}");
    }
    (text, role)
}

fn alone(pid: u32, current: &LabConfiguration, is_long: bool) -> String {
    let mean = spaced(current.summary.mean_ns);
    match is_long {
        true => format!(
            "Nobody reads: mmap and munmap of a page take the writer (process {pid}) {mean} in the \
             mean. All else is compared with this."
        ),
        false => format!("Nobody reads: the writer's calls take {mean} in the mean."),
    }
}

/// Who of those that read takes the lock that each call of the writer needs.
fn cause(snapshot: &LabSnapshot) -> Option<String> {
    let (holds, seen) = match snapshot.locks {
        Some(_) => (snapshot.holds, "was seen to take"),
        None => (snapshot.rules, "takes, by the rule of this kernel,"),
    };
    let who = reading(snapshot, holds, Holds::MmapLock);
    (!who.is_empty()).then(|| format!("{who} {seen} mmap_lock, which each of these calls needs."))
}

/// Those that read and hold this.
fn reading(snapshot: &LabSnapshot, holds: [Option<Holds>; READERS.len()], wanted: Holds) -> String {
    let names = READERS.iter().zip(snapshot.counts).zip(holds);
    let names = names.filter(|((_, count), holds)| *count > 0 && *holds == Some(wanted));
    let names: Vec<String> = names.map(|((reader, _), _)| reader.to_string()).collect();
    names.join(" and ")
}

/// What was locked, or what the rule of this kernel says, where nothing is counted.
pub(super) fn locks(snapshot: &LabSnapshot, is_long: bool) -> String {
    let Some(locks) = snapshot.locks else {
        return by_rule(snapshot);
    };
    let second = |count: f64| format!("{}/s", short(count.round() as u64));
    let mut parts = Vec::new();
    let who = reading(snapshot, snapshot.holds, Holds::MmapLock);
    if !who.is_empty() {
        parts.push(format!("{} by {who}", second(locks.held_per_second)));
    }
    let who = reading(snapshot, snapshot.holds, Holds::OneVma);
    if !who.is_empty() {
        parts.push(format!(
            "{} by {who} (fallbacks, {} a scan)",
            second(locks.fallbacks_per_second),
            few(locks.fallbacks_per_scan)
        ));
    }
    parts.push(format!("{} by the writer", second(locks.writer_per_second)));
    let how = if is_long { ", by tracepoints" } else { "" };
    format!("mmap_lock taken{how}: {}", parts.join(", "))
}

fn by_rule(snapshot: &LabSnapshot) -> String {
    let mut text = (snapshot.no_evidence.clone()).unwrap_or_else(|| "locks are not counted".into());
    for (wanted, does) in [
        (Holds::MmapLock, "takes mmap_lock for a chunk or query"),
        (Holds::OneVma, "locks one VMA at a time"),
    ] {
        let who = reading(snapshot, snapshot.rules, wanted);
        if !who.is_empty() {
            text.push_str(&format!("; by the rule of this kernel {who} {does}"));
        }
    }
    text
}

/// A time with a space before its unit, as in a sentence.
pub(super) fn spaced(nanoseconds: f64) -> String {
    let text = time(nanoseconds);
    let is_unit = |character: char| !character.is_ascii_digit() && character != '.';
    match text.find(is_unit) {
        Some(at) => format!("{} {}", &text[..at], &text[at..]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixture::latency::{snapshot, walking};

    #[test]
    fn a_cause_is_named_only_where_it_was_seen_or_is_the_rule() {
        let seen = snapshot();
        let (text, role) = meaning(&seen, true);
        assert!(text.contains("smaps was seen to take mmap_lock"), "{text}");
        assert_eq!(role, Role::Duplicate);
        let unseen = LabSnapshot {
            locks: None,
            rules: [None; 5],
            ..snapshot()
        };
        assert!(!meaning(&unseen, true).0.contains("mmap_lock"));
        // It takes no longer: nothing is to be explained.
        let (text, role) = meaning(&walking(), true);
        assert!(
            text.contains("about as long") && !text.contains("mmap_lock"),
            "{text}"
        );
        assert_eq!(role, Role::Good);
        assert!(locks(&walking(), true).contains("by the rule of this kernel maps locks one VMA"));
    }

    #[test]
    fn nothing_is_said_of_a_few_calls() {
        let mut few = snapshot();
        let mut all = (*few.configurations).clone();
        all[2].summary.operations = FEW - 1;
        few.configurations = all.into();
        assert!(meaning(&few, true).0.contains("Too few"));
        assert!(meaning(&LabSnapshot::default(), true).0.contains("Too few"));
    }
}
