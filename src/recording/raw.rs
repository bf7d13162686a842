//! What a reader has read in one scan or pass, before anybody judges it: into a record
//! and out of it.

use super::damage::RecordError;
use super::pass::Pass;
use super::record::Record;
use crate::maps::scan_text::ScanText;

/// What was read in one scan of a text file, or in one pass of queries.
#[derive(Clone, Copy, Debug)]
pub enum Raw<'a> {
    /// A scan: of `smaps` the VMA lines.
    Scan {
        text: &'a ScanText,
        /// Whether it was read to the end of the file.
        whole: bool,
    },
    /// The answers of a pass, in the order in which they were given. What was asked
    /// follows from them, or from the states.
    Pass(&'a Pass),
}

impl Raw<'_> {
    /// Puts it into a record, of which the number and the times stay as they are.
    #[cfg(test)]
    pub(crate) fn put_into(self, record: &mut Record) {
        match self {
            Raw::Scan { text, whole } => {
                record.take(text);
                record.whole = whole;
            }
            Raw::Pass(pass) => crate::recording::pass::put_pass(record, pass),
        }
    }
}

/// The scan that a record holds, into buffers that are reused.
///
/// # Errors
/// When its chunks do not adjoin and cover its text.
pub(crate) fn read_scan(record: &Record, into: &mut ScanText) -> Result<(), RecordError> {
    let (ends, bytes) = (&record.ends, record.text.len());
    let covered = ends.last().copied().unwrap_or_default();
    if !ends.is_sorted() || covered != bytes || record.windows.len() != ends.len() + 1 {
        return Err(RecordError::Chunks {
            number: record.number,
            chunks: ends.len(),
            windows: record.windows.len(),
            bytes,
        });
    }
    record.put_into(into);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::maps::scan_text::Window;

    #[test]
    fn a_scan_comes_back_and_one_that_does_not_cover_its_text_is_refused() {
        let windows = [Window::of_one(1, 2), Window::of_one(2, 2), Window::ANY];
        let chunks = [(&b"a\n"[..], windows[0]), (b"b\nc\n", windows[1])];
        let scan = ScanText::from_chunks(chunks, windows[2]);
        let (mut record, mut back) = (Record::default(), ScanText::default());
        let raw = Raw::Scan {
            text: &scan,
            whole: true,
        };
        raw.put_into(&mut record);
        assert_eq!(read_scan(&record, &mut back), Ok(()));
        assert_eq!((back.text(), &back.chunks), (scan.text(), &scan.chunks));
        assert_eq!((back.eof, back.reads), (scan.eof, scan.reads));
        type Damage = fn(&mut Record);
        let damages: [Damage; 5] = [
            |record| record.ends[0] = 7,
            |record| record.ends[1] = 5,
            |record| record.windows.truncate(2),
            |record| record.text.truncate(5),
            |record| record.ends.clear(),
        ];
        for damage in damages {
            let mut record = record.clone();
            damage(&mut record);
            let refused = read_scan(&record, &mut back);
            assert!(
                matches!(refused, Err(RecordError::Chunks { .. })),
                "{record:?}"
            );
        }
    }
}
