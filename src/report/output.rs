//! Standard output and standard error.

use std::io;
use std::io::Write as _;

/// Prints `text`; ANSI styles are stripped where they are not wanted.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Says one line to the user, on standard error. That nobody can read it is no
/// error: there is nobody left to tell.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
