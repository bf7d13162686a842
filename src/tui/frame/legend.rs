//! The legend of each view: what its glyphs and words mean.

use crate::tui::theme::Role;
use crate::tui::view::View;

/// A glyph or a word, its role, what it means; a key by the name of what it does.
pub(crate) type Entry = (&'static str, Role, &'static str);

/// How much room the legend has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Room {
    /// 60 columns.
    Little,
    /// 80.
    Usual,
    /// 108 and more.
    Much,
}

/// The two lines of a view; of a target that is not ours, what can show there.
pub(crate) fn legend(view: View, foreign: bool, room: Room) -> [&'static [Entry]; 2] {
    let [first, second] = of_the_modifier(view, room);
    match (view, room) {
        (View::Space, Room::Little) if foreign => [
            first,
            &[
                ("≈ duplicate", Role::Duplicate, "twice, allowed"),
                ("q", Role::Title, "query agrees =, or not ≠"),
            ],
        ],
        (View::Space, Room::Usual) if foreign => [
            first,
            &[
                ("≈ duplicate", Role::Duplicate, "printed twice, allowed"),
                ("q", Role::Title, "PROCMAP_QUERY agrees =, or not ≠"),
            ],
        ],
        (View::Space, Room::Much) if foreign => [
            first,
            &[
                (
                    "≈ duplicate",
                    Role::Duplicate,
                    "printed before and after a change: allowed",
                ),
                (
                    "q",
                    Role::Title,
                    "PROCMAP_QUERY agrees with the line =, or not ≠",
                ),
            ],
        ],
        (View::Boundary, Room::Little | Room::Usual) if foreign => [
            &[("now", Role::Title, "in the latest scan")],
            &[("≈", Role::Duplicate, "printed twice across a boundary")],
        ],
        (View::Boundary, Room::Much) if foreign => [
            &[(
                "now",
                Role::Title,
                "in the latest scan; # is the last scan that had it",
            )],
            &[(
                "≈ duplicate",
                Role::Duplicate,
                "printed before and after a change, across a boundary: allowed",
            )],
        ],
        (View::Tears, Room::Little) if foreign => [
            first,
            &[
                ("○ blink", Role::Dim, "normal"),
                ("✗ hole", Role::Violation, "suspected"),
            ],
        ],
        (View::Tears, _) if foreign => [
            first,
            &[
                ("○ blink", Role::Dim, "missing once: normal"),
                ("✗ suspected hole", Role::Violation, "no call unmapped it"),
            ],
        ],
        _ => [first, second],
    }
}

fn of_the_modifier(view: View, room: Room) -> [&'static [Entry]; 2] {
    match (view, room) {
        (View::Space, Room::Much) => [
            &[(
                "chunk",
                Role::Rule,
                "the lines one read() returned; the next read() begins at the next rule",
            )],
            &[
                (
                    "≈ duplicate",
                    Role::Duplicate,
                    "printed before and after a change: allowed",
                ),
                (
                    "✗ hole",
                    Role::Violation,
                    "mapped all the time, not printed: forbidden",
                ),
            ],
        ],
        (View::Space, Room::Usual) => [
            &[(
                "chunk",
                Role::Rule,
                "the lines one read() returned; the next starts a new one",
            )],
            &[
                ("≈ duplicate", Role::Duplicate, "printed twice, allowed"),
                ("✗ hole", Role::Violation, "mapped but missing, forbidden"),
            ],
        ],
        (View::Space, Room::Little) => [
            &[("chunk", Role::Rule, "the lines that one read() returned")],
            &[
                ("≈ duplicate", Role::Duplicate, "twice, allowed"),
                ("✗ hole", Role::Violation, "missing, forbidden"),
            ],
        ],
        (View::Boundary, Room::Much) => [
            &[
                (
                    "live",
                    Role::Title,
                    "the scan that is held; lines of both states mean it is torn",
                ),
                ("[r  r]", Role::Original, "one VMA of two pages"),
                ("·", Role::Dim, "unmapped"),
            ],
            &[
                (
                    "≈ duplicate",
                    Role::Duplicate,
                    "a page in two lines: allowed",
                ),
                (
                    "✗ hole",
                    Role::Violation,
                    "a page of every state in no line: forbidden, must stay 0",
                ),
            ],
        ],
        (View::Boundary, _) => [
            &[
                ("[r  r]", Role::Original, "a VMA of 2 pages"),
                ("live", Role::Title, "the scan that is held"),
            ],
            &[
                ("≈", Role::Duplicate, "a page printed twice, allowed"),
                ("✗ hole", Role::Violation, "forbidden"),
            ],
        ],
        (View::Manual, Room::Much) => [
            &[
                (
                    "▲ reader",
                    Role::Key,
                    "the one address that the kernel keeps between two reads",
                ),
                ("now", Role::Original, "the state that the modifier is in"),
            ],
            &[
                (
                    "≈ duplicate",
                    Role::Duplicate,
                    "printed before and after a change: allowed",
                ),
                (
                    "<manual-mode> or <close>",
                    Role::Key,
                    "everything runs again",
                ),
            ],
        ],
        (View::Manual, _) => [
            &[
                ("▲ reader", Role::Key, "the address the kernel keeps"),
                ("<manual-mode>", Role::Key, "all runs again"),
            ],
            &[
                ("≈ duplicate", Role::Duplicate, "allowed"),
                ("✗ hole", Role::Violation, "forbidden"),
            ],
        ],
        (View::Query, Room::Much) => [
            &[(
                "[x]",
                Role::Key,
                "only VMAs with this property are found; with `or next` the others are passed over",
            )],
            &[
                ("ENOENT", Role::Changed, "there is no such VMA"),
                ("bars", Role::Rule, "how long the kernel took for an answer"),
            ],
        ],
        (View::Query, _) => [
            &[("[x]", Role::Key, "only VMAs like this are found")],
            &[("ENOENT", Role::Changed, "there is no such VMA")],
        ],
        (View::Tears, Room::Much) => [
            &[(
                "≈ tear",
                Role::Duplicate,
                "a scan that mixes states: allowed, each line was true when it was read",
            )],
            &[(
                "✗ violation",
                Role::Violation,
                "what no correct kernel shows, such as a hole: pinned on top",
            )],
        ],
        (View::Coverage, Room::Little) => [
            &[
                ("≈ torn", Role::Duplicate, "states mixed: allowed"),
                ("·", Role::Dim, "not run yet"),
            ],
            &[
                ("✓", Role::Good, "neither"),
                ("✗", Role::Violation, "a hole: forbidden"),
            ],
        ],
        (View::Coverage, _) => [
            &[
                ("✓", Role::Good, "each scan was of one state"),
                ("≈ torn", Role::Duplicate, "some mixed states: allowed"),
            ],
            &[
                (
                    "✗ H1 H2 H3 ?",
                    Role::Violation,
                    "a promise broken, by label",
                ),
                ("·", Role::Dim, "not run yet"),
                ("-", Role::Dim, "cannot run"),
            ],
        ],
        (View::Latency, Room::Little) => [
            &[("ratio", Role::Title, "mean call with readers, by without")],
            &[(
                "fallback",
                Role::Duplicate,
                "a per-VMA reader took mmap_lock",
            )],
        ],
        (View::Latency, _) => [
            &[(
                "ratio",
                Role::Title,
                "mean time of the writer's calls with these readers, by that with none",
            )],
            &[(
                "fallback",
                Role::Duplicate,
                "a reader that locks one VMA at a time took mmap_lock",
            )],
        ],
        (View::Protocol, Room::Much) => [
            &[
                ("M ┃", Role::Plain, "holds mmap_lock; ┆ waits"),
                ("V ┃", Role::Plain, "holds the lock of a VMA"),
                ("seq", Role::Plain, "the mm's sequence: odd while written"),
            ],
            &[
                ("◆", Role::Notice, "the step that matters"),
                ("≈", Role::Duplicate, "torn, but allowed"),
                ("✗", Role::Violation, "an order that breaks a promise"),
            ],
        ],
        (View::Protocol, _) => [
            &[
                ("M", Role::Plain, "mmap_lock"),
                ("V", Role::Plain, "lock of a VMA"),
                ("┆", Role::Plain, "waits for it"),
            ],
            &[
                ("◆", Role::Notice, "the step that matters"),
                ("✗", Role::Violation, "a promise breaks"),
            ],
        ],
        (View::Fuzz, Room::Much) => [
            &[
                (
                    "step",
                    Role::Title,
                    "from a state to the next: what happens to VMAs, where in a VMA",
                ),
                ("+, new", Role::New, "seen first in these 5 s"),
            ],
            &[
                ("H1 H2 H3", Role::Violation, "the signature of a known hole"),
                (
                    "no known mechanism",
                    Role::ViolationBanner,
                    "a violation that nobody has explained",
                ),
            ],
        ],
        (View::Fuzz, _) => [
            &[
                ("step", Role::Title, "from one state to the next"),
                ("+, new", Role::New, "just now"),
            ],
            &[
                ("H1 H2 H3", Role::Violation, "known holes"),
                ("✗", Role::Violation, "showed a violation"),
            ],
        ],
        (View::Tears, _) => [
            &[(
                "≈ tear",
                Role::Duplicate,
                "a scan that mixes states, allowed",
            )],
            &[("✗ violation", Role::Violation, "forbidden, pinned on top")],
        ],
    }
}
