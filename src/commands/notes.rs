//! `vmascope notes`: what a speaker says, on a second terminal.

use std::fmt::Write as _;

use super::demo::{need_terminal, theme};
use super::exit::{Exit, Failure, unless_unread};
use super::settings;
use crate::cli::notes::NotesArguments;
use crate::linux::signal_ends::end_by;
use crate::report::output::print;
use crate::tui::notes::script::{Notes, all, find};
use crate::tui::notes::show;
use crate::tui::run::End;

/// Columns of the text, and of what is in front of it.
const WIDTH: usize = 80;
const INDENT: &str = "        ";

pub(crate) fn run(arguments: &NotesArguments) -> Result<Exit, Failure> {
    let at = arguments.demo.as_deref().map(find).transpose();
    let at = at.map_err(|why| Failure::usage(anyhow::anyhow!(why)))?;
    if arguments.text {
        let all = all();
        let wanted = all
            .iter()
            .enumerate()
            .filter(|(n, _)| at.is_none_or(|at| at == *n));
        let texts: Vec<String> = wanted.map(|(_, notes)| text(notes)).collect();
        let written = print(&texts.join("\n"));
        unless_unread(written.map_err(anyhow::Error::from), ())?;
        return Ok(Exit::Held);
    }
    let settings = settings::load(&arguments.look.config)?;
    need_terminal("notes --text` prints them")?;
    match show(
        at.unwrap_or(0),
        theme(&arguments.look, &settings),
        settings.keys,
    )? {
        End::Quit => Ok(Exit::Held),
        End::Signal(signal) => end_by(signal),
    }
}

fn text(notes: &Notes) -> String {
    let mut text = format!(
        "{}\ndemo/{}.sh, {} minutes\n\n",
        notes.title, notes.name, notes.minutes
    );
    for step in &notes.steps {
        let tag = format!("{:<width$}", format!("{}:", step.tag), width = INDENT.len());
        let options = textwrap::Options::new(WIDTH)
            .initial_indent(&tag)
            .subsequent_indent(INDENT);
        // Writing into a text does not fail.
        let _ = writeln!(text, "{}", textwrap::fill(&step.text, options));
    }
    let _ = writeln!(text, "{}", textwrap::fill(&notes.needs, WIDTH));
    text
}
