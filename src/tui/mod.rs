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
//! * [`keys`]: one table of keys, for the dispatcher and the help;
//! * [`protocol`]: the state of the Protocol view;
//! * [`theme`]: colours and modifiers by role;
//! * [`view`]: one file a view; they see the [`App`](app::App) and nothing else;
//! * [`capture`]: a picture of the screen, as SVG and as text;
//! * [`terminal`]: takes the terminal and gives it back whatever happens;
//! * [`run`](mod@run): the loop, the threads, the effects.

pub mod app;
pub mod capture;
#[cfg(test)]
mod fixture;
mod format;
mod inputs;
pub mod keys;
pub mod message;
pub mod protocol;
pub mod run;
mod screen_file;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;
