//! A process that is not ours.
//!
//! * [`attached`]: a target by its PID, or a command that is run to be watched;
//! * [`target_watch`]: what has become of it;
//! * [`find`]: a target by its PID or name; [`processes`]: those there are;
//! * [`spawned`]: a command of the user's, which never outlives us;
//!   [`hold_at_first_instruction`]: it does not run on before it is watched;
//!   [`output`]: where what it writes goes; [`forward_signals`]: it gets the
//!   signals that we get;
//! * [`proc_text`]: names, command lines and numbers from `/proc`.

pub(crate) mod attached;
pub(crate) mod find;
pub(crate) mod forward_signals;
pub(crate) mod hold_at_first_instruction;
pub(crate) mod output;
pub(crate) mod proc_text;
pub(crate) mod processes;
pub(crate) mod spawned;
pub(crate) mod target_watch;
