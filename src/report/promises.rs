//! The promises of Documentation/filesystems/proc.rst, counted.

use crate::events::case::CaseResult;
use crate::linux::known_holes::KnownHoles;
use crate::oracle::tally::Tally;
use crate::oracle::verdict::ViolationKind;
use crate::text::number::grouped;

/// How often each promise of proc.rst was seen broken.
///
/// The text (of 2016) says that the output of a single `read()` is consistent,
/// and makes two guarantees for the file as a whole.
#[derive(Clone, Debug, Default)]
pub(crate) struct Promises {
    total: Tally,
    queries: Tally,
}

/// One promise, and how it fared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promise {
    pub text: &'static str,
    /// How often it was seen broken; none if no reader ran that could break it.
    pub broken: Option<u64>,
    /// What to know about it.
    pub note: String,
}

impl Promises {
    pub(crate) fn add(&mut self, result: &CaseResult) {
        if result.case.reader.starts_with("query") {
            self.queries.merge(&result.tally);
        } else {
            self.total.merge(&result.tally);
        }
    }

    /// The promises, in the order of proc.rst, and what is expected of
    /// `PROCMAP_QUERY`.
    pub(crate) fn list(&self) -> Vec<Promise> {
        let of_kinds = |tally: &Tally, kinds: &[&str]| {
            let mut holes = tally.clone();
            // The other kinds break no promise.
            for (kind, row) in ViolationKind::NAMES.iter().zip(&mut holes.violations) {
                if !kinds.contains(kind) {
                    *row = Default::default();
                }
            }
            holes
        };
        let text_holes = of_kinds(&self.total, &["hole", "lost tail"]);
        // What it is asked for may be mapped elsewhere in each state.
        let query_holes = of_kinds(&self.queries, &["hole", "lost tail", "skipped line"]);
        let of = |tally: &Tally, broken: u64| (tally.lines > 0).then_some(broken);
        vec![
            Promise {
                text: "the text of a single read() is consistent",
                broken: of(
                    &self.total,
                    self.total.duplicates_inside + self.total.violations_inside,
                ),
                note: "duplicates and violations inside a chunk; given up in 6.17".into(),
            },
            Promise {
                text: "(1) addresses never go backwards, regions never overlap",
                broken: of(&self.total, self.total.duplicates()),
                note: "duplicates; kept by no kernel we know".into(),
            },
            Promise {
                text: "(2) what is mapped during the whole walk is reported",
                broken: of(&self.total, text_holes.violation_count()),
                note: labels(&text_holes),
            },
            Promise {
                text: "PROCMAP_QUERY finds what is mapped (no text says so)",
                broken: of(&self.queries, query_holes.violation_count()),
                note: labels(&query_holes),
            },
        ]
    }
}

fn labels(tally: &Tally) -> String {
    if tally.violation_count() == 0 {
        return "must hold always".into();
    }
    // What is not known comes last.
    let sets = KnownHoles::sets().skip(1).chain([KnownHoles::NONE]);
    let seen: Vec<String> = sets
        .map(|known| (known.label().unwrap_or("unknown"), tally.labelled(known)))
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {}", grouped(count)))
        .collect();
    format!("must hold always: {}", seen.join(", "))
}
