//! What several rooms compute and none of them is about: a breadth-first
//! search and random numbers. Pure: no system call, no clock, no I/O.

pub(crate) mod breadth_first;
pub(crate) mod random;
