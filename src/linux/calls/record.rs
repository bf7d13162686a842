//! What the kernel writes into a ring buffer of perf_event_open(2), as far as
//! it was asked to: samples of two tracepoints with `PERF_SAMPLE_TID`, `TIME`
//! and `RAW`, and the beginnings and ends of threads.

/// One record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// The process of the thread that it is about.
    pub(crate) process: u32,
    pub(crate) thread: u32,
    /// Nanoseconds of `CLOCK_MONOTONIC`.
    pub(crate) at_ns: u64,
    pub(crate) what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    /// It enters a system call.
    Enters {
        number: i64,
        arguments: [u64; 6],
    },
    /// It leaves one.
    Leaves {
        number: i64,
        result: i64,
    },
    /// It was made by a thread that is traced, and is traced itself.
    Begins,
    Ends,
}

/// What a piece of the ring is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Record(Record),
    /// Records were lost.
    Lost,
    /// Nothing that matters.
    Other,
}

/// The numbers of the two tracepoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tracepoints {
    pub(crate) enter: u64,
    pub(crate) exit: u64,
}

// enum perf_event_type (include/uapi/linux/perf_event.h).
const LOST: u32 = 2;
const EXIT: u32 = 4;
const THROTTLE: u32 = 5;
const FORK: u32 = 7;
const SAMPLE: u32 = 9;

/// Takes a record apart, without its header; one that is too short to be what
/// it says counts as lost.
pub(crate) fn parse(kind: u32, body: &[u8], tracepoints: Tracepoints) -> Piece {
    let record = match kind {
        SAMPLE => sample(body, tracepoints),
        FORK | EXIT => task(
            body,
            if kind == FORK {
                What::Begins
            } else {
                What::Ends
            },
        ),
        LOST | THROTTLE => return Piece::Lost,
        _ => return Piece::Other,
    };
    record.map_or(Piece::Lost, Piece::Record)
}

/// u32 pid, tid; u64 time; u32 size; then the tracepoint's fields.
fn sample(body: &[u8], tracepoints: Tracepoints) -> Option<Record> {
    /// Where the fields of a tracepoint begin.
    const FIELDS: usize = 20;
    let fields = body.get(FIELDS..)?;
    // events/raw_syscalls/*/format: a short common_type, and from 8 on longs.
    let tracepoint = u64::from(u16::from_ne_bytes(fields.first_chunk().copied()?));
    let long = |index: usize| u64_at(fields, 8 + 8 * index);
    let number = long(0)?.cast_signed();
    let what = if tracepoint == tracepoints.enter {
        let mut arguments = [0; 6];
        for (index, argument) in arguments.iter_mut().enumerate() {
            *argument = long(1 + index)?;
        }
        What::Enters { number, arguments }
    } else if tracepoint == tracepoints.exit {
        let result = long(1)?.cast_signed();
        What::Leaves { number, result }
    } else {
        return None;
    };
    Some(Record {
        process: u32_at(body, 0)?,
        thread: u32_at(body, 4)?,
        at_ns: u64_at(body, 8)?,
        what,
    })
}

/// u32 pid, ppid, tid, ptid; u64 time.
fn task(body: &[u8], what: What) -> Option<Record> {
    Some(Record {
        process: u32_at(body, 0)?,
        thread: u32_at(body, 8)?,
        at_ns: u64_at(body, 16)?,
        what,
    })
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes_at(bytes, at).map(u32::from_ne_bytes)
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes_at(bytes, at).map(u64::from_ne_bytes)
}

fn bytes_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACEPOINTS: Tracepoints = Tracepoints { enter: 7, exit: 8 };

    fn body(tracepoint: u16, longs: &[u64]) -> Vec<u8> {
        let mut body = Vec::new();
        body.extend(41u32.to_ne_bytes());
        body.extend(42u32.to_ne_bytes());
        body.extend(1_000_000u64.to_ne_bytes());
        body.extend((8 + 8 * longs.len() as u32).to_ne_bytes());
        body.extend(tracepoint.to_ne_bytes());
        body.extend([0; 6]);
        body.extend(longs.iter().flat_map(|long| long.to_ne_bytes()));
        body
    }

    #[test]
    fn both_ends_of_a_call_are_read() {
        let record = |what| {
            Piece::Record(Record {
                process: 41,
                thread: 42,
                at_ns: 1_000_000,
                what,
            })
        };
        let enters = body(7, &[11, 1, 2, 3, 4, 5, 6]);
        assert_eq!(
            parse(SAMPLE, &enters, TRACEPOINTS),
            record(What::Enters {
                number: 11,
                arguments: [1, 2, 3, 4, 5, 6]
            })
        );
        let leaves = body(8, &[11, (-22_i64).cast_unsigned()]);
        assert_eq!(
            parse(SAMPLE, &leaves, TRACEPOINTS),
            record(What::Leaves {
                number: 11,
                result: -22
            })
        );
    }

    #[test]
    fn what_cannot_be_read_counts_as_lost() {
        let enters = body(7, &[11, 1, 2, 3, 4, 5, 6]);
        for length in 0..enters.len() {
            assert_eq!(parse(SAMPLE, &enters[..length], TRACEPOINTS), Piece::Lost);
        }
        assert_eq!(parse(SAMPLE, &body(9, &[11, 0]), TRACEPOINTS), Piece::Lost);
        assert_eq!(parse(FORK, &[0; 23], TRACEPOINTS), Piece::Lost);
        assert_eq!(parse(LOST, &[0; 16], TRACEPOINTS), Piece::Lost);
        assert_eq!(parse(3, &[], TRACEPOINTS), Piece::Other);
    }
}
