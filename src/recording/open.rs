//! A recording to be read: in memory, or in a file.

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use rustix::fs::OFlags;
use rustix::io::Errno;
use serde::de::DeserializeOwned;

use super::frame::{FIRST_LINE, Frame, FrameHead, FrameKind, HEAD, Lengths, MAJOR, MARK};
use super::frame::{is_sound, parse_head, payload};
use super::frame_writer::FrameWriter;
use super::header::Header;
use super::json::from_json;
use super::packed::unpack;

/// Why a file is no recording that can be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenRecordingError {
    #[error("cannot read {}: {error}", .path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("{} is not a recording of vmascope: it does not begin with \"{FIRST_LINE}\"", .0.display())]
    Foreign(PathBuf),
    #[error("{} is a recording of format {version}, and this vmascope reads {MAJOR}: use the version that wrote it", .path.display())]
    Version { path: PathBuf, version: String },
    #[error("{} is damaged: it has no whole frame that says what it is", .0.display())]
    NoHeader(PathBuf),
}

/// Where a frame is, and what it is.
#[derive(Clone, Copy, Debug)]
struct Entry {
    head: FrameHead,
    lengths: Lengths,
    /// Of its payload in the file.
    at: u64,
}

#[derive(Debug)]
enum Store {
    Memory(Vec<Arc<Frame>>),
    File { file: File, entries: Vec<Entry> },
}

/// Frames, in the order in which they were written.
#[derive(Debug)]
pub struct Recording {
    store: Store,
    header: Header,
    /// Bytes behind the last whole frame: what was being written when the program was
    /// killed.
    cut_off: u64,
    /// How often a frame began with something else than a head.
    damaged_heads: u64,
    /// Frames that are damaged, once somebody has asked: all of the file is read for it.
    damaged: OnceLock<u64>,
}

impl Recording {
    /// What is kept in memory; none without a header.
    pub(crate) fn in_memory(frames: Vec<Arc<Frame>>) -> Option<Self> {
        let first = frames.iter().find(|it| it.head.kind == FrameKind::Header)?;
        let bytes = payload(&first.stored, &first.lengths).ok()?;
        Some(Recording {
            header: from_json(&bytes).ok()?,
            store: Store::Memory(frames),
            cut_off: 0,
            damaged_heads: 0,
            damaged: OnceLock::new(),
        })
    }

    /// Finds the frames of a file, up to the last whole one.
    ///
    /// # Errors
    /// When it cannot be read, is another file, or of another major version.
    pub fn open(path: &Path) -> Result<Self, OpenRecordingError> {
        let failed = |error| OpenRecordingError::Read {
            path: path.into(),
            error,
        };
        // Nobody is waited for, as a FIFO would.
        let mut options = OpenOptions::new();
        options
            .read(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed());
        let file = options.open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if !metadata.is_file() {
            return Err(failed(io::Error::other("it is not a regular file")));
        }
        let length = metadata.len();
        let mut reader = BufReader::with_capacity(1 << 16, &file);
        let mut at = take_first_line(path, &mut reader)?;
        let mut entries = Vec::new();
        let mut damaged_heads = 0;
        let mut head = [0; HEAD];
        while let Ok(()) = reader.read_exact(&mut head) {
            let Ok((head, lengths)) = parse_head(&head) else {
                // What comes behind it is found by its own head.
                let next = next_head(&file, at + 1);
                let Some(next) = next.filter(|at| reader.seek(SeekFrom::Start(*at)).is_ok()) else {
                    break;
                };
                damaged_heads += 1;
                at = next;
                continue;
            };
            let begin = at + HEAD as u64;
            let end = begin + lengths.stored as u64;
            let skip = i64::try_from(lengths.stored);
            if end > length || skip.is_err() || reader.seek_relative(skip.unwrap_or(0)).is_err() {
                break;
            }
            entries.push(Entry {
                head,
                lengths,
                at: begin,
            });
            at = end;
        }
        let mut recording = Recording {
            store: Store::File { file, entries },
            header: Header::unknown(),
            cut_off: length.saturating_sub(at),
            damaged_heads,
            damaged: OnceLock::new(),
        };
        // Written last, it may be whole by its length only.
        while recording.len() > 0 && recording.payload(recording.len() - 1).is_none() {
            if let Store::File { entries, .. } = &mut recording.store
                && let Some(last) = entries.pop()
            {
                recording.cut_off += HEAD as u64 + last.lengths.stored as u64;
            }
        }
        let no_header = || OpenRecordingError::NoHeader(path.into());
        if recording.head(0).map(|it| it.kind) == Some(FrameKind::Packed) {
            let packed = recording.payload(0).ok_or_else(no_header)?;
            recording.store = Store::Memory(unpack(&packed).map_err(|_| no_header())?);
        }
        let first = recording.head(0).filter(|it| it.kind == FrameKind::Header);
        let bytes = first
            .and_then(|_| recording.payload(0))
            .ok_or_else(no_header)?;
        recording.header = from_json(&bytes).map_err(|_| no_header())?;
        Ok(recording)
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// From when to when something was read or shown, since it began; none: nothing was.
    pub(crate) fn span(&self) -> Option<(Duration, Duration)> {
        let of_a_time = self.heads().map(|(_, head)| head).filter(|head| {
            use FrameKind::{Key, Lab, Moment, Observation, Scans, Watch};
            matches!(head.kind, Scans | Moment | Observation | Key | Watch | Lab)
        });
        let times = of_a_time.map(|head| (head.first_ns, head.last_ns));
        let (first, last) = times.reduce(|all, it| (all.0.min(it.0), all.1.max(it.1)))?;
        Some((Duration::from_nanos(first), Duration::from_nanos(last)))
    }

    /// Whether it begins after what was recorded did: the rest was kept no longer, or is
    /// in the recording of which this is a part.
    pub(crate) fn has_forgotten(&self) -> bool {
        let first = |kind| self.heads().find(move |(_, head)| head.kind == kind);
        let mut firsts = [FrameKind::Scans, FrameKind::Moment, FrameKind::Lab].into_iter();
        firsts.any(|kind| first(kind).is_some_and(|(_, head)| head.first > 1))
    }

    /// How many frames there are.
    pub(crate) fn len(&self) -> usize {
        match &self.store {
            Store::Memory(frames) => frames.len(),
            Store::File { entries, .. } => entries.len(),
        }
    }

    /// Bytes behind the last whole frame.
    pub(crate) fn cut_off(&self) -> u64 {
        self.cut_off
    }

    /// How many frames before the last whole one are damaged, and left out.
    pub(crate) fn damaged(&self) -> u64 {
        let Store::File { file, entries } = &self.store else {
            return self.damaged_heads;
        };
        let is_damaged = |entry: &&Entry| {
            !stored(file, entry).is_some_and(|stored| is_sound(&stored, &entry.lengths))
        };
        let count = || self.damaged_heads + entries.iter().filter(is_damaged).count() as u64;
        *self.damaged.get_or_init(count)
    }

    /// What a frame is.
    pub(crate) fn head(&self, index: usize) -> Option<&FrameHead> {
        match &self.store {
            Store::Memory(frames) => frames.get(index).map(|frame| &frame.head),
            Store::File { entries, .. } => entries.get(index).map(|entry| &entry.head),
        }
    }

    /// All heads, with their numbers.
    pub(crate) fn heads(&self) -> impl DoubleEndedIterator<Item = (usize, &FrameHead)> {
        (0..self.len()).filter_map(|index| Some((index, self.head(index)?)))
    }

    /// What a frame holds; none where that is damaged.
    pub(crate) fn payload(&self, index: usize) -> Option<Vec<u8>> {
        match &self.store {
            Store::Memory(frames) => {
                let frame = frames.get(index)?;
                payload(&frame.stored, &frame.lengths).ok()
            }
            Store::File { file, entries } => {
                let entry = entries.get(index)?;
                payload(&stored(file, entry)?, &entry.lengths).ok()
            }
        }
    }

    /// What the frames of a kind hold, in order, without those that are damaged; none of
    /// one of a later version.
    pub(crate) fn json<T: DeserializeOwned>(
        &self,
        kind: FrameKind,
    ) -> impl DoubleEndedIterator<Item = (&FrameHead, Option<T>)> {
        let frames = self.heads().filter(move |(_, head)| head.kind == kind);
        frames.filter_map(|(index, head)| {
            let payload = self.payload(index)?;
            Some((head, from_json(&payload).ok()))
        })
    }

    /// Writes it as a file; what is damaged is left out.
    ///
    /// # Errors
    /// When that cannot be written.
    pub(crate) fn write_to(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let mut frames = FrameWriter::new(out)?;
        for (index, head) in self.heads() {
            if let Some(payload) = self.payload(index) {
                frames.append(&Frame::new(*head, &payload))?;
            }
        }
        Ok(())
    }
}

/// The payload of a frame as it is stored.
fn stored(file: &File, entry: &Entry) -> Option<Vec<u8>> {
    let mut stored = vec![0; entry.lengths.stored];
    file.read_exact_at(&mut stored, entry.at).ok()?;
    Some(stored)
}

/// Where the next frame begins, from a place on that is in none.
fn next_head(file: &File, mut from: u64) -> Option<u64> {
    let mut bytes = vec![0; 1 << 16];
    let mut head = [0; HEAD];
    loop {
        from = next_data(file, from)?;
        let count = file.read_at(&mut bytes, from).ok()?;
        let marks = memchr::memmem::find_iter(&bytes[..count], &MARK);
        let is_head =
            |at: &u64| file.read_exact_at(&mut head, *at).is_ok() && parse_head(&head).is_ok();
        let found = marks.map(|at| from + at as u64).find(is_head);
        if found.is_some() || count < HEAD {
            return found;
        }
        // A mark may go on behind them.
        from += (count - (MARK.len() - 1)) as u64;
    }
}

/// Where something is stored, from a place on: a file may have a hole of terabytes.
fn next_data(file: &File, from: u64) -> Option<u64> {
    match rustix::fs::seek(file, rustix::fs::SeekFrom::Data(from)) {
        Ok(at) => Some(at),
        Err(Errno::NXIO) => None,
        // Not every file system knows.
        Err(_) => Some(from),
    }
}

/// Reads the first line; where the frames begin.
fn take_first_line(path: &Path, reader: &mut impl Read) -> Result<u64, OpenRecordingError> {
    let foreign = || OpenRecordingError::Foreign(path.into());
    let mut line = Vec::new();
    let mut byte = [0];
    while line.last() != Some(&b'\n') {
        if line.len() > FIRST_LINE.len() + 24 || reader.read_exact(&mut byte).is_err() {
            return Err(foreign());
        }
        line.push(byte[0]);
    }
    let text = std::str::from_utf8(&line).map_err(|_| foreign())?;
    let version = text.strip_prefix(FIRST_LINE).ok_or_else(foreign)?.trim();
    let numbers = version.split_once('.').ok_or_else(foreign)?;
    let (Ok(major), Ok(_)) = (numbers.0.parse::<u32>(), numbers.1.parse::<u32>()) else {
        return Err(foreign());
    };
    if major != MAJOR {
        return Err(OpenRecordingError::Version {
            path: path.into(),
            version: version.into(),
        });
    }
    Ok(line.len() as u64)
}
