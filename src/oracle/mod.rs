//! Scans, the states they may show, and the judge that compares the two.
//!
//! A modifier that does nothing but its scenario has a known address space in
//! each state ([`States`](states::States)); a reader racing with it must see,
//! line by line or chunk by chunk, what some allowed state has next.
//! [`TextJudge`](text_judge::TextJudge) applies that rule to a scan of `maps` or
//! of the VMA headers of `smaps`, [`QueryJudge`](query_judge::QueryJudge) to one
//! `PROCMAP_QUERY` answer. Of a target whose states nobody knows,
//! [`UnknownJudge`](unknown_judge::UnknownJudge) says what scans say by
//! themselves; the target's calls, where they are seen, say more: why something
//! was missing ([`evidence`]), and what made a change ([`changed_by`]). [`PairTable`](pairs::PairTable) counts which lines followed each
//! other at the site, [`BoundaryPairs`](boundary_pairs::BoundaryPairs) at the chunk
//! boundaries of a target that has no site.
//!
//! [`Tally`](tally::Tally) sums verdicts up; [`runs`] says for how long a violation stood.
//!
//! Pure: no system call, no clock, no I/O. Of `linux` it imports data only: what
//! a reader's rule is, which holes are known, what a query asks and answers.

pub(crate) mod boundary_pairs;
mod by_name;
pub(crate) mod changed_by;
pub(crate) mod engine;
pub(crate) mod evidence;
pub(crate) mod missing;
pub(crate) mod next_line;
pub(crate) mod pairs;
pub(crate) mod query_judge;
pub(crate) mod runs;
pub(crate) mod signature;
pub(crate) mod site;
pub(crate) mod stale_iterator;
pub(crate) mod states;
pub(crate) mod tally;
pub(crate) mod text_judge;
pub(crate) mod unknown_judge;
pub(crate) mod verdict;
