//! `vmascope man`: the man pages, made from the definition of the command line.

use std::io;
use std::path::Path;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Inline, Roff, bold, roman};

use super::exit::{Exit, Failure};
use crate::cli::Cli;
use crate::cli::man::ManArguments;
use crate::linux::advice::Advised;
use crate::report::output::print_document;
use crate::report::save::Saved;

/// Where the part of a command's notes begins that a man page has a section for.
const EXIT_STATUS: &str = "Exit status:";

/// Prints the page of the program, or writes those of all commands.
pub(super) fn run(arguments: &ManArguments) -> Result<Exit, Failure> {
    // `vmascope help check` says what `man vmascope-check` does.
    let mut program = Cli::command().disable_help_subcommand(true);
    program.build();
    match &arguments.directory {
        None => print_document(&page(&program)?, "the man page")?,
        Some(directory) => write_all(&program, directory)?,
    }
    Ok(Exit::Held)
}

/// The pages of the command and of all below it, each in a file of its own.
fn write_all(command: &Command, directory: &Path) -> anyhow::Result<()> {
    std::fs::create_dir_all(directory).map_err(|error| {
        let (directory, error) = (directory.display(), Advised(&error));
        anyhow::anyhow!("cannot create {directory} for the man pages: {error}")
    })?;
    let name = Man::new(command.clone()).get_filename();
    let text = String::from_utf8(page(command)?)?;
    Saved::create(&directory.join(name))?.keep(&text)?;
    let mut shown = command
        .get_subcommands()
        .filter(|below| !below.is_hide_set());
    shown.try_for_each(|below| write_all(below, directory))
}

/// The page of one command, in roff.
fn page(command: &Command) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    // The notes come below, with headings that say what they are.
    let man = Man::new(command.clone().after_long_help(None::<&str>))
        // Two quotes are an empty argument in roff, and nothing is none: the
        // source would become the date.
        .date("\"\"")
        .source(concat!("vmascope ", env!("CARGO_PKG_VERSION")))
        .manual("User Commands");
    man.render(&mut page)?;
    let mut sections = Roff::new();
    let notes = command.get_after_long_help().map(ToString::to_string);
    let notes = notes.unwrap_or_default();
    let exit_status = notes.find(EXIT_STATUS).unwrap_or(notes.len());
    let (notes, exit_status) = notes.split_at(exit_status);
    section(&mut sections, "NOTES", notes);
    let exit_status = exit_status.strip_prefix(EXIT_STATUS);
    section(
        &mut sections,
        "EXIT STATUS",
        exit_status.unwrap_or_default(),
    );
    if !command.has_subcommands() {
        sections.control("SH", ["SEE ALSO"]);
        sections.text([bold("vmascope"), roman("(1)")]);
    }
    sections.to_writer(&mut page)?;
    Ok(page)
}

/// A section whose lines stay as they are: they were laid out by hand for
/// `--help`, in columns.
fn section(roff: &mut Roff, heading: &str, text: &str) {
    let text = text.trim_matches('\n');
    if text.is_empty() {
        return;
    }
    roff.control("SH", [heading]);
    roff.control("nf", []);
    for line in text.lines() {
        roff.text([Inline::from(line)]);
    }
    roff.control("fi", []);
}
