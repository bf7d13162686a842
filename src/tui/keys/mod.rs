//! The keys: one table, from which keys are looked up and the help is made.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::app::View;
use super::latency::LabAction;
use super::query::Ask;
use crate::stepping::step::Step as ByHand;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below says what each does")]
pub(crate) enum Action {
    Quit,
    Suspend,
    Redraw,
    Help,
    Show(View),
    NextView,
    PreviousView,
    Freeze,
    Still,
    Step,
    NextScenario,
    PreviousScenario,
    PickScenario,
    MoveOn,
    Placement,
    Trigger,
    Faster,
    Slower,
    SaveScreen,
    Report,
    Up,
    Down,
    PageUp,
    PageDown,
    Home,
    End,
    Follow,
    Open,
    Close,
    Filter,
    GoTo,
    NextChange,
    PreviousChange,
    NextTear,
    PreviousTear,
    Fold,
    Columns,
    Exact,
    Usage,
    Log,
    Export,
    Manual,
    ByHand(ByHand),
    Play,
    Ask(Ask),
    Lab(LabAction),
    ExplainTear,
    ModelReader,
    ModelWriter,
    ModelChunk,
    ModelReuse,
    ModelOther,
    ModelBack,
    ModelForth,
    ModelFinding,
    ModelPreviousFinding,
    ModelCase,
    ModelPreviousCase,
    ModelProtocol,
    ModelPreviousProtocol,
    ModelGapCheck,
    ModelCureH1,
    ModelCureH2,
    ModelCureH3,
}

impl Action {
    /// Whether the explorer knows what it does in the Space.
    #[must_use]
    pub(crate) fn explores(self) -> bool {
        matches!(
            self,
            Action::Filter
                | Action::GoTo
                | Action::NextChange
                | Action::PreviousChange
                | Action::NextTear
                | Action::PreviousTear
                | Action::Fold
                | Action::Columns
                | Action::Exact
                | Action::Usage
                | Action::Log
                | Action::Export
                | Action::Open
                | Action::Close
                | Action::Follow
        )
    }

    /// Whether it drives the modifier: there is nothing to drive in a target
    /// that is not ours.
    #[must_use]
    pub(crate) fn drives(self) -> bool {
        matches!(
            self,
            Action::Still
                | Action::Step
                | Action::NextScenario
                | Action::PreviousScenario
                | Action::PickScenario
                | Action::MoveOn
                | Action::Placement
                | Action::Manual
                | Action::ByHand(_)
                | Action::Play
        )
    }

    /// Whether it is about scans and operations that come by themselves: by
    /// hand there are none.
    #[must_use]
    pub(crate) fn needs_running(self) -> bool {
        matches!(
            self,
            Action::Still | Action::Trigger | Action::Faster | Action::Slower | Action::Freeze
        )
    }
}

impl Action {
    /// Whether it is one of the Protocol view.
    #[must_use]
    pub(crate) fn is_of_model(self) -> bool {
        matches!(
            self,
            Action::ModelReader
                | Action::ModelWriter
                | Action::ModelChunk
                | Action::ModelReuse
                | Action::ModelOther
                | Action::ModelBack
                | Action::ModelForth
                | Action::ModelFinding
                | Action::ModelPreviousFinding
                | Action::ModelCase
                | Action::ModelPreviousCase
                | Action::ModelProtocol
                | Action::ModelPreviousProtocol
                | Action::ModelGapCheck
                | Action::ModelCureH1
                | Action::ModelCureH2
                | Action::ModelCureH3
        )
    }
}
/// The view of the model.
const MODEL: [View; 1] = [View::Protocol];

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    /// The keys.
    pub keys: &'static [(KeyCode, KeyModifiers)],
    /// What they do.
    pub action: Action,
    /// In which views; empty: in all.
    pub views: &'static [View],
    /// The keys, as the help shows them.
    pub shown: &'static str,
    /// What they do; empty: the row before says so too.
    pub help: &'static str,
    /// The same where there is little room.
    pub brief: &'static str,
    /// A word for the footer; empty: not there.
    pub footer: &'static str,
}

const NO: KeyModifiers = KeyModifiers::NONE;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;

const fn key(character: char) -> (KeyCode, KeyModifiers) {
    (KeyCode::Char(character), NO)
}

const fn ctrl(character: char) -> (KeyCode, KeyModifiers) {
    (KeyCode::Char(character), CTRL)
}

macro_rules! bindings {
    ($($keys:expr, $action:expr, $views:expr, $shown:expr, $help:expr, $brief:expr, $footer:expr;)*) => {
        &[$(Binding {
            keys: &$keys,
            action: $action,
            views: $views.as_slice(),
            shown: $shown,
            help: $help,
            brief: $brief,
            footer: $footer,
        }),*]
    };
}

/// The views of the target: the lab has a writer of its own.
const WATCHING: [View; 6] = [
    View::Space,
    View::Boundary,
    View::Tears,
    View::Coverage,
    View::Manual,
    View::Query,
];
/// The view of the lab.
const LAB: [View; 1] = [View::Latency];

/// All keys; the first row that fits a key and the view counts. The footer
/// takes its words in this order.
pub(crate) const BINDINGS: &[Binding] = bindings![
    [key('q'), ctrl('c')], Action::Quit, [], "q Ctrl-C", "quit", "quit", "quit";
    [key('?'), (KeyCode::F(1), NO)], Action::Help, [], "?", "this help", "this help", "help";
    [key('r')], Action::ByHand(ByHand::Read), [View::Manual], "r",
        "the reader reads one more chunk", "read a chunk", "read";
    [key('m')], Action::ByHand(ByHand::Operate), [View::Manual], "m",
        "the modifier does its next operation", "one operation", "operate";
    [key('b')], Action::Play, [View::Manual], "b",
        "play a way to a duplicate; again: next step", "way to a duplicate", "duplicate";
    [key('l')], Action::ByHand(ByHand::Size), [View::Manual], "l",
        "chunks of a page, or of one line", "page or line", "size";
    [key('R')], Action::ByHand(ByHand::Rewind), [View::Manual], "R",
        "rewind the reader", "rewind", "rewind";
    [key('a')], Action::Ask(Ask::Type), [View::Query], "a", "type an address, in hexadecimal",
        "type an address", "address";
    [key('N')], Action::Ask(Ask::Next), [View::Query], "N", "the VMA that covers it, or the next",
        "covering or next", "or next";
    [key('F')], Action::Ask(Ask::FileBacked), [View::Query], "F",
        "file-backed VMAs only, or any", "file-backed only", "";
    [key('R')], Action::Ask(Ask::Readable), [View::Query], "R W X H",
        "readable, writable, executable, shared only", "by permission", "filter";
    [key(']')], Action::Ask(Ask::Behind), [View::Query], "[ ]",
        "before the VMA found, behind it", "before, behind", "move";
    [(KeyCode::Tab, NO)], Action::NextView, [], "Tab", "next view", "next view", "view";
    [key(' ')], Action::Freeze, [], "space",
        "freeze the display; reading goes on", "freeze the display", "freeze";
    [key('c')], Action::NextScenario, WATCHING, "c C M", "next scenario, the one before, a menu",
        "other scenario, menu", "scenario";
    [key('M')], Action::PickScenario, WATCHING, "", "", "", "";
    [key('p')], Action::Still, WATCHING, "p", "pause the modifier, or let it go on",
        "pause the modifier", "pause";
    [key('s')], Action::Manual, WATCHING, "s", "manual mode: step reader and modifier",
        "manual mode", "by hand";
    [key('m')], Action::Step,
        [View::Space, View::Boundary, View::Tears, View::Coverage, View::Query], "m",
        "one operation of the modifier, then pause", "step the modifier", "";
    [(KeyCode::Enter, NO)], Action::Open, [View::Tears], "Enter", "open the tear",
        "open the tear", "open";
    [(KeyCode::Enter, NO)], Action::Open, [View::Space], "Enter",
        "open the VMA, or unfold the group", "open the VMA", "open";
    [key('/')], Action::Filter, [View::Space], "/",
        "filter: name, rw-p, 7f12…, >1M, ~grew", "filter the lines", "filter";
    [key('g')], Action::GoTo, [View::Space], "g", "go to an address, or the next VMA",
        "go to an address", "go to";
    [key('n')], Action::NextChange, [View::Space], "n N t T",
        "next change, next tear; capitals go back", "next change, tear", "change";
    [key('l')], Action::Log, [View::Space], "l u x", "log of changes, smaps figures, export",
        "log, smaps, export", "log";
    [key('z')], Action::Fold, [View::Space], "z v e", "fold by file, columns, exact sizes",
        "fold, columns, sizes", "fold";
    [key('w')], Action::Report, WATCHING, "w", "write the report, as plain text",
        "write the report", "report";
    [key('h')], Action::Trigger, WATCHING, "h", "scans to hold: torn, violation, or live",
        "what is held", "hold";
    [key('e')], Action::ExplainTear, [View::Tears], "e", "explain it: the model, at its steps",
        "explain it", "explain";
    [key('r')], Action::ModelReader, MODEL, "r", "one step of the reader", "reader steps", "reader";
    [key('w')], Action::ModelWriter, MODEL, "w", "one step of the writer", "writer steps", "writer";
    [(KeyCode::Left, NO)], Action::ModelBack, MODEL, "← →", "one step back, forth",
        "step back, forth", "back";
    [key('n')], Action::ModelFinding, MODEL, "n N", "load the worst found, the next worst",
        "load what was found", "worst";
    [key('m')], Action::ModelProtocol, MODEL, "m M", "next protocol of a reader, the one before",
        "other protocol", "protocol";
    [key('c')], Action::ModelCase, MODEL, "c C", "next case, the one before", "other case", "case";
    [key('x')], Action::ModelGapCheck, MODEL, "x", "take the gap check away, or put it back",
        "gap check", "";
    [key('h')], Action::ModelCureH1, MODEL, "h H t", "cure H1, H2, H3, or take the cure away",
        "cure H1, H2, H3", "cure";
    [key('b')], Action::ModelChunk, MODEL, "b", "end the reader's chunk here", "end the chunk", "";
    [key('u')], Action::ModelReuse, MODEL, "u", "the writer reuses the structure found",
        "writer reuses", "";
    [key('o')], Action::ModelOther, MODEL, "o", "another process reuses it", "other reuses", "";
    [key('f')], Action::Follow, [View::Space], "f", "follow the site again",
        "follow the site", "";
    [key('f')], Action::Follow, [View::Tears], "f", "follow the newest again",
        "follow the newest", "";
    [key('i')], Action::Placement, WATCHING, "i", "the site at another place relative to chunks",
        "move the site", "";
    [key('a')], Action::MoveOn,
        [View::Space, View::Boundary, View::Tears, View::Coverage], "a", "all scenarios, one after the other, or stay",
        "all, or stay", "";
    [key('f')], Action::Follow, [View::Coverage], "f", "follow the scenario that runs",
        "follow what runs", "";
    [key('+'), key('=')], Action::Faster, WATCHING, "+ -", "scan faster, slower", "scan rate", "";
    [key('+'), key('=')], Action::Lab(LabAction::Add), LAB, "+ -",
        "add a reader of this kind, remove one", "add, remove a reader", "reader";
    [(KeyCode::Left, NO), key('h')], Action::Lab(LabAction::Previous), LAB, "←→ h l",
        "choose the kind of reader", "choose a reader", "kind";
    [key('0')], Action::Lab(LabAction::Clear), LAB, "0", "no reader at all", "no reader", "none";
    [key('d')], Action::Lab(LabAction::Walk), LAB, "d",
        "demonstration: one reader after the other", "demonstration", "demonstration";
    [key('1')], Action::Show(View::Space), [], "1 … 8", "the views, in the order of the tabs",
        "choose a view", "";
    [(KeyCode::Up, NO), key('k')], Action::Up, [], "↑↓ k j", "scroll; the mouse wheel too",
        "scroll", "";
    [(KeyCode::PageUp, NO), ctrl('b'), ctrl('u')], Action::PageUp, [], "PgUp PgDn",
        "scroll by pages", "scroll by pages", "";
    [(KeyCode::Home, NO), key('<')], Action::Home, [], "Home End", "to the top, to the end",
        "to either end", "";
    [(KeyCode::Esc, NO), (KeyCode::Backspace, NO)], Action::Close, [], "Esc",
        "close what is open", "close", "";
    [key('S')], Action::SaveScreen, [], "S", "save the screen", "save the screen", "";
    [ctrl('l')], Action::Redraw, [], "Ctrl-L Z", "draw everything anew; suspend, fg goes on",
        "redraw, suspend", "";
    [ctrl('z')], Action::Suspend, [], "", "", "", "";
    [key('C')], Action::PreviousScenario, WATCHING, "", "", "", "";
    [key('-'), key('_')], Action::Slower, WATCHING, "", "", "", "";
    [key('2')], Action::Show(View::Boundary), [], "", "", "", "";
    [key('3')], Action::Show(View::Tears), [], "", "", "", "";
    [key('4')], Action::Show(View::Coverage), [], "", "", "", "";
    [key('5')], Action::Show(View::Manual), [], "", "", "", "";
    [key('6')], Action::Show(View::Query), [], "", "", "", "";
    [key('W')], Action::Ask(Ask::Writable), [View::Query], "", "", "", "";
    [key('X')], Action::Ask(Ask::Executable), [View::Query], "", "", "", "";
    [key('H')], Action::Ask(Ask::Shared), [View::Query], "", "", "", "";
    [key('[')], Action::Ask(Ask::Before), [View::Query], "", "", "", "";
    [key('7')], Action::Show(View::Latency), [], "", "", "", "";
    [key('-'), key('_')], Action::Lab(LabAction::Remove), LAB, "", "", "", "";
    [(KeyCode::Right, NO), key('l')], Action::Lab(LabAction::Next), LAB, "", "", "", "";
    [(KeyCode::BackTab, NO), (KeyCode::BackTab, KeyModifiers::SHIFT)], Action::PreviousView, [],
        "", "", "", "";
    [(KeyCode::Down, NO), key('j')], Action::Down, [], "", "", "", "";
    [(KeyCode::PageDown, NO), ctrl('f'), ctrl('d')], Action::PageDown, [], "", "", "", "";
    [(KeyCode::End, NO), key('>'), key('G')], Action::End, [], "", "", "", "";
    [key('t')], Action::NextTear, [View::Space], "", "", "", "";
    [key('u')], Action::Usage, [View::Space], "", "", "", "";
    [key('x')], Action::Export, [View::Space], "", "", "", "";
    [key('v')], Action::Columns, [View::Space], "", "", "", "";
    [key('e')], Action::Exact, [View::Space], "", "", "", "";
    [key('N')], Action::PreviousChange, [View::Space], "", "", "", "";
    [key('T')], Action::PreviousTear, [View::Space], "", "", "", "";
    [key('8')], Action::Show(View::Protocol), [], "", "", "", "";
    [(KeyCode::Right, NO)], Action::ModelForth, MODEL, "", "", "", "";
    [key('N')], Action::ModelPreviousFinding, MODEL, "", "", "", "";
    [key('M')], Action::ModelPreviousProtocol, MODEL, "", "", "", "";
    [key('C')], Action::ModelPreviousCase, MODEL, "", "", "", "";
    [key('H')], Action::ModelCureH2, MODEL, "", "", "", "";
    [key('t')], Action::ModelCureH3, MODEL, "", "", "", "";
];

impl Binding {
    fn counts_in(&self, view: View) -> bool {
        (self.views.is_empty() || self.views.contains(&view))
            && !(view == View::Manual && self.action.needs_running())
    }
}

/// What a key does in a view.
#[must_use]
pub(crate) fn look_up(event: &KeyEvent, view: View) -> Option<Action> {
    // Shift is part of the character already.
    let modifiers = match event.code {
        KeyCode::Char(_) => event.modifiers - KeyModifiers::SHIFT,
        _ => event.modifiers,
    };
    of_view(view)
        .find(|binding| binding.keys.contains(&(event.code, modifiers)))
        .map(|binding| binding.action)
}

/// The rows that count in a view.
pub(crate) fn of_view(view: View) -> impl Iterator<Item = &'static Binding> {
    BINDINGS
        .iter()
        .filter(move |binding| binding.counts_in(view))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_view() {
        for view in View::ALL {
            let mut seen = std::collections::HashSet::new();
            for key in of_view(view).flat_map(|binding| binding.keys) {
                assert!(seen.insert(key), "{key:?} in {view:?}");
            }
        }
    }

    #[test]
    fn a_key_is_found_with_shift_too() {
        let shifted = KeyEvent::new(KeyCode::Char('S'), KeyModifiers::SHIFT);
        assert_eq!(look_up(&shifted, View::Space), Some(Action::SaveScreen));
        let enter = KeyEvent::new(KeyCode::Enter, NO);
        assert_eq!(look_up(&enter, View::Boundary), None);
        assert_eq!(look_up(&enter, View::Tears), Some(Action::Open));
    }
}
