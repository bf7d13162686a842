//! What is said of states and violations.

use super::text::fitting;
use crate::oracle::verdict::{Violation, ViolationKind};
use crate::tui::theme::Role;

/// The name of a set of states of so many.
pub(crate) fn state_name(states: u64, count: usize) -> (String, Role) {
    let all = u64::MAX >> (64 - count.clamp(1, 64));
    match states {
        0 => ("no state".into(), Role::Violation),
        _ if states == all && count == 2 => ("both".into(), Role::Dim),
        _ if states == all => ("every".into(), Role::Dim),
        1 => ("original".into(), Role::Original),
        2 if count == 2 => ("modified".into(), Role::Modified),
        _ => {
            let numbers: Vec<String> = (0..count)
                .filter(|state| states >> state & 1 == 1)
                .map(|state| state.to_string())
                .collect();
            (format!("state {}", numbers.join(",")), Role::Modified)
        }
    }
}

/// What a violation is, in one row of so many columns: as much as there is
/// room for.
pub(crate) fn violation_text(violation: &Violation, room: usize) -> String {
    let label = violation
        .known
        .label()
        .map_or(String::new(), |known| format!(" ({known})"));
    let texts = match &violation.kind {
        ViolationKind::Hole(hole) => {
            let range = format!("{:x}-{:x}", hole.start, hole.end);
            vec![
                format!(
                    "HOLE{label}: {range} is mapped in every state, yet no line here shows it. Forbidden."
                ),
                format!("HOLE{label}: {range} is mapped but missing"),
                format!("HOLE{label}: {range} is missing"),
                format!("HOLE{label}: {range}"),
            ]
        }
        other => {
            let name = other.name().to_uppercase();
            vec![
                format!("{name}{label}: no correct kernel shows this"),
                format!("{name}{label}: forbidden"),
            ]
        }
    };
    fitting(texts, room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_said_of_as_many_as_there_can_be() {
        for count in [1, 3, 63, 64] {
            let all = u64::MAX >> (64 - count);
            assert_eq!(state_name(all, count).0, "every", "{count}");
        }
        assert_eq!(state_name(3, 2).0, "both");
    }
}
