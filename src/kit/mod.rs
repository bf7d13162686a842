//! What proves a finding without this program, as files: the scenario for
//! `--scenario-file` ([`scenario_text`]), a program in C ([`c_program`], [`objects`]), which is
//! tried here ([`run_program`]), and a mail about it ([`mail`], [`mechanism`]).
//! [`make`] makes all of them.

pub(crate) mod c_program;
pub(crate) mod finding;
pub(crate) mod mail;
pub(crate) mod make;
pub(crate) mod mechanism;
pub(crate) mod objects;
pub(crate) mod run_program;
pub(crate) mod scenario_text;
pub(crate) mod trace;

#[cfg(test)]
mod tests;
