//! A trace of tracks with events, as <https://ui.perfetto.dev> opens it.
//!
//! Field numbers are those of Perfetto's trace_packet.proto, track_descriptor.proto,
//! track_event.proto, debug_annotation.proto and clock_snapshot.proto
//! (protos/perfetto/trace/).

use std::io::{self, Write};

use super::protobuf::Message;

mod trace {
    pub(super) const PACKET: u64 = 1;
}

mod packet {
    pub(super) const CLOCK_SNAPSHOT: u64 = 6;
    pub(super) const TIMESTAMP: u64 = 8;
    pub(super) const SEQUENCE_ID: u64 = 10;
    pub(super) const TRACK_EVENT: u64 = 11;
    pub(super) const TRACK_DESCRIPTOR: u64 = 60;
}

mod clock {
    pub(super) const CLOCKS: u64 = 1;
    pub(super) const PRIMARY: u64 = 2;
    /// Of one of the clocks.
    pub(super) const ID: u64 = 1;
    pub(super) const TIMESTAMP: u64 = 2;
    /// `BUILTIN_CLOCK_REALTIME`.
    pub(super) const REALTIME: u64 = 1;
    /// `BUILTIN_CLOCK_BOOTTIME`: of all timestamps that do not say another.
    pub(super) const BOOTTIME: u64 = 6;
}

mod descriptor {
    pub(super) const UUID: u64 = 1;
    pub(super) const NAME: u64 = 2;
    pub(super) const PARENT: u64 = 5;
    pub(super) const COUNTER: u64 = 8;
    pub(super) const CHILD_ORDERING: u64 = 11;
    /// `ChildTracksOrdering::EXPLICIT`.
    pub(super) const EXPLICIT: u64 = 3;
    pub(super) const RANK: u64 = 12;
    /// Of the counter.
    pub(super) const UNIT: u64 = 3;
    /// `UNIT_COUNT`.
    pub(super) const COUNT: u64 = 2;
}

mod event {
    pub(super) const ANNOTATIONS: u64 = 4;
    pub(super) const TYPE: u64 = 9;
    pub(super) const TRACK: u64 = 11;
    pub(super) const NAME: u64 = 23;
    pub(super) const COUNTER_VALUE: u64 = 30;
    pub(super) const SLICE_BEGIN: u64 = 1;
    pub(super) const SLICE_END: u64 = 2;
    pub(super) const INSTANT: u64 = 3;
    pub(super) const COUNTER: u64 = 4;
}

mod annotation {
    pub(super) const UINT: u64 = 3;
    pub(super) const STRING: u64 = 6;
    pub(super) const NAME: u64 = 10;
}

/// All packets are of one sequence.
const SEQUENCE: u64 = 1;

/// What is told of an event.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments(Vec<Message>);

impl Arguments {
    pub(crate) fn number(mut self, name: &str, value: u64) -> Self {
        let annotation = Message::default().text(annotation::NAME, name);
        self.0.push(annotation.number(annotation::UINT, value));
        self
    }

    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        let annotation = Message::default().text(annotation::NAME, name);
        self.0.push(annotation.text(annotation::STRING, value));
        self
    }
}

/// Where a track is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Track {
    /// Its number, not 0.
    pub(crate) uuid: u64,
    pub(crate) parent: Option<u64>,
    /// Which of its parent's it is.
    pub(crate) rank: u64,
}

/// Writes a trace, packet by packet. Times are in nanoseconds since the recording
/// began.
pub(crate) struct TraceWriter<'a> {
    out: &'a mut dyn Write,
}

impl<'a> TraceWriter<'a> {
    /// Begins a trace whose time 0 was this many nanoseconds after 1970.
    pub(crate) fn begin(out: &'a mut dyn Write, began: u64) -> io::Result<Self> {
        let clock = |id, time| {
            Message::default()
                .number(clock::ID, id)
                .number(clock::TIMESTAMP, time)
        };
        let snapshot = Message::default()
            .message(clock::CLOCKS, &clock(clock::BOOTTIME, 0))
            .message(clock::CLOCKS, &clock(clock::REALTIME, began))
            .number(clock::PRIMARY, clock::BOOTTIME);
        let mut writer = TraceWriter { out };
        writer.put(Message::default().message(packet::CLOCK_SNAPSHOT, &snapshot))?;
        Ok(writer)
    }

    fn put(&mut self, packet: Message) -> io::Result<()> {
        let packet = packet.number(packet::SEQUENCE_ID, SEQUENCE);
        let packet = Message::default().message(trace::PACKET, &packet);
        self.out.write_all(packet.bytes())
    }

    /// A track for slices and instants, or for other tracks.
    pub(crate) fn track(&mut self, track: Track, name: &str) -> io::Result<()> {
        self.put_track(descriptor(track, name))
    }

    /// A track of a number that changes.
    pub(crate) fn counter_track(&mut self, track: Track, name: &str) -> io::Result<()> {
        let counter = Message::default().number(descriptor::UNIT, descriptor::COUNT);
        self.put_track(descriptor(track, name).message(descriptor::COUNTER, &counter))
    }

    fn put_track(&mut self, descriptor: Message) -> io::Result<()> {
        self.put(Message::default().message(packet::TRACK_DESCRIPTOR, &descriptor))
    }

    /// Something that lasted from one time to another.
    pub(crate) fn slice(
        &mut self,
        track: u64,
        name: &str,
        (from, to): (u64, u64),
        arguments: &Arguments,
    ) -> io::Result<()> {
        let begin = event_of(track, event::SLICE_BEGIN).text(event::NAME, name);
        self.put_event(from, told(begin, arguments))?;
        self.put_event(to.max(from), event_of(track, event::SLICE_END))
    }

    /// Something that happened at once.
    pub(crate) fn instant(
        &mut self,
        track: u64,
        name: &str,
        at: u64,
        arguments: &Arguments,
    ) -> io::Result<()> {
        let instant = event_of(track, event::INSTANT).text(event::NAME, name);
        self.put_event(at, told(instant, arguments))
    }

    /// What a number is from then on.
    pub(crate) fn counter(&mut self, track: u64, at: u64, value: u64) -> io::Result<()> {
        let counter = event_of(track, event::COUNTER);
        self.put_event(at, counter.number(event::COUNTER_VALUE, value))
    }

    fn put_event(&mut self, at: u64, event: Message) -> io::Result<()> {
        let packet = Message::default().number(packet::TIMESTAMP, at);
        self.put(packet.message(packet::TRACK_EVENT, &event))
    }
}

fn descriptor(track: Track, name: &str) -> Message {
    let descriptor = Message::default()
        .number(descriptor::UUID, track.uuid)
        .text(descriptor::NAME, name)
        .number(descriptor::CHILD_ORDERING, descriptor::EXPLICIT)
        .number(descriptor::RANK, track.rank);
    match track.parent {
        Some(parent) => descriptor.number(descriptor::PARENT, parent),
        None => descriptor,
    }
}

fn event_of(track: u64, kind: u64) -> Message {
    Message::default()
        .number(event::TYPE, kind)
        .number(event::TRACK, track)
}

fn told(event: Message, arguments: &Arguments) -> Message {
    let arguments = arguments.0.iter();
    arguments.fold(event, |event, it| event.message(event::ANNOTATIONS, it))
}
