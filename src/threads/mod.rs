//! Threads: one that tells of its own panic, what one asks of another, and the
//! latest value that one leaves for another.

pub(crate) mod latest;
pub(crate) mod panic_text;
pub(crate) mod request;
pub(crate) mod worker;
