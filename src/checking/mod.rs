//! A scenario read by one kind of reader, and judged: the work of a check and of
//! a hunt.
//!
//! * [`case`]: one scenario under one reader at each placement; [`case_options`]:
//!   how it is read;
//! * [`placement_run`]: one placement, under each schedule in turn; [`still`]: the
//!   same while the modifier stands still; [`schedule_shares`]: how the schedules
//!   share the time; [`giving_way`]: readers of SCHED_IDLE, which must not starve;
//!   [`away`]: time in which this process was stopped; [`rounds`]: the totals, cut in
//!   pieces;
//! * [`readers`]: the readers that run at once.

pub(crate) mod away;
pub(crate) mod case;
pub(crate) mod case_options;
pub(crate) mod giving_way;
pub(crate) mod placement_run;
pub(crate) mod readers;
pub(crate) mod rounds;
pub(crate) mod schedule_shares;
pub(crate) mod still;
