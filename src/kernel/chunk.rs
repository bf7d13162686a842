//! stub
#![allow(missing_docs)]
use std::ops::Range;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Window {
    pub finished: u64,
    pub begun: u64,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    pub bytes: Range<usize>,
    pub window: Window,
}
#[derive(Clone, Debug, Default)]
pub struct ScanText {
    pub bytes: Vec<u8>,
    pub chunks: Vec<Chunk>,
    pub eof: Window,
}
impl ScanText {
    pub fn text(&self) -> &[u8] {
        &self.bytes
    }
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.chunks.clear();
    }
    pub fn push_bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }
}
pub trait ReadClock {
    fn finished(&self) -> u64;
    fn begun(&self) -> u64;
}

pub struct ChunkReader<F> {
    file: F,
    size: usize,
}
impl<F: super::MapsFile> ChunkReader<F> {
    pub fn new(file: F, size: usize) -> Self {
        ChunkReader { file, size }
    }
    pub fn file(&self) -> &F {
        &self.file
    }
    pub fn scan(&mut self, clock: &impl ReadClock, into: &mut ScanText) -> std::io::Result<()> {
        into.clear();
        self.file.rewind()?;
        let mut b = vec![0; self.size];
        loop {
            let finished = clock.finished();
            let n = self.file.read(&mut b)?;
            let window = Window {
                finished,
                begun: clock.begun(),
            };
            if n == 0 {
                into.eof = window;
                return Ok(());
            }
            let at = into.bytes.len();
            into.bytes.extend_from_slice(&b[..n]);
            into.chunks.push(Chunk {
                bytes: at..at + n,
                window,
            });
        }
    }
}
