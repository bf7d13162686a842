//! The latency lab: how long a writer waits because somebody reads, and which
//! lock the reader took.
//!
//! A [writer](crate::modifier::timed_writer) unmaps and maps single pages and times
//! each call, while threads of this process read *its* address space. A
//! *configuration* is who reads; it is measured in *samples*, and each *round*
//! takes one sample of every configuration, so that a machine that becomes
//! slower or faster hits all alike.
//!
//! What is timed is each single call, from a loop that makes the next one only
//! when the last has returned (closed loop): a long wait counts as one long
//! call, not as all the calls that would have been made meanwhile. That is the
//! question here, how long a thread that calls mmap or munmap waits, and it is
//! what the test that the patch series cites measures. So percentiles are
//! *not* corrected for coordinated omission; how much less work got done shows
//! in the number of operations, and all of the waiting is in the mean.
//!
//! Locks are counted in samples of their own: a counter on the tracepoint
//! makes every acquisition a little slower, which must not show in the times.
//!
//! * [`reader`]: the threads that read;
//! * [`busy`]: threads that keep them from their CPU;
//! * [`mod@bench`]: a writer and its readers, placed on CPUs;
//! * [`sample`]: one sample, taken on it;
//! * [`clock`]: whether the clock and the writer's loop can be trusted;
//! * [`times`]: percentiles of many times;
//! * [`run`](mod@run): rounds of samples;
//! * [`outcome`]: what comes out;
//! * [`inversion`]: the lab where readers lose their CPU while they hold a lock;
//! * [`live`]: the lab as the application shows it.

pub(crate) mod bench;
pub(crate) mod busy;
pub(crate) mod clock;
pub(crate) mod inversion;
pub(crate) mod live;
pub(crate) mod load;
pub(crate) mod outcome;
#[cfg(test)]
pub(crate) mod outcome_fixture;
pub(crate) mod reader;
pub(crate) mod run;
pub(crate) mod sample;
pub(crate) mod times;
