//! The terminal application.
//!
//! ```text
//! keys, signals, session ──▶ Message ──▶ update(App) ──▶ Effect ──▶ terminal, session, files
//!                                             │
//!                                             ▼
//!                                        view(&App) ──▶ one frame
//! ```
//!
//! * [`app`]: all that the screen is made from;
//! * [`update`](mod@update): a message changes it and asks for effects; pure;
//! * [`explorer`]: the state of the Space, and what its keys do; pure;
//! * [`keys`]: one table of keys, for the dispatcher and the help;
//! * [`lab`]: the state of the latency lab, and its keys;
//! * [`menu`]: choosing a scenario by name;
//! * [`manual`], [`probe`]: what their views remember;
//! * [`protocol`]: the state of the Protocol view;
//! * [`theme`]: colours and modifiers by role;
//! * [`view`]: one file a view; they see the [`App`](app::App) and nothing else;
//! * [`capture`]: a picture of the screen, as SVG and as text;
//! * [`export`]: the lines that are shown, as a file;
//! * [`picker`]: the list of processes to choose a target from;
//! * [`terminal`]: takes the terminal and gives it back whatever happens;
//! * [`run`](mod@run): the loop, the threads, the effects.

pub mod app;
pub mod capture;
pub mod explorer;
pub mod export;
#[cfg(test)]
mod fixture;
mod format;
mod inputs;
pub mod keys;
pub mod lab;
#[cfg(test)]
mod lab_fixture;
pub mod manual;
pub mod menu;
pub mod message;
pub mod picker;
pub mod probe;
pub mod protocol;
pub mod run;
mod screen_file;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;
