//! The names of roles, by which settings give them a look. They stay as they are:
//! files of users hold them.

use super::Role;
use crate::session::explorer::kind::VmaKind;

impl Role {
    /// All of them, in the order in which settings list them.
    pub(crate) const ALL: [Role; 31] = [
        Role::Plain,
        Role::Dim,
        Role::Title,
        Role::SelectedTab,
        Role::Selected,
        Role::Key,
        Role::Rule,
        Role::BoundaryLine,
        Role::Site,
        Role::Original,
        Role::Modified,
        Role::Duplicate,
        Role::DuplicateBadge,
        Role::New,
        Role::Changed,
        Role::Vanished,
        Role::Disagree,
        Role::Good,
        Role::Violation,
        Role::ViolationBanner,
        Role::Paused,
        Role::Past,
        Role::Notice,
        Role::Map(VmaKind::Code),
        Role::Map(VmaKind::File),
        Role::Map(VmaKind::Heap),
        Role::Map(VmaKind::Anonymous),
        Role::Map(VmaKind::Stack),
        Role::Map(VmaKind::Kernel),
        Role::Map(VmaKind::NoAccess),
        Role::MapChanged,
    ];

    /// Its name, and what it is of.
    pub(crate) fn name(self) -> (&'static str, &'static str) {
        match self {
            Role::Plain => ("plain", "text"),
            Role::Dim => ("dim", "text that matters less"),
            Role::Title => ("title", "names and figures"),
            Role::SelectedTab => ("selected-tab", "the view that is shown"),
            Role::Selected => ("selected", "the row that is selected"),
            Role::Key => ("key", "a key"),
            Role::Rule => ("rule", "the rule between chunks"),
            Role::BoundaryLine => ("boundary-line", "the lines beside a boundary"),
            Role::Site => ("site", "beside lines of the site; longest times"),
            Role::Original => ("original", "of the original state"),
            Role::Modified => ("modified", "of another state"),
            Role::Duplicate => ("duplicate", "torn, but allowed"),
            Role::DuplicateBadge => ("duplicate-badge", "a badge of the same"),
            Role::New => ("new", "what is new"),
            Role::Changed => ("changed", "what has changed"),
            Role::Vanished => ("vanished", "what is gone"),
            Role::Disagree => ("disagree", "an answer that differs from the line"),
            Role::Good => ("good", "all is well"),
            Role::Violation => ("violation", "what no correct kernel shows"),
            Role::ViolationBanner => ("violation-banner", "the same, impossible to miss"),
            Role::Paused => ("paused", "what stands still"),
            Role::Past => ("past", "that this is the past"),
            Role::Notice => ("notice", "something to be read"),
            Role::Map(VmaKind::Code) => ("map-code", "code in the map of the address space"),
            Role::Map(VmaKind::File) => ("map-file", "files"),
            Role::Map(VmaKind::Heap) => ("map-heap", "the heap"),
            Role::Map(VmaKind::Anonymous) => ("map-anonymous", "memory without a file"),
            Role::Map(VmaKind::Stack) => ("map-stack", "a stack"),
            Role::Map(VmaKind::Kernel) => ("map-kernel", "what the kernel puts there"),
            Role::Map(VmaKind::NoAccess) => ("map-no-access", "what nobody may access"),
            Role::MapChanged => ("map-changed", "a part that has just changed"),
        }
    }
}
