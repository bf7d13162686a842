//! The judge: the states that an address space may be in, and what a reader saw
//! of it. Pure: no clock, no system call.
//!
//! A VMA of three pages is split and merged again while it is read. A reader
//! that sees both halves and the whole is torn, which is allowed; one that sees a
//! gap where every state has a VMA has found a hole.
//!
//! ```
//! use vmascope::chunks::{ScanText, Window};
//! use vmascope::judge::{OperationInfo, SiteClock, SiteStates, States, TextJudge, ViolationKind};
//! use vmascope::kernel::{Reader, Rule};
//!
//! let line = |range: &str, perms: &str| format!("{range} {perms} 00000000 00:00 0 \n");
//! let whole = line("10000000-10003000", "rw-p");
//! let halves = line("10000000-10001000", "r--p") + &line("10001000-10003000", "rw-p");
//! let operation = |text: &str| OperationInfo { text: text.into(), ..OperationInfo::default() };
//! let site = SiteStates {
//!     range: 0x1000_0000..0x1000_3000,
//!     operations: vec![operation("mprotect(r)"), operation("mprotect(rw)")],
//!     clock: SiteClock::default(),
//! };
//! let states = States::of_site(site, &[whole.clone().into(), halves.clone().into()])?;
//!
//! // Both states are allowed: one operation was begun and not finished.
//! let mut window = Window::default();
//! window.begun[0] = 1;
//! let mut judge = TextJudge::new(Reader::Maps, Rule::LINE_END);
//! let mut judged = |text: String| {
//!     let scan = ScanText::from_chunks([(text.as_bytes(), window)], window);
//!     judge.judge(&states, &scan).clone()
//! };
//! let torn = judged(line("10000000-10001000", "r--p") + &whole);
//! assert!(torn.torn() && torn.violations.is_empty());
//! let hole = judged(line("10001000-10003000", "rw-p"));
//! assert_eq!(hole.violations[0].kind, ViolationKind::Hole(0x1000_0000..0x1000_1000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub use crate::oracle::missing::{CameBack, MissingCounts};
pub use crate::oracle::query_judge::{QueryFinding, QueryJudge};
pub use crate::oracle::site::{MovedVma, OperationInfo, SiteClock, SiteStates};
pub use crate::oracle::states::{Capture, States, StatesError};
pub use crate::oracle::text_judge::TextJudge;
pub use crate::oracle::unknown_judge::UnknownJudge;
pub use crate::oracle::verdict::{Tear, TearKind, Verdict, Violation, ViolationKind};
