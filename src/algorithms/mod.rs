//! What several rooms compute and none of them is about: a breadth-first
//! search, random numbers, and an order of threads' steps drawn with them. Pure:
//! no system call, no clock, no I/O.

pub(crate) mod breadth_first;
pub(crate) mod priorities;
pub(crate) mod random;
