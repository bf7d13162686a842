//! The judge: states of an address space, a scan or an answer, a verdict.

pub use crate::oracle::query_judge::{QueryFinding, QueryJudge};
pub use crate::oracle::site::{OperationInfo, SiteClock, SiteStates};
pub use crate::oracle::states::{Capture, States, StatesError};
pub use crate::oracle::text_judge::TextJudge;
pub use crate::oracle::unknown_judge::{Blink, MissingCounts, UnknownJudge};
pub use crate::oracle::verdict::{Tear, TearKind, Verdict, Violation, ViolationKind};
