//! The table of keys: what each does in which views. The footer and the help
//! show the rows in this order.

use crossterm::event::{KeyCode, KeyModifiers};

use super::Binding;
use super::action::Action;
use super::notation::Key;
use crate::replay::step::TimeStep;
use crate::stepping::step::ManualStep;
use crate::tui::fuzz::update::FuzzAction;
use crate::tui::latency::update::LatencyAction;
use crate::tui::learn::action::LessonAction;
use crate::tui::manual::update::ManualAction;
use crate::tui::protocol::action::{Check, ProtocolAction};
use crate::tui::query::action::QueryAction;
use crate::tui::space::action::SpaceAction;
use crate::tui::tears::update::TearsAction;
use crate::tui::view::View;

pub(super) const NO: KeyModifiers = KeyModifiers::NONE;
const CTRL: KeyModifiers = KeyModifiers::CONTROL;

/// The keys of every view.
const EVERY: [View; 0] = [];
/// The views of the target: the lab and the model have a writer of their own.
const WATCHING: [View; 6] = [
    View::Space,
    View::Boundary,
    View::Tears,
    View::Coverage,
    View::Manual,
    View::Query,
];
/// Those of which there is a past.
const RECORDED: [View; 7] = [
    View::Space,
    View::Boundary,
    View::Tears,
    View::Coverage,
    View::Manual,
    View::Query,
    View::Latency,
];
/// Those where scans and operations come by themselves.
const RUNNING: [View; 5] = [
    View::Space,
    View::Boundary,
    View::Tears,
    View::Coverage,
    View::Query,
];
/// Those that can be frozen: by hand, and in the model, nothing moves by itself.
const NOT_BY_HAND: [View; 7] = [
    View::Space,
    View::Boundary,
    View::Tears,
    View::Coverage,
    View::Query,
    View::Latency,
    View::Fuzz,
];

/// Those where one scenario after the other may come by itself.
const TOURING: [View; 4] = [View::Space, View::Boundary, View::Tears, View::Coverage];

const fn key(character: char) -> Key {
    (KeyCode::Char(character), NO)
}

const fn ctrl(character: char) -> Key {
    (KeyCode::Char(character), CTRL)
}

/// Keys, action, views; then, empty where another row says it too: the keys as
/// they are shown, the help, the help where there is little room, a word for
/// the footer.
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

pub(crate) const BINDINGS: &[Binding] = bindings![
    [key('q'), ctrl('c')], Action::Quit, EVERY, "q Ctrl-C", "quit", "quit", "quit";
    [key('?'), (KeyCode::F(1), NO)], Action::Help, EVERY, "?", "this help", "this help", "help";
    [key('r')], Action::Manual(ManualAction::Step(ManualStep::Read)), [View::Manual],
        "r", "the reader reads one more chunk", "read a chunk", "read";
    [key('m')], Action::Manual(ManualAction::Step(ManualStep::Operate)), [View::Manual],
        "m", "the modifier does its next operation", "one operation", "operate";
    [key('b')], Action::Manual(ManualAction::Play), [View::Manual],
        "b", "play a way to a duplicate; again: next step", "way to a duplicate", "duplicate";
    [key('u'), (KeyCode::Left, NO), key('h')], Action::Manual(ManualAction::Back), [View::Manual],
        "u ←", "take the last step back", "take it back", "back";
    [key('t')], Action::ManualTimelines, [View::Manual],
        "t", "what was done, as two timelines; again: the file", "timelines", "timelines";
    [key('l')], Action::Manual(ManualAction::Step(ManualStep::Size)), [View::Manual],
        "l", "chunks of a page, or of one line", "page or line", "size";
    [key('R')], Action::Manual(ManualAction::Step(ManualStep::Rewind)), [View::Manual],
        "R", "rewind the reader", "rewind", "rewind";
    [key('s')], Action::Fuzz(FuzzAction::StartOrStop), [View::Fuzz],
        "s", "start a hunt, or stop it", "start or stop", "start";
    [key('o')], Action::Fuzz(FuzzAction::Options), [View::Fuzz],
        "o", "what to hunt with: seed, time, readers, calls", "options", "options";
    [(KeyCode::Enter, NO)], Action::Fuzz(FuzzAction::Open), [View::Fuzz],
        "Enter", "open the find", "open the find", "open";
    [key('w')], Action::Fuzz(FuzzAction::MakeKit), [View::Fuzz],
        "w", "write its kit: scenario, C program, mail", "write its kit", "kit";
    [key('e')], Action::ExplainFind, [View::Fuzz],
        "e", "explain it: the model, at its steps", "explain it", "explain";
    [key('a')], Action::Query(QueryAction::Type), [View::Query],
        "a", "type an address, in hexadecimal", "type an address", "address";
    [key('N')], Action::Query(QueryAction::Next), [View::Query],
        "N", "the VMA that covers it, or the next", "covering or next", "or next";
    [key('F')], Action::Query(QueryAction::FileBacked), [View::Query],
        "F", "file-backed VMAs only, or any", "file-backed only", "";
    [key('R')], Action::Query(QueryAction::Readable), [View::Query],
        "R W X H", "readable, writable, executable, shared only", "by permission", "filter";
    [(KeyCode::Left, NO)], Action::Query(QueryAction::Before), [View::Query],
        "← →", "before the VMA found, behind it", "before, behind", "move";
    [(KeyCode::Enter, NO)], Action::Tears(TearsAction::Open), [View::Tears],
        "Enter", "open the tear", "open the tear", "open";
    [key('e')], Action::ExplainTear, [View::Tears],
        "e", "explain it: the model, at its steps", "explain it", "explain";
    [(KeyCode::Enter, NO)], Action::Space(SpaceAction::Open), [View::Space],
        "Enter", "open the VMA, or unfold the group", "open the VMA", "open";
    [key('+'), key('=')], Action::Latency(LatencyAction::Add), [View::Latency],
        "+ -", "add a reader of this kind, remove one", "add or remove one", "reader";
    [(KeyCode::Left, NO), key('h')], Action::Latency(LatencyAction::Previous), [View::Latency],
        "←→ h l", "choose the kind of reader", "choose a reader", "kind";
    [key('0')], Action::Latency(LatencyAction::Clear), [View::Latency],
        "0", "no reader at all", "no reader", "none";
    [key('d')], Action::Latency(LatencyAction::Walk), [View::Latency],
        "d", "demonstration: one reader after the other", "demonstration", "demonstration";
    [key('I')], Action::Latency(LatencyAction::Inversion), [View::Latency],
        "I", "inversion: elsewhere, on the VMA read, off", "inversion", "inversion";
    [(KeyCode::Tab, NO)], Action::NextView, EVERY, "Tab", "next view", "next view", "view";
    [key(' ')], Action::Freeze, NOT_BY_HAND,
        "space", "freeze the display; reading goes on", "freeze the display", "freeze";
    [key(',')], Action::Time(TimeStep::Scans(-1)), RECORDED,
        ", .", "stop time and go a scan back, a scan on", "a scan back, on", "past";
    [key('(')], Action::Time(TimeStep::Finds(-1)), RECORDED,
        "( )", "the find before: a tear, a hole, a blink; the next", "a find back, on", "";
    [key('[')], Action::Time(TimeStep::Violations(-1)), RECORDED,
        "[ ]", "the same of the worst: what no correct kernel shows", "a worst find back, on", "";
    [key(';')], Action::Time(TimeStep::Seconds(-1)), RECORDED,
        "; '", "a second back, a second on", "a second back, on", "";
    [key('^')], Action::Time(TimeStep::First), RECORDED,
        "^ $", "the first moment that is kept, the last", "first, last moment", "";
    [key('P')], Action::Time(TimeStep::StopOrPlay), RECORDED,
        "P", "stop time, or play; space too in the past", "stop time, or play", "";
    [key('{')], Action::Time(TimeStep::Slower), RECORDED,
        "{ }", "play slower, faster: a thousandth to a thousand times", "slower, faster", "";
    [key('L')], Action::Time(TimeStep::Live), RECORDED,
        "L", "live: back to what happens now", "back to live", "";
    [key('|')], Action::Timeline, RECORDED,
        "|", "hide the timeline, or show it; a click there goes there", "hide the timeline", "";
    [key(']')], Action::Time(TimeStep::Violations(1)), RECORDED, "", "", "", "";
    [key('c')], Action::NextScenario, WATCHING,
        "c C M", "next scenario, the one before, a menu", "scenarios, menu", "scenario";
    [key('M')], Action::PickScenario, WATCHING, "", "", "", "";
    [key('p')], Action::PauseModifier, RUNNING,
        "p", "pause the modifier, or let it go on", "pause the modifier", "pause";
    [key('s')], Action::ToggleManual, WATCHING,
        "s", "manual mode: step reader and modifier", "manual mode", "by hand";
    [key('m')], Action::StepModifier, RUNNING,
        "m", "one operation of the modifier, then pause", "step the modifier", "";
    [key('/')], Action::Space(SpaceAction::Filter), [View::Space],
        "/", "filter: name, rw-p, 7f12…, >1M, ~grew", "filter the lines", "filter";
    [key('g')], Action::Space(SpaceAction::GoTo), [View::Space],
        "g", "go to an address, or the next VMA", "go to an address", "go to";
    [key('n')], Action::Space(SpaceAction::NextChange), [View::Space],
        "n N t T", "next change, next tear; capitals go back", "next change, tear", "change";
    [key('l')], Action::Space(SpaceAction::Log), [View::Space],
        "l u x", "log of changes, smaps figures, export", "log, smaps, export", "log";
    [key('z')], Action::Space(SpaceAction::Fold), [View::Space],
        "z v e", "fold by file, columns, exact sizes", "fold; list layout", "fold";
    [key('w')], Action::Report, WATCHING,
        "w", "write the report, as plain text", "write the report", "report";
    [key('h')], Action::Trigger, RUNNING,
        "h", "which scans are held, or none: live", "what is held", "hold";
    [key(' ')], Action::Protocol(ProtocolAction::Play), [View::Protocol],
        "space", "play to the step that matters, or stop", "play, or stop", "play";
    [key('r')], Action::Protocol(ProtocolAction::Reader), [View::Protocol],
        "r", "one step of the reader", "reader steps", "reader";
    [key('w')], Action::Protocol(ProtocolAction::Writer), [View::Protocol],
        "w", "one step of the writer", "writer steps", "writer";
    [(KeyCode::Left, NO)], Action::Protocol(ProtocolAction::Back), [View::Protocol],
        "← →", "one step back, forth", "step back, forth", "back";
    [key('n')], Action::Protocol(ProtocolAction::Finding), [View::Protocol],
        "n N", "load the worst found, the next worst", "load the worst", "worst";
    [key('d')], Action::Protocol(ProtocolAction::Draw), [View::Protocol],
        "d", "draw walks until one breaks a promise", "draw a walk", "draw";
    [key('m')], Action::Protocol(ProtocolAction::Protocol), [View::Protocol],
        "m M", "next protocol of a reader, the one before", "other protocol", "protocol";
    [key('c')], Action::Protocol(ProtocolAction::Case), [View::Protocol],
        "c C", "next case, the one before", "other case", "case";
    [key('x')], Action::Protocol(ProtocolAction::Switch(Check::Gap)), [View::Protocol],
        "x", "take the gap check away, or put it back", "gap check", "";
    [key('h')], Action::Protocol(ProtocolAction::Switch(Check::CureOfH1)), [View::Protocol],
        "h H t", "cure H1, H2, H3, or take the cure away", "cure H1, H2, H3", "cure";
    [key('p')], Action::Protocol(ProtocolAction::Programs), [View::Protocol],
        "p", "both programs, or both timelines again", "programs", "programs";
    [key('b')], Action::Protocol(ProtocolAction::EndChunk), [View::Protocol],
        "b", "end the reader's chunk here", "end the chunk", "";
    [key('u')], Action::Protocol(ProtocolAction::WriterReuses), [View::Protocol],
        "u", "the writer reuses the structure found", "writer reuses", "";
    [key('o')], Action::Protocol(ProtocolAction::OtherReuses), [View::Protocol],
        "o", "another process reuses it", "other reuses", "";
    [key('f')], Action::Space(SpaceAction::Follow), [View::Space],
        "f", "follow the site again", "follow the site", "";
    [key('f')], Action::Tears(TearsAction::Follow), [View::Tears],
        "f", "follow the newest again", "follow the newest", "";
    [key('i')], Action::Placement, WATCHING,
        "i", "the site at another place relative to chunks", "move the site", "";
    [key('a')], Action::EveryScenario, TOURING,
        "a", "all scenarios, one after the other, or stay", "all, or stay", "";
    [key('f')], Action::FollowScenario, [View::Coverage],
        "f", "follow the scenario that runs", "follow what runs", "";
    [key('+'), key('=')], Action::Faster, RUNNING, "+ -", "scan faster, slower", "scan rate", "";
    [key('1')], Action::Show(View::Space), EVERY,
        "1 … 9", "the views, in the order of the tabs", "choose a view", "";
    [(KeyCode::Up, NO), key('k')], Action::Up, EVERY,
        "↑↓ k j", "scroll; the mouse wheel too", "scroll", "";
    [(KeyCode::PageUp, NO), ctrl('b'), ctrl('u')], Action::PageUp, EVERY,
        "PgUp PgDn", "scroll by pages", "scroll by pages", "";
    [(KeyCode::Home, NO), key('<')], Action::Home, EVERY,
        "Home End", "to the top, to the end", "to either end", "";
    [(KeyCode::Esc, NO), (KeyCode::Backspace, NO)], Action::Close, EVERY,
        "Esc", "close what is open", "close", "";
    [key('S')], Action::SaveScreen, EVERY,
        "S B y Y", "save screen, recording; copy line, address", "save; copy a line", "";
    [key('B')], Action::SaveRecording, EVERY,
        "", "", "", "";
    [key('y')], Action::CopyLine, EVERY, "", "", "", "";
    [key('Y')], Action::CopyAddress, EVERY, "", "", "", "";
    [key('V'), (KeyCode::F(5), NO)], Action::Present, EVERY,
        "V Ctrl-O", "large letters; mouse left to the terminal", "large; mouse off", "";
    [ctrl('o')], Action::Mouse, EVERY, "", "", "", "";
    [ctrl('l')], Action::Redraw, EVERY,
        "Ctrl-L Z", "draw everything anew; suspend, fg goes on", "redraw, suspend", "";
    [ctrl('z')], Action::Suspend, EVERY, "", "", "", "";
    [key('J')], Action::Lesson(LessonAction::On), EVERY,
        "J K", "in a lesson: go on, back", "lesson: on, back", "";
    [key('K')], Action::Lesson(LessonAction::Back), EVERY, "", "", "", "";
    [key('A')], Action::Lesson(LessonAction::Hint), EVERY,
        "A", "a hint; again: it is done for you", "lesson: hint", "";
    [key('O')], Action::Lesson(LessonAction::Contents), EVERY,
        "O", "all lessons", "all lessons", "";
    [key('D')], Action::Lesson(LessonAction::Again), EVERY,
        "D", "begin the lesson again where it asks", "lesson: again", "";
    [key('C')], Action::PreviousScenario, WATCHING, "", "", "", "";
    [key('-'), key('_')], Action::Slower, RUNNING, "", "", "", "";
    [key('2')], Action::Show(View::Boundary), EVERY, "", "", "", "";
    [key('3')], Action::Show(View::Tears), EVERY, "", "", "", "";
    [key('4')], Action::Show(View::Coverage), EVERY, "", "", "", "";
    [key('5')], Action::Show(View::Manual), EVERY, "", "", "", "";
    [key('6')], Action::Show(View::Query), EVERY, "", "", "", "";
    [key('W')], Action::Query(QueryAction::Writable), [View::Query], "", "", "", "";
    [key('X')], Action::Query(QueryAction::Executable), [View::Query], "", "", "", "";
    [key('H')], Action::Query(QueryAction::Shared), [View::Query], "", "", "", "";
    [(KeyCode::Right, NO), key('l')], Action::Query(QueryAction::Behind), [View::Query], "", "", "", "";
    [key('7')], Action::Show(View::Latency), EVERY, "", "", "", "";
    [key('-'), key('_')], Action::Latency(LatencyAction::Remove), [View::Latency], "", "", "", "";
    [(KeyCode::Right, NO), key('l')], Action::Latency(LatencyAction::Next), [View::Latency],
        "", "", "", "";
    [(KeyCode::BackTab, NO)], Action::PreviousView, EVERY, "", "", "", "";
    [(KeyCode::Down, NO), key('j')], Action::Down, EVERY, "", "", "", "";
    [(KeyCode::PageDown, NO), ctrl('f'), ctrl('d')], Action::PageDown, EVERY, "", "", "", "";
    [(KeyCode::End, NO), key('>'), key('G')], Action::End, EVERY, "", "", "", "";
    [key('t')], Action::Space(SpaceAction::NextTear), [View::Space], "", "", "", "";
    [key('u')], Action::Space(SpaceAction::Usage), [View::Space], "", "", "", "";
    [key('x')], Action::Space(SpaceAction::Export), [View::Space], "", "", "", "";
    [key('v')], Action::Space(SpaceAction::Columns), [View::Space], "", "", "", "";
    [key('e')], Action::Space(SpaceAction::Exact), [View::Space], "", "", "", "";
    [key('N')], Action::Space(SpaceAction::PreviousChange), [View::Space], "", "", "", "";
    [key('T')], Action::Space(SpaceAction::PreviousTear), [View::Space], "", "", "", "";
    [key('.')], Action::Time(TimeStep::Scans(1)), RECORDED, "", "", "", "";
    [key(')')], Action::Time(TimeStep::Finds(1)), RECORDED, "", "", "", "";
    [key('\'')], Action::Time(TimeStep::Seconds(1)), RECORDED, "", "", "", "";
    [key('$')], Action::Time(TimeStep::Last), RECORDED, "", "", "", "";
    [key('}')], Action::Time(TimeStep::Faster), RECORDED, "", "", "", "";
    [key('8')], Action::Show(View::Protocol), EVERY, "", "", "", "";
    [key('9')], Action::Show(View::Fuzz), EVERY, "", "", "", "";
    [(KeyCode::Right, NO), key('l')], Action::Protocol(ProtocolAction::Forth), [View::Protocol],
        "", "", "", "";
    [key('N')], Action::Protocol(ProtocolAction::PreviousFinding), [View::Protocol], "", "", "", "";
    [key('M')], Action::Protocol(ProtocolAction::PreviousProtocol), [View::Protocol],
        "", "", "", "";
    [key('C')], Action::Protocol(ProtocolAction::PreviousCase), [View::Protocol], "", "", "", "";
    [key('H')], Action::Protocol(ProtocolAction::Switch(Check::CureOfH2)), [View::Protocol],
        "", "", "", "";
    [key('t')], Action::Protocol(ProtocolAction::Switch(Check::CureOfH3)), [View::Protocol],
        "", "", "", "";
];
