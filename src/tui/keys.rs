//! The keys: one table, from which keys are looked up and the help is made.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::app::View;

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the table below says what each does")]
pub enum Action {
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
}

impl Action {
    /// Whether it drives the modifier: there is nothing to drive in a target
    /// that is not ours.
    #[must_use]
    pub fn drives(self) -> bool {
        matches!(
            self,
            Action::Still
                | Action::Step
                | Action::NextScenario
                | Action::PreviousScenario
                | Action::Placement
        )
    }
}

impl Action {
    /// Whether it is one of the Protocol view.
    #[must_use]
    pub fn is_of_model(self) -> bool {
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
        )
    }
}

/// The views of what is read, where the modifier is driven by single letters.
const READING: [View; 3] = [View::Space, View::Boundary, View::Tears];
/// The view of the model.
const MODEL: [View; 1] = [View::Protocol];

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
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
            views: &$views,
            shown: $shown,
            help: $help,
            brief: $brief,
            footer: $footer,
        }),*]
    };
}

/// All keys; the first row that fits a key and the view counts. The footer
/// takes its words in this order.
pub const BINDINGS: &[Binding] = bindings![
    [key('q'), ctrl('c')], Action::Quit, [], "q Ctrl-C", "quit", "quit", "quit";
    [key('?'), (KeyCode::F(1), NO)], Action::Help, [], "?", "this help", "this help", "help";
    [(KeyCode::Tab, NO)], Action::NextView, [], "Tab", "next view", "next view", "view";
    [key(' ')], Action::Freeze, [], "space",
        "freeze the display; reading goes on", "freeze the display", "freeze";
    [key('c')], Action::NextScenario, READING, "c C", "next scenario, the one before",
        "other scenario", "scenario";
    [key('p')], Action::Still, READING, "p", "pause the modifier, or let it go on",
        "pause the modifier", "pause";
    [key('s')], Action::Step, READING, "s", "one operation of the modifier, then pause",
        "step the modifier", "step";
    [(KeyCode::Enter, NO)], Action::Open, [View::Tears], "Enter", "open the tear",
        "open the tear", "open";
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
    [key('h')], Action::ModelCureH1, MODEL, "h H", "cure H1, H2, or take the cure away",
        "cure H1, H2", "cure";
    [key('b')], Action::ModelChunk, MODEL, "b", "end the reader's chunk here", "end the chunk", "";
    [key('u')], Action::ModelReuse, MODEL, "u", "the writer reuses the structure found",
        "writer reuses", "";
    [key('o')], Action::ModelOther, MODEL, "o", "another process reuses it", "other reuses", "";
    [key('w')], Action::Report, READING, "w", "write the report, as plain text",
        "write the report", "report";
    [key('t')], Action::Trigger, READING, "t", "scans to hold: torn, violation, or live",
        "trigger: what holds", "trigger";
    [key('f')], Action::Follow, [View::Space], "f", "follow the site again",
        "follow the site", "";
    [key('f')], Action::Follow, [View::Tears], "f", "follow the newest again",
        "follow the newest", "";
    [key('i')], Action::Placement, READING, "i", "site at a chunk boundary, or inside",
        "move the site", "";
    [key('+'), key('=')], Action::Faster, [], "+ -", "scan faster, slower", "scan rate", "";
    [key('1')], Action::Show(View::Space), [], "1 2 3 4", "Space, Boundary, Tears, Protocol",
        "choose a view", "";
    [(KeyCode::Up, NO), key('k')], Action::Up, [], "↑↓ k j", "scroll; the mouse wheel too",
        "scroll", "";
    [(KeyCode::PageUp, NO), ctrl('b'), ctrl('u')], Action::PageUp, [], "PgUp PgDn",
        "scroll by pages", "scroll by pages", "";
    [(KeyCode::Home, NO), key('g')], Action::Home, [], "Home End", "to the top, to the end",
        "to either end", "";
    [(KeyCode::Esc, NO), (KeyCode::Backspace, NO)], Action::Close, [], "Esc",
        "close what is open", "close", "";
    [key('S')], Action::SaveScreen, [], "S", "save the screen", "save the screen", "";
    [ctrl('l')], Action::Redraw, [], "Ctrl-L", "draw everything anew", "draw anew", "";
    [ctrl('z')], Action::Suspend, [], "Ctrl-Z", "suspend; fg goes on", "suspend", "";
    [key('C')], Action::PreviousScenario, READING, "", "", "", "";
    [key('-'), key('_')], Action::Slower, [], "", "", "", "";
    [key('2')], Action::Show(View::Boundary), [], "", "", "", "";
    [key('3')], Action::Show(View::Tears), [], "", "", "", "";
    [(KeyCode::BackTab, NO), (KeyCode::BackTab, KeyModifiers::SHIFT)], Action::PreviousView, [],
        "", "", "", "";
    [(KeyCode::Down, NO), key('j')], Action::Down, [], "", "", "", "";
    [(KeyCode::PageDown, NO), ctrl('f'), ctrl('d')], Action::PageDown, [], "", "", "", "";
    [(KeyCode::End, NO), key('G')], Action::End, [], "", "", "", "";
    [key('4')], Action::Show(View::Protocol), [], "", "", "", "";
    [(KeyCode::Right, NO)], Action::ModelForth, MODEL, "", "", "", "";
    [key('N')], Action::ModelPreviousFinding, MODEL, "", "", "", "";
    [key('M')], Action::ModelPreviousProtocol, MODEL, "", "", "", "";
    [key('C')], Action::ModelPreviousCase, MODEL, "", "", "", "";
    [key('H')], Action::ModelCureH2, MODEL, "", "", "", "";
];

/// What a key does in a view.
#[must_use]
pub fn look_up(event: &KeyEvent, view: View) -> Option<Action> {
    // Shift is part of the character already.
    let modifiers = match event.code {
        KeyCode::Char(_) => event.modifiers - KeyModifiers::SHIFT,
        _ => event.modifiers,
    };
    BINDINGS
        .iter()
        .filter(|binding| binding.views.is_empty() || binding.views.contains(&view))
        .find(|binding| binding.keys.contains(&(event.code, modifiers)))
        .map(|binding| binding.action)
}

/// The rows that count in a view.
pub fn of_view(view: View) -> impl Iterator<Item = &'static Binding> {
    BINDINGS
        .iter()
        .filter(move |binding| binding.views.is_empty() || binding.views.contains(&view))
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
        assert_eq!(look_up(&enter, View::Space), None);
        assert_eq!(look_up(&enter, View::Tears), Some(Action::Open));
    }
}
