//! A recording as what a screen shows: at any of its moments, back and forth.
//!
//! * [`player`]: goes about in it, on a thread of its own ([`player_thread`]), with an
//!   [`index`] of what is where, the [`scans`] as pictures, [`found_until`] and
//!   [`explored`];
//! * [`judging`]: its scans judged afresh; [`judged`]: all of them, stream by stream
//!   ([`judged_stream`]), and what is [otherwise](difference) than it was;
//! * [`cut`]: a smaller recording with a part of it; [`anonymise`]: one that does not say
//!   whose it was; [`recode`]: its scans coded anew for both; [`write_part`]: both into a file;
//! * [`timeline`]: from when to when it goes, and what happened on the way;
//! * [`step`]: how to move about in it;
//! * [`moment`]: what there is to show at one moment;
//! * [`local_time`]: when that was by the clock on the wall.

pub(crate) mod anonymise;
pub(crate) mod cut;
pub(crate) mod difference;
pub(crate) mod explored;
#[cfg(test)]
mod fixture;
pub(crate) mod found_until;
#[cfg(test)]
mod hostile_tests;
pub(crate) mod index;
pub(crate) mod judged;
pub(crate) mod judged_stream;
pub(crate) mod judging;
pub(crate) mod local_time;
pub(crate) mod lost;
pub(crate) mod moment;
pub(crate) mod player;
pub(crate) mod player_thread;
pub(crate) mod recode;
pub(crate) mod scans;
pub(crate) mod step;
pub(crate) mod timeline;
pub(crate) mod write_part;
