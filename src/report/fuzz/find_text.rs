//! A find, in words.

use crate::fuzz::find::Find;
use crate::text::number::{count, rate_text};

/// Where and how the reader met the writer.
pub(crate) fn met_text(find: &Find) -> String {
    format!(
        "{} under schedule {}",
        find.meeting.setting.placement.description(),
        find.meeting.schedule
    )
}

/// What came of repeating it.
pub(crate) fn proof_text(find: &Find) -> String {
    let proof = &find.result;
    match (find.is_proven, &find.fault) {
        (_, Some(fault)) => format!("not a hole of the reader: {fault}"),
        (true, None) => {
            let touched = proof.proof.map_or_else(String::new, |touched| {
                format!(
                    ", while a thread read {} {}: no SIGSEGV",
                    count(touched.pages as u64, "always-mapped page"),
                    count(touched.rounds, "time")
                )
            });
            format!(
                "again {} in {}, {} a second{touched}",
                count(proof.tally.violation_count(), "time"),
                count(proof.tally.scans, "scan"),
                rate_text(proof.tally.violation_count(), proof.elapsed_ns),
            )
        }
        (false, None) => {
            "not seen again while it was repeated, or there was no time to repeat it".into()
        }
    }
}
