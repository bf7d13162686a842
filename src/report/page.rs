//! How wide each kind of document is, and text wrapped to that.

use std::borrow::Cow;

use anstyle::Style;
use textwrap::{Options, WordSplitter};

/// Columns of what is printed on a terminal.
pub(crate) const TERMINAL: usize = 80;
/// Columns of the catalogue of scenarios, whose code lines are long.
pub(crate) const CATALOGUE: usize = 96;
/// Columns of a mail, as kernel mailing lists like it.
pub(crate) const MAIL: usize = 72;

/// `text` behind `head`, its other lines behind `indent`.
pub(crate) fn hanging(text: &str, columns: usize, head: &str, indent: &str) -> String {
    let options = Options::new(columns)
        .initial_indent(head)
        .subsequent_indent(indent);
    textwrap::fill(text, options)
}

/// Options that break lines at spaces only: an address range has a hyphen.
pub(crate) fn at_spaces(columns: usize) -> Options<'static> {
    Options::new(columns).word_splitter(WordSplitter::NoHyphenation)
}

/// A text that grows line by line.
#[derive(Debug, Default)]
pub(crate) struct Page {
    pub text: String,
}

impl Page {
    pub(crate) fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    pub(crate) fn styled(&mut self, style: Style, line: &str) {
        self.line(&format!("{style}{line}{style:#}"));
    }

    /// The lines that `text` is wrapped to.
    pub(crate) fn lines<'a>(&mut self, text: &'a str, options: Options<'a>) {
        for line in textwrap::wrap(text, options) {
            self.line(&line);
        }
    }
}

/// Lines of `text` in what `indent` leaves of a terminal.
pub(crate) fn wrapped(text: &str, indent: usize) -> Vec<Cow<'_, str>> {
    textwrap::wrap(text, TERMINAL - indent)
}
