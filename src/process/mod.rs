//! A process that is not ours.
//!
//! * [`attached`]: a target by its PID, or a command that is run to be watched;
//! * [`target_state`]: what has become of it;
//! * [`find_target`]: a target by its PID or name; [`process_list`]: those there are;
//! * [`spawned`]: a command of the user's, which never outlives us, nor does what it
//!   starts: its [`supervisor`] sees to that; [`supervisor_words`]: what that
//!   tells; [`ending`]: how the command ended;
//!   [`hold_at_first_instruction`]: it does not run on before it is watched;
//!   [`command_output`]: where what it writes goes; [`forward_signals`]: it gets the
//!   signals that we get;
//! * [`proc_text`]: names, command lines and numbers from `/proc`.

pub(crate) mod attached;
pub(crate) mod command_output;
pub(crate) mod ending;
pub(crate) mod find_target;
pub(crate) mod forward_signals;
pub(crate) mod hold_at_first_instruction;
pub(crate) mod proc_text;
pub(crate) mod process_list;
pub(crate) mod spawned;
pub(crate) mod supervisor;
pub(crate) mod supervisor_words;
pub(crate) mod target_state;
