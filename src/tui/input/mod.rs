//! What comes from the terminal and from signals.
//!
//! * [`event`]: keys, clicks, pastes; [`decoder`]: bytes into them, and into
//!   nothing what is a terminal's reply; [`sequences`]: the control sequences of keys;
//! * [`reader`]: reads those bytes;
//! * [`paste`]: what of a paste may be typed;
//! * [`threads`]: turn all of it into messages.
//!
//! `crossterm` reads keys too, but of a reply that it does not know it drops
//! the head and types the rest, and behind `CSI ? … y` it swallows every key.

pub(crate) mod decoder;
pub(crate) mod event;
pub(crate) mod paste;
pub(crate) mod reader;
pub(crate) mod sequences;
pub(crate) mod threads;
