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
}

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
    /// What they do, in a few words.
    pub help: &'static str,
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
    ($($keys:expr, $action:expr, $views:expr, $shown:expr, $help:expr, $footer:expr;)*) => {
        &[$(Binding {
            keys: &$keys,
            action: $action,
            views: &$views,
            shown: $shown,
            help: $help,
            footer: $footer,
        }),*]
    };
}

/// All keys; the first row that fits a key and the view counts. The footer
/// takes its words in this order.
pub const BINDINGS: &[Binding] = bindings![
    [key('q'), ctrl('c')], Action::Quit, [], "q", "quit", "quit";
    [key('?'), (KeyCode::F(1), NO)], Action::Help, [], "?", "this help", "help";
    [(KeyCode::Tab, NO)], Action::NextView, [], "Tab", "next view", "view";
    [key(' ')], Action::Freeze, [], "space", "freeze the display; reading goes on", "freeze";
    [key('c')], Action::NextScenario, [], "c", "next scenario", "scenario";
    [key('p')], Action::Still, [], "p", "pause the modifier, or let it go on", "pause";
    [key('s')], Action::Step, [], "s", "one operation of the modifier, then pause", "step";
    [(KeyCode::Enter, NO)], Action::Open, [View::Tears], "Enter", "open the tear", "open";
    [key('w')], Action::Report, [], "w", "write the plain-text report", "report";
    [key('t')], Action::Trigger, [], "t", "which scans to hold: torn, violation, live", "trigger";
    [key('f')], Action::Follow, [View::Space, View::Tears], "f", "back to the site, or the newest", "";
    [key('i')], Action::Placement, [], "i", "site at a chunk boundary, or inside a chunk", "";
    [key('C')], Action::PreviousScenario, [], "C", "scenario before", "";
    [key('+'), key('=')], Action::Faster, [], "+", "scan faster", "";
    [key('-'), key('_')], Action::Slower, [], "-", "scan slower", "";
    [key('1')], Action::Show(View::Space), [], "1", "Space: the scan, chunk by chunk", "";
    [key('2')], Action::Show(View::Boundary), [], "2", "Boundary: original, modified, live", "";
    [key('3')], Action::Show(View::Tears), [], "3", "Tears: what was found", "";
    [(KeyCode::BackTab, NO), (KeyCode::BackTab, KeyModifiers::SHIFT)], Action::PreviousView, [],
        "Shift-Tab", "previous view", "";
    [(KeyCode::Up, NO), key('k')], Action::Up, [], "↑ k", "up", "";
    [(KeyCode::Down, NO), key('j')], Action::Down, [], "↓ j", "down", "";
    [(KeyCode::PageUp, NO), ctrl('b'), ctrl('u')], Action::PageUp, [], "PgUp Ctrl-B", "page up", "";
    [(KeyCode::PageDown, NO), ctrl('f'), ctrl('d')], Action::PageDown, [],
        "PgDn Ctrl-F", "page down", "";
    [(KeyCode::Home, NO), key('g')], Action::Home, [], "Home g", "to the top", "";
    [(KeyCode::End, NO), key('G')], Action::End, [], "End G", "to the end", "";
    [(KeyCode::Esc, NO), (KeyCode::Backspace, NO)], Action::Close, [], "Esc", "close", "";
    [key('S')], Action::SaveScreen, [], "S", "save the screen", "";
    [ctrl('l')], Action::Redraw, [], "Ctrl-L", "draw everything anew", "";
    [ctrl('z')], Action::Suspend, [], "Ctrl-Z", "suspend; fg goes on", "";
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
