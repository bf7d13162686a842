//! Output of what a file of somebody else says: nothing in it acts on a terminal.

use std::io::{self, Write};

use crate::text::sanitise::sanitise_styled;

/// Writes text with all that is hostile in it escaped. Newlines and colours stay.
#[derive(Debug)]
pub(crate) struct SafeOutput<W: Write> {
    inner: W,
    /// The line that is not whole yet.
    line: Vec<u8>,
}

impl<W: Write> SafeOutput<W> {
    pub(crate) fn new(inner: W) -> Self {
        SafeOutput {
            inner,
            line: Vec::new(),
        }
    }

    /// Writes the first so many bytes of what is there.
    fn pass_on(&mut self, length: usize) -> io::Result<()> {
        let rest = self.line.split_off(length);
        let whole = std::mem::replace(&mut self.line, rest);
        self.inner.write_all(sanitise_styled(&whole).as_bytes())
    }
}

impl<W: Write> Write for SafeOutput<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.line.extend_from_slice(bytes);
        if let Some(newline) = memchr::memrchr(b'\n', &self.line) {
            self.pass_on(newline + 1)?;
        }
        Ok(bytes.len())
    }

    /// What is passed on ends with a whole character and colour: who writes in pieces
    /// does not flush in the middle of one.
    fn flush(&mut self) -> io::Result<()> {
        self.pass_on(self.line.len())?;
        self.inner.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_in_pieces_is_escaped_as_a_whole() {
        let mut out = SafeOutput::new(Vec::new());
        for byte in "\x1b[1mjü\x1b[2J\nx".bytes() {
            out.write_all(&[byte]).unwrap();
        }
        assert_eq!(out.inner, "\x1b[1mjü\\x1b[2J\n".as_bytes());
        out.flush().unwrap();
        assert_eq!(out.inner.last(), Some(&b'x'));
    }
}
