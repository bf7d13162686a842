//! The program in a terminal.

#[path = "../holes/mod.rs"]
mod holes;
#[path = "../recorded/mod.rs"]
mod recorded;
#[path = "../support/mod.rs"]
mod support;
#[path = "../terminal/mod.rs"]
mod terminal;

mod recording;
mod tui_protocol;
mod tui_pty;
mod tui_target;
