//! The program without a terminal, or ended while it has one: what it prints, what it
//! leaves, its exit status.

#[path = "../churning/mod.rs"]
mod churning;
#[path = "../hiding/mod.rs"]
mod hiding;
#[path = "../holes/mod.rs"]
mod holes;
#[path = "../support/mod.rs"]
mod support;
#[path = "../terminal/mod.rs"]
mod terminal;

mod check;
mod demos;
mod ends;
mod errors;
mod fuzz;
mod headless;
mod help;
mod hidden_vmas;
mod kit;
mod latency;
mod no_recording;
mod odd_targets;
mod parts;
mod replay;
mod settings;
mod share;
mod small_stack;
mod step;
mod unread;
