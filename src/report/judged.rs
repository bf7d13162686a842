//! A recording judged afresh, as text and as JSON: what each case came to, and what of
//! it is otherwise than when it was read.

use std::fmt::{self, Write as _};

use serde_json::{Value, json};

use super::page::{TERMINAL, hanging};
use crate::events::document::JUDGED;
use crate::recording::header::Header;
use crate::replay::difference::{Difference, differences};
use crate::replay::judged::{Judged, JudgedCase};
use crate::text::number::{count, grouped, nanoseconds, rate, seconds};

/// A recording judged afresh, and what else is said of it.
#[derive(Debug)]
pub(crate) struct JudgedReport<'a> {
    pub(crate) judged: &'a Judged,
    pub(crate) header: &'a Header,
    /// Cases that were counted when it was recorded, and of which it has no scan, with
    /// how many there were.
    pub(crate) not_recorded: Vec<(String, u64)>,
    /// Suspected holes that were counted when it was recorded.
    pub(crate) suspected: u64,
}

impl JudgedReport<'_> {
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        // Writing to a String cannot fail.
        let _ = self.write(&mut out);
        out
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        for case in &self.judged.cases {
            write_case(out, case)?;
        }
        let mut say = |text: &str| writeln!(out, "{}", hanging(text, TERMINAL, "", "  "));
        self.notes().iter().try_for_each(|note| say(note))?;
        say(&self.speed())?;
        say(&self.difference())
    }

    /// How fast it was judged, beside how fast it was read.
    fn speed(&self) -> String {
        let scans = self.judged.total().tally.scans;
        let took = nanoseconds(self.judged.took);
        let read_ns = self.judged.cases.iter().map(|case| case.sum.elapsed_ns);
        let read_ns = read_ns.fold(0, u64::saturating_add);
        format!(
            "{} judged in {} by {}, {} a second; each reader had read {} a second",
            count(scans, "scan"),
            seconds(took),
            count(self.judged.threads as u64, "thread"),
            grouped(rate(scans, took)),
            grouped(rate(scans, read_ns)),
        )
    }

    /// Whether it came to what it came to when it was read, in one sentence.
    pub(crate) fn difference(&self) -> String {
        let cases = || self.judged.cases.iter();
        let compared = cases().map(|case| case.sum.compared.tally.scans);
        let compared = compared.fold(0, u64::saturating_add);
        if compared == 0 {
            return "Nothing says what these scans came to when they were read: there is \
                    nothing to compare with"
                .into();
        }
        let sum = |of: fn(&JudgedCase) -> u64| cases().map(of).fold(0, u64::saturating_add);
        let then = sum(|case| case.sum.recorded.tally.violation_count());
        let now = sum(|case| case.sum.compared.tally.violation_count());
        let others: Vec<Difference> = cases().flat_map(differences_of).collect();
        let scans = count(compared, "scan");
        if others.is_empty() {
            return format!("The same as was recorded, in {scans} that can be compared");
        }
        let what = match now.cmp(&then) {
            std::cmp::Ordering::Greater => {
                format!("{} more than were recorded", count(now - then, "violation"))
            }
            std::cmp::Ordering::Less => {
                format!(
                    "{} fewer than were recorded",
                    count(then - now, "violation")
                )
            }
            std::cmp::Ordering::Equal => "As many violations as were recorded, and others of \
                                          the counts are not the same"
                .into(),
        };
        format!("{what}, in {scans} that can be compared: {}", self.why())
    }

    /// What can have made the difference.
    fn why(&self) -> String {
        let other_rule = self
            .judged
            .cases
            .iter()
            .find(|it| it.rule != it.recorded_rule);
        if let Some(case) = other_rule {
            let (now, then) = (case.rule, case.recorded_rule);
            return format!("they were judged by the rule {then}, and are by {now} now");
        }
        let (then, now) = (&self.header.version, env!("CARGO_PKG_VERSION"));
        format!(
            "the oracle of this version ({now}) tells apart what that of the one that recorded \
             ({then}) did not, or the other way round"
        )
    }

    /// What could not be judged, or only otherwise than live, a sentence each.
    pub(crate) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if let Some(cut) = &self.header.cut {
            notes.push(format!("This is {cut}: its other scans are not in it"));
        }
        for (case, scans) in &self.not_recorded {
            notes.push(format!(
                "{case} was counted when it was read ({}), and its answers are not in the \
                 recording",
                count(*scans, "scan")
            ));
        }
        if self.judged.unknown_scans > 0 {
            notes.push(format!(
                "{} cannot be judged: what they are judged by is not in the recording",
                count(self.judged.unknown_scans, "scan")
            ));
        }
        if self.judged.cases.iter().any(|case| !case.has_states) {
            let were = match self.suspected {
                0 => String::new(),
                holes => format!(
                    "; {} that they showed when it was read may be among the blinks",
                    count(holes, "suspected hole")
                ),
            };
            notes.push(format!(
                "The calls of the target are not recorded, so no hole is suspected here{were}"
            ));
        }
        notes
    }

    /// # Errors
    /// Never, but for what the format cannot say.
    pub(crate) fn json(&self, exit_code: u8) -> serde_json::Result<String> {
        let cases = self.judged.cases.iter().map(case_json);
        let total = self.judged.total();
        let took = nanoseconds(self.judged.took);
        let document = json!({
            "format": JUDGED.format,
            "shape": JUDGED.shape,
            "recorded_by": self.header.version,
            "judged_by": env!("CARGO_PKG_VERSION"),
            "kernel": self.header.kernel,
            "cases": cases.collect::<Vec<_>>(),
            "events": self.judged.violations().collect::<Vec<_>>(),
            "not_recorded": self.not_recorded,
            "scans_of_unknown_streams": self.judged.unknown_scans,
            "notes": self.notes(),
            "took_ns": took,
            "scans_per_second": rate(total.tally.scans, took),
            "difference": self.difference(),
            "exit_code": exit_code,
        });
        Ok(serde_json::to_string_pretty(&document)? + "\n")
    }
}

fn differences_of(case: &JudgedCase) -> Vec<Difference> {
    differences(&case.sum.recorded, &case.sum.compared)
}

fn case_json(case: &JudgedCase) -> Value {
    let sum = &case.sum;
    let differences = differences_of(case)
        .into_iter()
        .map(|it| json!({ "what": it.what, "recorded": it.recorded, "now": it.now }));
    json!({
        "case": case.case,
        "recorded_rule": case.recorded_rule.to_string(),
        "rule": case.rule.to_string(),
        "states_known": case.has_states,
        "tally": sum.totals.tally,
        "missing": sum.totals.missing,
        "operations": sum.operations,
        "elapsed_ns": sum.elapsed_ns,
        "compared": { "recorded": sum.recorded, "now": sum.compared },
        "differences": differences.collect::<Vec<_>>(),
        "scans_not_compared": case.not_compared(),
        "scans_not_recorded": sum.missing_scans,
        "damaged": sum.damaged,
        "not_judged": case.not_judged,
    })
}

fn write_case(out: &mut String, case: &JudgedCase) -> fmt::Result {
    let (sum, tally) = (&case.sum, &case.sum.totals.tally);
    let rule = match case.has_states {
        false => "states not known".to_owned(),
        true if case.rule == case.recorded_rule => format!("rule {}", case.rule),
        true => format!("rule {}, recorded by {}", case.rule, case.recorded_rule),
    };
    writeln!(out, "{} ({rule})", case.case)?;
    let mut say = |text: &str| writeln!(out, "{}", hanging(text, TERMINAL, "  ", "    "));
    say(&format!(
        "{} of {}: {} torn, {}",
        count(tally.scans, "scan"),
        count(tally.lines, "line"),
        grouped(tally.torn),
        match case.has_states {
            true => count(tally.violation_count(), "violation"),
            false => {
                let missing = sum.totals.missing;
                let (blinks, remapped) =
                    (count(missing.blinks, "blink"), grouped(missing.remapped));
                format!("{blinks}, {remapped} remapped")
            }
        }
    ))?;
    for (kind, known, number) in tally.named() {
        let label = known.label().unwrap_or("mechanism not known");
        let longest = tally.longest_run(kind, known);
        say(&format!(
            "{kind}, {label}: {}, longest: {longest}",
            grouped(number)
        ))?;
    }
    for it in differences_of(case) {
        let (then, now) = (grouped(it.recorded), grouped(it.now));
        say(&format!(
            "not as recorded: {}: {then} then, {now} now",
            it.what
        ))?;
    }
    if sum.missing_scans > 0 {
        say(&format!(
            "{} more are not in the recording",
            count(sum.missing_scans, "scan")
        ))?;
    }
    if case.not_compared() > 0 && sum.compared.tally.scans > 0 {
        say(&format!(
            "{} cannot be compared: what they came to is not recorded, or only together with \
             scans that are not",
            count(case.not_compared(), "scan")
        ))?;
    }
    if sum.damaged > 0 {
        say(&format!("{} damaged", count(sum.damaged, "record")))?;
    }
    case.not_judged.iter().try_for_each(|why| say(why))
}
