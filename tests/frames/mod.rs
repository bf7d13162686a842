//! What a recording looks like on disk, read without the program.

/// Bytes of the head of a frame.
const HEAD: usize = 64;

/// A frame that is whole.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WholeFrame {
    pub(crate) kind: u8,
    /// When what it holds ended, in nanoseconds since the recording began.
    pub(crate) last_ns: u64,
}

pub(crate) const SCANS: u8 = 2;
pub(crate) const MOMENT: u8 = 3;

/// The whole frames of a recording, and how many bytes are behind them.
pub(crate) fn frames(bytes: &[u8]) -> (Vec<WholeFrame>, usize) {
    let line = memchr::memchr(b'\n', bytes).expect("a first line") + 1;
    assert!(bytes.starts_with(b"vmascope recording 1."));
    let mut rest = &bytes[line..];
    let mut frames = Vec::new();
    while let Some((head, behind)) = rest.split_at_checked(HEAD) {
        let short = |at: usize| u32::from_le_bytes(head[at..at + 4].try_into().unwrap());
        assert_eq!(&head[..4], b"VMA\n");
        assert_eq!(short(60), crc32fast::hash(&head[..60]), "a head is damaged");
        let Some((stored, behind)) = behind.split_at_checked(short(52) as usize) else {
            break;
        };
        assert_eq!(short(56), crc32fast::hash(stored), "a payload is damaged");
        frames.push(WholeFrame {
            kind: head[4],
            last_ns: u64::from_le_bytes(head[40..48].try_into().unwrap()),
        });
        rest = behind;
    }
    (frames, rest.len())
}
