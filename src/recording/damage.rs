//! Why a record cannot be read.

/// Why a record is not that of a scan, or of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error(
        "cannot read pass {number} of queries: its {bytes} bytes and {windows} windows are not those of whole answers; the recording is damaged"
    )]
    Size {
        number: u64,
        bytes: usize,
        windows: usize,
    },
    #[error(
        "cannot read pass {number} of queries: answer {answer} is none that PROCMAP_QUERY gives; the recording is damaged"
    )]
    Answer { number: u64, answer: usize },
    #[error(
        "cannot read scan {number}: its {chunks} chunks and {windows} windows are not those of its {bytes} bytes; the recording is damaged"
    )]
    Chunks {
        number: u64,
        chunks: usize,
        windows: usize,
        bytes: usize,
    },
}
