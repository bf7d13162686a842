//! The program in a terminal.

#[path = "../churning/mod.rs"]
mod churning;
#[path = "../frames/mod.rs"]
mod frames;
#[path = "../holes/mod.rs"]
mod holes;
#[path = "../support/mod.rs"]
mod support;
#[path = "../terminal/mod.rs"]
mod terminal;

mod learn;
mod recorded;
mod recording;
mod tui_protocol;
mod tui_pty;
mod tui_target;
