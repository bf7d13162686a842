//! The VMA header lines of `smaps`.

use crate::kernel::chunk::{Chunk, ScanText};
use crate::kernel::line::is_smaps_header;

/// Writes into `headers` the VMA header lines of an `smaps` scan, chunk by
/// chunk: they are the lines of `maps`, and judged like them.
pub fn keep_headers(smaps: &ScanText, headers: &mut ScanText) {
    headers.clear();
    for chunk in &smaps.chunks {
        let start = headers.text().len();
        for line in smaps.text()[chunk.bytes.clone()].split_inclusive(|&b| b == b'\n') {
            if is_smaps_header(line) {
                headers.push_bytes(line);
            }
        }
        headers.chunks.push(Chunk {
            bytes: start..headers.text().len(),
            window: chunk.window,
        });
    }
    headers.eof = smaps.eof;
}
