//! Frames written as a file, to whatever takes bytes.

use std::io::{self, Write};

use super::frame::{Frame, first_line};

/// Where frames go, and how many bytes they were.
pub(crate) struct FrameWriter<'a> {
    out: &'a mut dyn Write,
    length: u64,
    buffer: Vec<u8>,
}

impl<'a> FrameWriter<'a> {
    /// Writes what a file begins with.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn new(out: &'a mut dyn Write) -> io::Result<Self> {
        let mut writer = FrameWriter {
            out,
            length: 0,
            buffer: first_line().into(),
        };
        writer.write()?;
        Ok(writer)
    }

    /// # Errors
    /// When it cannot be written.
    pub(crate) fn append(&mut self, frame: &Frame) -> io::Result<()> {
        self.buffer.clear();
        frame.write_to(&mut self.buffer);
        self.write()
    }

    /// Bytes so far.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    fn write(&mut self) -> io::Result<()> {
        self.out.write_all(&self.buffer)?;
        self.length += self.buffer.len() as u64;
        Ok(())
    }
}
