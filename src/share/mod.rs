//! A recording as files that others can open without this program.
//!
//! * [`screen`]: the application on a recording, without a terminal;
//! * [`cast`]: that screen as it plays, as an asciicast;
//! * [`trace`]: scans, operations and finds as tracks on one clock, for Perfetto;
//!   [`stream_tracks`]: of one stream; [`track_event`], [`protobuf`]: its bytes.

pub(crate) mod cast;
pub(crate) mod protobuf;
pub(crate) mod screen;
pub(crate) mod stream_tracks;
pub(crate) mod trace;
pub(crate) mod track_event;
