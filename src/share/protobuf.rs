//! Messages of Protocol Buffers as bytes
//! (<https://protobuf.dev/programming-guides/encoding/>), as far as a trace needs them.

use crate::recording::bytes::{put_bytes, put_number};

/// A number of up to 64 bits, in groups of seven.
const VARINT: u64 = 0;

/// Bytes with their number in front: a text, or another message.
const LENGTH: u64 = 2;

/// A message, field by field.
#[derive(Clone, Debug, Default)]
pub(crate) struct Message(Vec<u8>);

impl Message {
    /// With one more field that holds a number.
    pub(crate) fn number(mut self, field: u64, value: u64) -> Self {
        put_number(&mut self.0, field << 3 | VARINT);
        put_number(&mut self.0, value);
        self
    }

    /// With one more field that holds a text.
    pub(crate) fn text(mut self, field: u64, text: &str) -> Self {
        put_number(&mut self.0, field << 3 | LENGTH);
        put_bytes(&mut self.0, text.as_bytes());
        self
    }

    /// With one more field that holds a message.
    pub(crate) fn message(mut self, field: u64, message: &Message) -> Self {
        put_number(&mut self.0, field << 3 | LENGTH);
        put_bytes(&mut self.0, &message.0);
        self
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}
