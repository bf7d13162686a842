//! A small faithful seq_file for tests: the algorithm of `seq_read_iter()`
//! (fs/seq_file.c), which also notes the read in which each record was
//! generated. Nothing here looks at the text it hands out.

use std::io;

use super::maps_file::MapsFile;

/// A simulated `/proc/PID/maps` whose records come from a function of the read
/// they are generated in, so that the content can change while it is read.
pub(crate) struct SeqFile<S> {
    /// `show`: the record at an index, as of the given read; `None` at the end.
    show: S,
    /// `m->size`, in bytes.
    size: usize,
    /// What is in the kernel's buffer and not yet copied out.
    left_over: Vec<u8>,
    /// `m->index`.
    index: usize,
    /// Reads since the last rewind.
    pub(crate) reads: usize,
    /// The read (from 0) in which each record was generated, in order.
    pub(crate) generated: Vec<usize>,
    /// Fails this many reads with `EINTR` first.
    pub(crate) interruptions: u32,
}

impl<S: FnMut(usize, usize) -> Option<Vec<u8>>> SeqFile<S> {
    pub(crate) fn new(page: usize, show: S) -> Self {
        Self {
            show,
            size: page,
            left_over: Vec::new(),
            index: 0,
            reads: 0,
            generated: Vec::new(),
            interruptions: 0,
        }
    }

    /// `start()` to `stop()` with `room` bytes left in the caller's buffer.
    fn generate(&mut self, read: usize, room: usize) {
        let Some(first) = (self.show)(self.index, read) else {
            return;
        };
        while first.len() >= self.size {
            self.size *= 2;
        }
        let mut buffer = first;
        self.generated.push(read);
        loop {
            self.index += 1;
            let Some(next) = (self.show)(self.index, read) else {
                break;
            };
            if buffer.len() >= room || buffer.len() + next.len() >= self.size {
                break;
            }
            buffer.extend_from_slice(&next);
            self.generated.push(read);
        }
        self.left_over = buffer;
    }

    fn copy_out(&mut self, buffer: &mut [u8]) -> usize {
        let count = self.left_over.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.left_over[..count]);
        self.left_over.drain(..count);
        count
    }
}

impl<S: FnMut(usize, usize) -> Option<Vec<u8>>> MapsFile for SeqFile<S> {
    fn rewind(&mut self) -> io::Result<()> {
        self.index = 0;
        self.left_over.clear();
        self.reads = 0;
        self.generated.clear();
        Ok(())
    }

    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.interruptions > 0 {
            self.interruptions -= 1;
            return Err(rustix::io::Errno::INTR.into());
        }
        let read = self.reads;
        self.reads += 1;
        let mut copied = self.copy_out(buffer);
        if self.left_over.is_empty() {
            self.generate(read, buffer.len() - copied);
            copied += self.copy_out(&mut buffer[copied..]);
        }
        Ok(copied)
    }
}
