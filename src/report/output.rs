//! Standard output and standard error.

use std::io;
use std::io::{IsTerminal, Write as _};

use crate::linux::advice::Advised;
use crate::text::charset::Charset;
use crate::text::sanitise::sanitise_styled;

/// Prints `text`; ANSI styles are stripped where they are not wanted.
pub(crate) fn print(text: &str) -> io::Result<()> {
    let mut out = human_stdout();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// The characters that a stream can show: files and pipes have all of them, a
/// terminal those of the locale.
fn charset_of(stream: &impl IsTerminal) -> Charset {
    if stream.is_terminal() {
        Charset::of(|name| std::env::var(name).ok())
    } else {
        Charset::Utf8
    }
}

/// Standard output for people: styles are stripped where they are not wanted,
/// and a terminal gets characters that it has.
pub(crate) fn human_stdout() -> impl io::Write {
    InCharset {
        charset: charset_of(&io::stdout()),
        inner: anstream::stdout(),
        rest: Vec::new(),
    }
}

/// Standard output: for people, or as it is.
pub(crate) fn stdout_for(people: bool) -> Box<dyn io::Write> {
    match people {
        true => Box::new(human_stdout()),
        false => Box::new(io::stdout()),
    }
}

/// Text on its way to a terminal.
struct InCharset<W> {
    inner: W,
    charset: Charset,
    /// The beginning of a character.
    rest: Vec<u8>,
}

impl<W: io::Write> io::Write for InCharset<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.charset == Charset::Utf8 {
            return self.inner.write(bytes);
        }
        self.rest.extend_from_slice(bytes);
        let whole = match std::str::from_utf8(&self.rest) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.rest.len(),
        };
        let rest = self.rest.split_off(whole);
        let text = std::mem::replace(&mut self.rest, rest);
        let text = self
            .charset
            .text(&String::from_utf8_lossy(&text))
            .into_owned();
        self.inner.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Prints all of `document`; `what` names it should that fail. That nobody reads
/// on is no error.
pub(crate) fn print_document(document: &[u8], what: &str) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(document).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written.map_err(|error| {
            let error = Advised(&error);
            anyhow::anyhow!("cannot write {what} to standard output: {error}")
        }),
    }
}

/// Says one line to the user, on standard error. That nobody can read it is no
/// error: there is nobody left to tell.
pub(crate) fn tell(line: &str) {
    let charset = charset_of(&io::stderr());
    let line = sanitise_styled(line.as_bytes());
    let _ = writeln!(anstream::stderr(), "{}", charset.text(&line));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_may_come_in_two_writes() {
        let mut out = InCharset {
            inner: Vec::new(),
            charset: Charset::Ascii,
            rest: Vec::new(),
        };
        for byte in "✓ jü…\n".bytes() {
            out.write_all(&[byte]).unwrap();
        }
        assert_eq!(out.inner, b"* j\\xc3\\xbc~\n");
    }
}
