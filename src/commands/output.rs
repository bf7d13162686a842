//! What a command prints in one piece.

use std::io::{self, Write};

use anyhow::Context;

/// Prints all of `text` on standard output; `what` names it should that fail.
/// That nobody reads on is no error.
pub(super) fn print(text: &[u8], what: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.with_context(|| {
            format!("cannot write {what} to standard output; send it to a file that has room")
        }),
    }
}
