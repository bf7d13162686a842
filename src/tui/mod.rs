//! The terminal application.
//!
//! ```text
//! keys, signals, session ──▶ Message ──▶ App::update ──▶ Effect ──▶ terminal, session, files
//!                                             │
//!                                             ▼
//!                                       frame::render ──▶ one frame
//! ```
//!
//! The views, a folder each with state, `update` (what keys do to it) and
//! `render`: [`space`], [`boundary`], [`tears`], [`coverage`], [`manual`],
//! [`query`], [`latency`], [`protocol`], [`fuzz`]. None knows the application or another
//! view; what they have in common comes in a [`Shown`](shown::Shown), and
//! they draw with [`widgets`] and a [`theme`], in the [`areas`] of the screen.
//!
//! Around them:
//!
//! * [`app`]: all views together, and the way of messages and keys to them;
//! * [`chosen`]: what the user has chosen before it starts;
//! * [`keys`]: the table of keys, for the application, the help and the footer;
//! * [`frame`]: the whole screen, with header and footer;
//! * [`presenter`]: site and verdict in large letters, in the place of all that;
//! * [`overlay`]: the help, and the menu of scenarios;
//! * [`time`]: the past, where time was stopped, and the timeline of it;
//! * [`message`], [`effect`]: what comes in, what is to be done;
//! * [`run`](mod@run): the loop, and the threads of [`input`];
//! * [`terminal`]: takes the terminal and gives it back whatever happens;
//!   [`last_way_out`]: where even that hangs;
//! * [`save`]: screens, reports and lines as files;
//! * [`notes`]: a speaker's, on a second terminal, with a clock;
//! * [`picker`]: the list of processes to choose a target from, before that.

pub(crate) mod app;
pub(crate) mod areas;
pub(crate) mod boundary;
pub(crate) mod chosen;
pub(crate) mod coverage;
pub(crate) mod effect;
#[cfg(test)]
pub(crate) mod fixture;
pub(crate) mod frame;
pub(crate) mod fuzz;
pub(crate) mod input;
pub(crate) mod keys;
pub(crate) mod last_way_out;
pub(crate) mod latency;
pub(crate) mod learn;
pub(crate) mod manual;
pub(crate) mod message;
pub(crate) mod notes;
pub(crate) mod overlay;
pub(crate) mod picker;
pub(crate) mod presenter;
pub(crate) mod protocol;
pub(crate) mod query;
pub(crate) mod rewind;
pub(crate) mod run;
pub(crate) mod save;
pub(crate) mod scroll;
pub(crate) mod shown;
pub(crate) mod space;
pub(crate) mod tears;
pub(crate) mod terminal;
pub(crate) mod theme;
pub(crate) mod time;
pub(crate) mod view;
pub(crate) mod widgets;
