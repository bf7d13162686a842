//! What can go wrong with the modifier, one line each.

use thiserror::Error;

use super::child_process::error::ChildError;
use crate::scenario::arena::MAX_SLOTS;
use crate::scenario::arena_plan::LayoutError;

/// Why the modifier did not do what it was asked.
#[derive(Debug, Error)]
pub enum ModifierError {
    /// An arena of that many slots cannot be.
    #[error("an arena of {slots} slots cannot be; use 3 to {MAX_SLOTS}")]
    Slots { slots: u32 },
    /// It could not be started, has died or does not answer.
    #[error(transparent)]
    Child(#[from] ChildError),
    /// The site has no room where it was asked for.
    #[error(transparent)]
    Layout(#[from] LayoutError),
    /// A system call that builds the arena failed; the arena is now unknown
    /// until the next layout.
    #[error("the modifier cannot lay out its arena: {call} failed: {reason}{advice}")]
    Setup {
        call: String,
        reason: String,
        /// What to do, after a semicolon; or nothing.
        advice: &'static str,
    },
    /// The scenario's setup needs what this kernel has not.
    #[error("this kernel refuses {call} ({needs}), which the scenario's setup has: {reason}")]
    NotHere {
        /// The word of the call.
        call: &'static str,
        needs: &'static str,
        /// What the kernel said, in words.
        reason: String,
    },
    /// Something is mapped where the last site would be.
    #[error(
        "something else is the last that is mapped, near {address:#x} (the stack, \
         where kernel.randomize_va_space is 0, or where --populate asks for much?): nothing can be laid out at the end of the address space"
    )]
    EndIsTaken {
        /// The address in the modifier, in bytes.
        address: u64,
    },
    /// An operation failed; the site is now unknown until the next layout.
    #[error("operation {index} of scenario `{scenario}`, {text}, failed: {reason}")]
    Operation {
        scenario: String,
        /// The operation, from 0.
        index: u32,
        /// The call, as the scenario writes it.
        text: String,
        /// The errno; 0 when the call succeeded but did something else.
        errno: i32,
        /// What the kernel said, in words.
        reason: String,
    },
    /// There is no scenario to run: lay one out first.
    #[error("the modifier has no scenario to run; lay one out first")]
    NoScenario,
    /// The touch thread was not asked for, or there is nothing it could read.
    #[error("the modifier cannot prove that pages stay mapped: {problem}")]
    NoTouchThread {
        /// Why, and what to do.
        problem: &'static str,
    },
    /// The touch thread's read faulted: a page was not mapped, although every
    /// state maps it. The process has ended.
    #[error(
        "a page of the site was not mapped: reading address {address:#x} raised signal {signal} \
         in the modifier; every state of the scenario maps it, so the kernel or the scenario is wrong"
    )]
    PageGone {
        /// The address in the modifier, in bytes.
        address: u64,
        /// `SIGSEGV` or `SIGBUS`.
        signal: i32,
    },
}
