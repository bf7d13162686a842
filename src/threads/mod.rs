//! Threads: one that tells of its own panic, what one asks of another, and the
//! latest value that one leaves for another; and the one that ends what hangs.

pub(crate) mod latest;
pub(crate) mod panic_text;
pub(crate) mod request;
pub(crate) mod time_limit;
pub(crate) mod worker;
