//! The VMA header lines of `smaps`.

use super::line::is_smaps_header;
use super::scan_text::ScanText;

/// Writes into `headers` the VMA header lines of an `smaps` scan, chunk by
/// chunk: they are the lines of `maps`, and judged like them.
pub(crate) fn keep_headers(smaps: &ScanText, headers: &mut ScanText) {
    headers.clear();
    for chunk in &smaps.chunks {
        let lines = smaps.lines(chunk).filter(|line| is_smaps_header(line));
        headers.push_chunk(lines, chunk.window);
    }
    headers.eof = smaps.eof;
}
