//! `vmascope demo`: the terminal application on the built-in modifier.

use std::cell::Cell;
use std::io::IsTerminal;
use std::sync::Arc;

use anyhow::Context as _;

use super::attach::Choice;
use super::exit::{Exit, Failure};
use super::populate::populated;
use super::record::file_of;
use super::settings;
use crate::cli::demo::DemoArguments;
use crate::cli::record::RecordArguments;
use crate::cli::screen::{LookArguments, ScreenArguments};
use crate::linux::sandbox::{self, Doing};
use crate::linux::signal_ends::end_by;
use crate::modifier::options::ModifierOptions;
use crate::recording::open::Recording;
use crate::sampling::options::Rate;
use crate::scenario::catalogue::{Catalogue, place_of};
use crate::scenario::definition::Scenario;
use crate::session::new_setup::SLOTS;
use crate::session::{Subject, ToWatch};
use crate::settings::Settings;
use crate::setup::place_sites::INSIDE_SITES;
use crate::text::charset::Charset;
use crate::text::number::exact_bytes;
use crate::tui::input::threads::{CANNOT_START, Inbox, start};
use crate::tui::picker::{Picked, pick};
use crate::tui::protocol::drawn::ModelStart;
use crate::tui::run::{Begin, End, RunOptions, Source, run as run_application};
use crate::tui::theme::{Background, ChosenTheme, Depth, Theme};
use crate::tui::view::View;

pub(crate) fn run(arguments: &DemoArguments) -> Result<Exit, Failure> {
    let catalogue = Catalogue::with_files(&arguments.scenario_files).map_err(Failure::usage)?;
    let scenarios = catalogue.list();
    let moves_on = arguments.scenario == "all";
    let at = match moves_on {
        true => 0,
        false => place_of(scenarios, &arguments.scenario).map_err(Failure::usage)?,
    };
    let populate = |asked| populate_all(asked, catalogue.scenarios());
    let populate = arguments.populate.map(populate).transpose()?;
    let settings = settings::load(&arguments.screen.look.config)?;
    need_terminal(CHECK)?;
    let subject = Subject::Modifier {
        scenarios,
        scenario: at,
        moves_on,
        by_hand: arguments.manual,
        modifier: Box::new(ModifierOptions {
            populate,
            ..ModifierOptions::default()
        }),
    };
    let source = Source::Live(subject, file_of(&arguments.record)?);
    let options = RunOptions {
        begin: Begin {
            view: arguments.manual.then_some(View::Manual),
            walk: arguments.walk,
            model: arguments.protocol.map(|protocol| ModelStart {
                case: scenarios[at].name.clone(),
                protocol,
                walk: arguments.seed.map(|seed| (seed, arguments.depth)),
            }),
            ..Begin::with(source, settings.rates.modifier)
        },
        theme: theme(&arguments.screen.look, &settings),
        chosen: settings.chosen(false, arguments.screen.present),
        inbox: None,
        lessons: None,
        #[cfg(debug_assertions)]
        panic_in: arguments.panic_in,
        #[cfg(not(debug_assertions))]
        panic_in: None,
    };
    show(options)
}

/// The size that is asked for, where there is memory for it in every scenario.
fn populate_all(asked: u64, scenarios: &[&Scenario]) -> Result<u64, Failure> {
    let populated = populated(asked, scenarios, INSIDE_SITES, SLOTS)?;
    match populated.why_less {
        None => Ok(populated.letter_bytes),
        Some(why) => Err(Failure::from(anyhow::anyhow!(
            "cannot fault in {} for each page of a layout: {why}; ask for {} at most",
            exact_bytes(asked),
            exact_bytes(populated.letter_bytes)
        ))),
    }
}

/// Shows a target of the user's, who has perhaps chosen it from a list.
pub(crate) fn watch(
    to_watch: ToWatch,
    arguments: &ScreenArguments,
    settings: &Settings,
    record: &RecordArguments,
    inbox: Option<Inbox>,
) -> Result<Exit, Failure> {
    need_terminal(CHECK)?;
    let subject = Subject::Target(Box::new(to_watch));
    show(RunOptions {
        begin: Begin::with(
            Source::Live(subject, file_of(record)?),
            settings.rates.target,
        ),
        theme: theme(&arguments.look, settings),
        chosen: settings.chosen(true, arguments.present),
        inbox,
        lessons: None,
        panic_in: None,
    })
}

/// Lists the processes to choose from; what comes from the terminal after that
/// comes to `inbox`.
pub(crate) fn choose(
    arguments: &ScreenArguments,
    settings: &Settings,
    inbox: &Cell<Option<Inbox>>,
) -> Result<Choice, Failure> {
    need_terminal(CHECK)?;
    let started = start(false, settings.keys).context(CANNOT_START)?;
    let picked = pick(theme(&arguments.look, settings), &started)?;
    inbox.set(Some(started));
    Ok(match picked {
        Picked::Process(entry) => Choice::Process(entry),
        Picked::None => Choice::Ended(Exit::Held),
        Picked::Signal(signal) => end_by(signal),
    })
}

/// Shows a recording.
pub(crate) fn replay(recording: Recording, arguments: &ScreenArguments) -> Result<Exit, Failure> {
    if !std::io::stdout().is_terminal() {
        return Err(anyhow::anyhow!(
            "standard output is not a terminal, on which a recording is shown; --format human \
             prints what it came to, --text - one moment of the screen"
        )
        .into());
    }
    let settings = settings::load(&arguments.look.config)?;
    need_terminal(CHECK)?;
    show(RunOptions {
        begin: Begin::with(Source::Recording(Arc::new(recording)), Rate::Full),
        theme: theme(&arguments.look, &settings),
        chosen: settings.chosen(false, arguments.present),
        inbox: None,
        lessons: None,
        panic_in: None,
    })
}

pub(super) fn show(options: RunOptions) -> Result<Exit, Failure> {
    match run_application(options)? {
        End::Quit => {}
        End::Signal(signal) => end_by(signal),
    }
    Ok(Exit::Held)
}

/// What goes without a terminal in place of the application.
const CHECK: &str = "check` judges this kernel";

/// An error where there is no terminal to draw on; `without` is which command goes without
/// one, and what it does.
pub(crate) fn need_terminal(without: &str) -> anyhow::Result<()> {
    // Asked by an ioctl itself.
    sandbox::check(Doing::Drawing)?;
    if std::io::stdout().is_terminal() {
        return Ok(());
    }
    anyhow::bail!(
        "standard output is not a terminal, which the application needs; `vmascope {without} \
         without one"
    )
}

/// How to draw on this terminal.
pub(super) fn theme(arguments: &LookArguments, settings: &Settings) -> ChosenTheme {
    let variable = |name: &str| std::env::var(name).ok();
    let term = variable("TERM");
    let depth = Depth::of(
        variable("NO_COLOR").as_deref(),
        variable("COLORTERM").as_deref(),
        term.as_deref(),
    );
    let terminal = Theme {
        background: Background::of_variable(variable("COLORFGBG").as_deref()),
        charset: Charset::of(variable),
        ..Theme::new(depth)
    };
    let mut chosen = settings.theme_on(terminal, arguments.theme);
    // The console of Linux may print the question.
    chosen.asks &= term.as_deref() != Some("linux");
    chosen
}
