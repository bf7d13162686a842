//! Standard output and standard error.

use std::io;
use std::io::Write as _;

use anyhow::Context as _;

/// Prints `text`; ANSI styles are stripped where they are not wanted.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = anstream::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// Prints all of `document`; `what` names it should that fail. That nobody reads
/// on is no error.
pub(crate) fn print_document(document: &[u8], what: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(document).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.with_context(|| {
            format!("cannot write {what} to standard output; send it to a file that has room")
        }),
    }
}

/// Says one line to the user, on standard error. That nobody can read it is no
/// error: there is nobody left to tell.
pub(crate) fn tell(line: &str) {
    let _ = writeln!(anstream::stderr(), "{line}");
}
