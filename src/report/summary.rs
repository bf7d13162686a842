//! The end of what `check` prints: the promises, and the verdict on all cases.

use std::io;
use std::io::Write;

use super::promises::Promises;
use super::style::{BAD, BOLD, DIM, GOOD, PLAIN};
use crate::events::case::{CaseResult, Fallbacks, Outcome};
use crate::text::number::{few, grouped};

/// What the cases came to.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    promises: Promises,
    outcomes: Vec<Outcome>,
    /// By reader, in the order in which they came.
    fallbacks: Vec<(String, Fallbacks)>,
}

impl Summary {
    pub(crate) fn add(&mut self, result: &CaseResult) {
        self.promises.add(result);
        self.outcomes.push(result.outcome.clone());
        if let Some(more) = result.fallbacks() {
            let reader = &result.case.reader;
            match self.fallbacks.iter_mut().find(|one| one.0 == *reader) {
                Some((_, known)) => *known = known.plus(more),
                None => self.fallbacks.push((reader.clone(), more)),
            }
        }
    }

    /// How often each reader fell back, a scan; none where it was not counted.
    fn fallbacks(&self) -> Option<String> {
        let of = |(reader, it): &(String, Fallbacks)| format!("{reader} {}", few(it.per_scan()));
        let each: Vec<String> = self.fallbacks.iter().map(of).collect();
        let each = each.join(", ");
        (!each.is_empty()).then(|| format!("fallbacks to mmap_lock, a scan: {each}"))
    }

    /// Writes them up; with `allow_known`, known violations count as expected.
    pub(crate) fn write(
        &self,
        out: &mut impl Write,
        interrupted: bool,
        allow_known: bool,
    ) -> io::Result<()> {
        writeln!(
            out,
            "\n{BOLD}Promises of Documentation/filesystems/proc.rst{BOLD:#}"
        )?;
        for promise in self.promises.list() {
            let (style, state) = match promise.broken {
                None => (DIM, "not tried".to_owned()),
                Some(0) => (GOOD, "not seen broken".to_owned()),
                Some(n) => (PLAIN, format!("broken {} times", grouped(n))),
            };
            writeln!(
                out,
                "  {:<57} {style}{state}{style:#}\n      {DIM}{}{DIM:#}",
                promise.text, promise.note
            )?;
        }
        if let Some(text) = self.fallbacks() {
            writeln!(out, "\n{DIM}{text}{DIM:#}")?;
        }
        let count = |wanted: fn(&Outcome) -> bool| {
            self.outcomes
                .iter()
                .filter(|outcome| wanted(outcome))
                .count()
        };
        let known = count(|outcome| *outcome == Outcome::KnownViolations);
        let unknown = count(|outcome| *outcome == Outcome::Violations);
        let skipped = count(|outcome| matches!(outcome, Outcome::Skipped { .. }));
        let held = count(|outcome| *outcome == Outcome::Held);
        let failed = count(|outcome| matches!(outcome, Outcome::Failed { .. }));
        let not_run = failed + count(|outcome| *outcome == Outcome::NotRun);
        let early = interrupted || failed > 0;
        let (style, verdict) = match (unknown, known, held) {
            (0, 0, _) if early => (DIM, "ended early, no violation until then"),
            (0, 1.., _) if early && allow_known => {
                (DIM, "ended early, none but the known holes until then")
            }
            (1.., _, _) => (BAD, "VIOLATED, and not only by the known holes"),
            (0, 1.., _) if allow_known => (GOOD, "held but for the known holes"),
            (0, 1.., _) => (BAD, "VIOLATED by the known holes"),
            (0, 0, 1..) => (GOOD, "held"),
            (0, 0, 0) => (DIM, "nothing was judged"),
        };
        writeln!(
            out,
            "\n{style}{verdict}{style:#}: of the cases {held} held, {} violated ({known} by known \
             holes only), {skipped} skipped{}",
            known + unknown,
            match not_run {
                0 => String::new(),
                not_run => format!(", {not_run} not run, or not to the end"),
            },
        )?;
        out.flush()
    }
}
