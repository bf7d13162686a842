//! A recording as what a screen shows: at any of its moments, back and forth.
//!
//! * [`timeline`]: from when to when it goes, and what happened on the way;
//! * [`step`]: how to move about in it;
//! * [`moment`]: what there is to show at one moment;
//! * [`judging`]: recorded scans, judged afresh; [`rejudged`]: what is counted otherwise
//!   then.

pub(crate) mod judging;
pub(crate) mod moment;
pub(crate) mod rejudged;
pub(crate) mod step;
pub(crate) mod timeline;
