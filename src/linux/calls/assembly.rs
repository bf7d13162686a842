//! Makes calls of their beginnings and ends.

use std::collections::{HashMap, HashSet};

use nix::libc;

use super::call::{CALLS_BY_INT80, Call, CallEnd, may_be_by_int80};
use super::record::{Record, What};

/// Whose memory a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Memory {
    /// The target's: every thread of it has, and a child of `vfork`.
    Ours,
    /// Its own.
    Other,
    /// It is gone, or may not be asked.
    Unknown,
}

/// The calls under way, and what must be known of those before.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    /// By thread.
    open: HashMap<u32, Call>,
    /// Threads of which every call is seen, from its beginning.
    known: HashSet<u32>,
    /// What is known of processes that the target has made.
    memory: HashMap<u32, Memory>,
    /// The end of the heap, after the last `brk` seen.
    current_break: Option<u64>,
    /// The last moment up to which anything may have happened: the end of a call of
    /// which the beginning was not seen, or a beginning or end of one by `int 0x80`.
    unknown_until: Option<u64>,
}

impl Assembly {
    /// Takes in the next record of a target, by time; gives the call that it
    /// ends. `memory_of` says whose memory another process has.
    pub(crate) fn take(
        &mut self,
        target: u32,
        record: &Record,
        memory_of: impl FnOnce(u32) -> Memory,
    ) -> Option<Call> {
        let Record {
            process,
            thread,
            at_ns,
            what,
        } = *record;
        match what {
            What::Begins => {
                // Whoever had that number before is gone.
                if process != target && process == thread {
                    self.memory.remove(&process);
                }
                self.known.insert(thread);
                self.open.remove(&thread)
            }
            What::Ends => {
                self.known.remove(&thread);
                self.open.remove(&thread)
            }
            What::Enters { number, arguments } => {
                self.known.insert(thread);
                let memory = match process == target {
                    true => Memory::Ours,
                    false => *(self.memory.entry(process)).or_insert_with(|| memory_of(process)),
                };
                if memory == Memory::Other {
                    return None;
                }
                if CALLS_BY_INT80.contains(&number) {
                    if !may_be_by_int80(number, &arguments) {
                        return None;
                    }
                    self.unknown_until = self.unknown_until.max(Some(at_ns));
                }
                let is_brk = number == libc::SYS_brk;
                let call = Call {
                    process,
                    thread,
                    number,
                    arguments,
                    begun_ns: at_ns,
                    ended: None,
                    previous_break: self.current_break.filter(|_| is_brk),
                    is_ours: memory == Memory::Ours,
                };
                // A thread that is traced twice says everything twice.
                let open = self.open.get(&thread);
                if open.is_some_and(|open| open.number == number && open.arguments == arguments) {
                    return None;
                }
                self.open.insert(thread, call)
            }
            What::Leaves { number, result } => {
                let open = self.open.remove(&thread);
                let Some(mut call) = open.filter(|open| open.number == number) else {
                    // One that is traced twice says this twice, too.
                    if !self.known.contains(&thread) {
                        self.unknown_until = self.unknown_until.max(Some(at_ns));
                    }
                    return open;
                };
                if CALLS_BY_INT80.contains(&number) {
                    self.unknown_until = self.unknown_until.max(Some(at_ns));
                    return None;
                }
                call.ended = Some(CallEnd { ns: at_ns, result });
                if number == libc::SYS_brk && call.is_ours {
                    self.current_break = u64::try_from(result).ok();
                }
                Some(call)
            }
        }
    }

    /// Calls that have begun and not ended.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Call> {
        self.open.values()
    }

    /// The last moment up to which anything may have happened, since asked.
    pub(crate) fn take_unknown_until(&mut self) -> Option<u64> {
        self.unknown_until.take()
    }

    /// Records were lost: what was open may have ended.
    pub(crate) fn forget(&mut self) {
        self.open.clear();
        self.known.clear();
        self.current_break = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: u32 = 10;

    fn record(process: u32, thread: u32, at_ns: u64, what: What) -> Record {
        Record {
            process,
            thread,
            at_ns,
            what,
        }
    }

    fn enters(number: i64) -> What {
        What::Enters {
            number,
            arguments: [0x1000, 0x2000, 0, 0, 0, 0],
        }
    }

    fn leaves(number: i64) -> What {
        What::Leaves { number, result: 0 }
    }

    /// Ends of calls, by beginning and end, and the last end without a beginning.
    fn calls(records: &[Record]) -> (Vec<(u64, Option<u64>)>, Option<u64>) {
        let mut assembly = Assembly::default();
        let memory = |process| match process {
            20 => Memory::Other,
            30 => Memory::Ours,
            _ => Memory::Unknown,
        };
        let calls = (records.iter())
            .filter_map(|record| assembly.take(TARGET, record, memory))
            .map(|call| (call.begun_ns, call.ended.map(|end| end.ns)))
            .collect();
        (calls, assembly.take_unknown_until())
    }

    #[test]
    fn beginnings_find_their_ends() {
        let munmap = libc::SYS_munmap;
        let two_threads = [
            record(TARGET, 10, 1, enters(munmap)),
            record(TARGET, 11, 2, enters(munmap)),
            record(TARGET, 10, 3, leaves(munmap)),
            record(TARGET, 11, 4, leaves(munmap)),
        ];
        let expected = vec![(1, Some(3)), (2, Some(4))];
        assert_eq!(calls(&two_threads), (expected, None));
        // Traced twice.
        let twice: Vec<Record> = two_threads.iter().flat_map(|it| [*it, *it]).collect();
        assert_eq!(calls(&twice), calls(&two_threads));
        // One was under way when tracing began, one when its thread was killed.
        let cut = [
            record(TARGET, 10, 5, leaves(munmap)),
            record(TARGET, 11, 6, enters(munmap)),
            record(TARGET, 11, 7, What::Ends),
        ];
        assert_eq!(calls(&cut), (vec![(6, None)], Some(5)));
    }

    #[test]
    fn a_child_counts_if_it_may_have_our_memory() {
        let munmap = libc::SYS_munmap;
        for (process, count) in [(20, 0), (30, 1), (40, 1)] {
            let records = [
                record(process, process, 1, What::Begins),
                record(process, process, 2, enters(munmap)),
                record(process, process, 3, leaves(munmap)),
            ];
            let (calls, unseen) = calls(&records);
            assert_eq!((calls.len(), unseen), (count, None), "{process}");
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn a_call_by_int_0x80_is_not_known() {
        const UNMAP: i64 = 91;
        const SHMDT: i64 = 398;
        let enters = |number, first| What::Enters {
            number,
            arguments: [first, 0x1a4, 0, 0, 0, 0],
        };
        let unknown = |number, first| {
            calls(&[
                record(TARGET, 10, 1, enters(number, first)),
                record(TARGET, 10, 2, leaves(number)),
            ])
        };
        assert_eq!(unknown(UNMAP, 0x2000_0000), (vec![], Some(2)));
        assert_eq!(unknown(SHMDT, 0x2000_0000), (vec![], Some(2)));
        // fchmod(3, 0644)
        assert_eq!(unknown(UNMAP, 3), (vec![], None));
        // One that has not returned.
        let begun = [record(TARGET, 10, 1, enters(UNMAP, 0x2000_0000))];
        assert_eq!(calls(&begun), (vec![], Some(1)));
    }

    #[test]
    fn the_heap_has_an_end() {
        let mut assembly = Assembly::default();
        let mut brk = |to: i64| {
            let what = What::Enters {
                number: libc::SYS_brk,
                arguments: [to.cast_unsigned(), 0, 0, 0, 0, 0],
            };
            assembly.take(TARGET, &record(TARGET, 10, 1, what), |_| Memory::Unknown);
            let what = What::Leaves {
                number: libc::SYS_brk,
                result: to,
            };
            let call = assembly.take(TARGET, &record(TARGET, 10, 2, what), |_| Memory::Unknown);
            call.unwrap().previous_break
        };
        assert_eq!(brk(0x5000), None);
        assert_eq!(brk(0x3000), Some(0x5000));
        assembly.forget();
        assert!(assembly.open().next().is_none());
    }
}
