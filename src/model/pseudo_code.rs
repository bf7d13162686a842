//! The readers' programs as text: each step, and the kernel function that it
//! stands for.

use super::protocol_options::{Afresh, GapCheck, Locking, ResumeAt};
use super::protocols::Protocol;
use super::reader::Point;
use super::writer::{KernelFunction, kernel_function};

const TASK_MMU: &str = "fs/proc/task_mmu.c";
const MMAP_LOCK_C: &str = "mm/mmap_lock.c";
const MMAP_LOCK_H: &str = "include/linux/mmap_lock.h";
const VMA_NEXT: KernelFunction = kernel_function("vma_next", "include/linux/mm.h");
/// The second half of a search where `mas_walk()` found nothing.
const MAS_NEXT_SLOT: KernelFunction = kernel_function("mas_next_slot", "lib/maple_tree.c");

impl Point {
    /// The kernel function that the step stands for.
    #[must_use]
    pub fn place(self, protocol: &Protocol) -> KernelFunction {
        let query = protocol.query;
        match self {
            Point::Start if query => kernel_function("query_vma_setup", TASK_MMU),
            Point::Start => kernel_function("m_start", TASK_MMU),
            Point::ReadLock | Point::FallBack | Point::Retry => {
                kernel_function("mmap_read_lock_killable", MMAP_LOCK_H)
            }
            Point::Note => kernel_function("mmap_lock_speculate_try_begin", MMAP_LOCK_H),
            Point::Find | Point::SearchAgain => VMA_NEXT,
            Point::StepOn | Point::StepOnAgain => MAS_NEXT_SLOT,
            Point::LockCheck | Point::LockTake => kernel_function("vma_start_read", MMAP_LOCK_C),
            Point::Compare => kernel_function("lock_next_vma", MMAP_LOCK_C),
            Point::Sequence | Point::CopyCheck => {
                kernel_function("mmap_lock_speculate_retry", MMAP_LOCK_H)
            }
            Point::FallBackFind => kernel_function("lock_next_vma_under_mmap_lock", MMAP_LOCK_C),
            Point::FallBackUnlock => kernel_function("mmap_read_unlock", MMAP_LOCK_H),
            Point::CopyStart | Point::CopyEnd => kernel_function("get_vma_snapshot", TASK_MMU),
            Point::Print if query => kernel_function("do_procmap_query", TASK_MMU),
            Point::Print if protocol.afresh == Afresh::Lines => {
                kernel_function("show_smap", TASK_MMU)
            }
            Point::Print => kernel_function("show_map_vma", TASK_MMU),
            Point::Next if query => kernel_function("query_vma_teardown", TASK_MMU),
            Point::Next if protocol.locking == Locking::PerVma => {
                kernel_function("unlock_vma", TASK_MMU)
            }
            Point::Next => kernel_function("m_next", TASK_MMU),
            Point::Done => kernel_function("m_stop", TASK_MMU),
        }
    }

    /// The step as a line of the program.
    #[must_use]
    pub(crate) fn code(self, protocol: &Protocol) -> &'static str {
        let locks = protocol.locking;
        match self {
            Point::Start if protocol.query => "a query: set the iterator to its address",
            Point::Start => match protocol.position {
                ResumeAt::NextStart => "a chunk: iterator to the start kept",
                ResumeAt::LastEnd => "a chunk: iterator to the last line's end",
                ResumeAt::LastStart => "a chunk: iterator to the last line's START",
            },
            Point::ReadLock => "take mmap_lock for reading",
            Point::Note if locks == Locking::RcuSequence => "note the sequence; odd: wait",
            Point::Note => "note the sequence",
            Point::Find => match (protocol.afresh, protocol.checks_end) {
                (Afresh::Searches, true) => "search from the position; none? check",
                (Afresh::Searches, false) => "search from the position",
                (_, true) => "the iterator's next VMA; none? check",
                (_, false) => "take the next VMA from the iterator",
            },
            Point::StepOn => "nothing there? step on",
            Point::LockCheck => "write-locked? fall back",
            Point::LockTake if protocol.retries_detached => "count up; detached? search again",
            Point::LockTake => "count up; detached? fall back",
            Point::Compare => match protocol.gap_check {
                GapCheck::None => "ends behind the position? fall back",
                _ => "ends behind? fall back. Gap? check",
            },
            Point::Sequence if protocol.gap_check == GapCheck::FallBackIfMoved => {
                "gap: sequence odd or moved? fall back"
            }
            Point::Sequence => "gap: sequence odd or moved? search",
            Point::SearchAgain => "gap: another VMA there? fall back",
            Point::StepOnAgain => "nothing there? step on; another? fall back",
            Point::FallBack => "fall back: take mmap_lock",
            Point::FallBackFind => "search from the position, lock the VMA",
            Point::FallBackUnlock if protocol.afresh == Afresh::Chunks => "drop mmap_lock",
            Point::FallBackUnlock => "drop mmap_lock; iterator to its end",
            Point::CopyStart => "copy vm_start",
            Point::CopyEnd => "copy vm_end and the flags",
            Point::CopyCheck => "sequence moved? throw the copy away",
            Point::Retry => "wait for writers, note the sequence",
            Point::Print if protocol.query => "answer; position = its end",
            Point::Print => match protocol.position {
                ResumeAt::LastStart => "print; position = its START",
                _ => "print; position = its end",
            },
            Point::Next if protocol.afresh == Afresh::Lines => "unlock it; iterator to its end",
            Point::Next if locks == Locking::PerVma => "unlock the VMA",
            Point::Next => "go on, or end the chunk",
            Point::Done => "the end",
        }
    }
}

impl Protocol {
    /// The points of the program, in its order.
    #[must_use]
    pub(crate) fn points(&self) -> Vec<Point> {
        let mut points = vec![Point::Start];
        match self.locking {
            Locking::MmapLock => points.extend([Point::ReadLock, Point::Find]),
            Locking::RcuSequence => points.extend([
                Point::Note,
                Point::Find,
                Point::StepOn,
                Point::CopyStart,
                Point::CopyEnd,
                Point::CopyCheck,
            ]),
            Locking::PerVma => {
                points.extend(if self.notes_late {
                    [Point::Find, Point::StepOn, Point::Note]
                } else {
                    [Point::Note, Point::Find, Point::StepOn]
                });
                points.extend([Point::LockCheck, Point::LockTake, Point::Compare]);
                points.extend(match self.gap_check {
                    GapCheck::None => &[][..],
                    GapCheck::SearchIfMoved => {
                        &[Point::Sequence, Point::SearchAgain, Point::StepOnAgain]
                    }
                    GapCheck::SearchAlways => &[Point::SearchAgain, Point::StepOnAgain],
                    GapCheck::FallBackIfMoved => &[Point::Sequence],
                });
            }
        }
        points.extend([Point::Print, Point::Next]);
        match self.locking {
            Locking::MmapLock => {}
            Locking::RcuSequence => points.push(Point::Retry),
            Locking::PerVma => {
                points.extend([Point::FallBack, Point::FallBackFind, Point::FallBackUnlock]);
            }
        }
        points.push(Point::Done);
        points
    }
}
