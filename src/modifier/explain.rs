//! From what the modifier's process noted down to an error for a person.

use std::io;

use nix::libc;

use super::child_process::error::ChildError;
use super::child_process::mailbox::{self, Mailbox};
use super::error::ModifierError;
use super::mailbox::{ModifierMailbox, Task};
use crate::linux::advice::Advised;
use crate::scenario::arena::Arena;
use crate::scenario::definition::Scenario;
use crate::scenario::raw_call::RawCall;

type Failure = mailbox::Failure<Task>;

/// The error for a failure while the modifier was serving.
pub(crate) fn explain(
    failure: Failure,
    scenario: Option<&Scenario>,
    setup: &[RawCall],
    arena: Arena,
) -> ModifierError {
    let index = failure.index as usize;
    let operation = scenario.and_then(|scenario| {
        let operation = scenario.operations.get(index)?;
        Some((scenario.name.clone(), operation.call.to_string()))
    });
    if failure.task == Task::Setup
        && let Some((call, needs)) = setup.get(index).and_then(RawCall::needs)
    {
        let reason = reason(failure);
        return ModifierError::NotHere {
            call,
            needs,
            reason,
        };
    }
    match (failure.task, operation) {
        (Task::Operation, Some((scenario, text))) => ModifierError::Operation {
            scenario,
            index: failure.index,
            text,
            errno: failure.errno,
            reason: reason(failure),
        },
        (Task::Setup, _) if failure.errno == libc::EEXIST => ModifierError::EndIsTaken {
            address: setup.get(index).map_or(0, |call| call.arguments[0]),
        },
        (Task::Slot, _) => ModifierError::Setup {
            call: format!("mmap of slot {index} of {}", arena.slots),
            reason: reason(failure),
            advice: advice(failure),
        },
        _ => ModifierError::Setup {
            call: setup
                .get(index)
                .map_or_else(|| format!("call {index}"), describe),
            reason: reason(failure),
            advice: advice(failure),
        },
    }
}

/// The error for a failure before the modifier was ready.
pub(crate) fn not_ready(failure: Failure, arena: Arena) -> ModifierError {
    let reason = reason(failure);
    let problem = match failure.task {
        Task::Thread => {
            format!("a thread of it cannot start: {reason}; raise the limit on threads")
        }
        _ => format!(
            "it cannot reserve {} bytes of address space: {reason}; use fewer slots",
            arena.bytes(),
        ),
    };
    let role = ModifierMailbox::ROLE;
    ChildError::NotReady { role, problem }.into()
}

fn reason(failure: Failure) -> String {
    match failure.errno {
        0 => format!("it returned {:#x}", failure.returned),
        // The caller knows what helps against other causes.
        libc::EPERM | libc::ENOSYS => {
            Advised(&io::Error::from_raw_os_error(failure.errno)).to_string()
        }
        errno => io::Error::from_raw_os_error(errno).to_string(),
    }
}

fn advice(failure: Failure) -> &'static str {
    if failure.errno == libc::ENOMEM {
        "; use fewer slots or raise vm.max_map_count"
    } else {
        ""
    }
}

fn describe(call: &RawCall) -> String {
    let name = match call.number {
        libc::SYS_munmap => "munmap",
        libc::SYS_mmap => "mmap",
        libc::SYS_mprotect => "mprotect",
        libc::SYS_mremap => "mremap",
        libc::SYS_madvise => "madvise",
        libc::SYS_mlock => "mlock",
        number => return format!("system call {number} of the scenario's setup"),
    };
    let [address, bytes, ..] = call.arguments;
    format!("{name} of {bytes} bytes at {address:#x}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::catalogue::find;

    const ARENA: Arena = Arena {
        base: 0x1000_0000,
        slots: 260,
        letter_bytes: 4096,
    };

    fn failure(task: Task, errno: i32) -> Failure {
        Failure {
            task,
            index: 1,
            errno,
            returned: 0x5000,
        }
    }

    #[test]
    fn errors_say_what_failed_on_what_why_and_what_to_do() {
        let scenario = find("resize").ok();
        let setup = [
            RawCall::munmap(0x1000, 4096),
            RawCall::mmap(0x2000, 8192, 0),
        ];
        let text = |task, errno| explain(failure(task, errno), scenario, &setup, ARENA).to_string();
        assert_eq!(
            text(Task::Operation, libc::EINVAL),
            "operation 1 of scenario `resize`, mremap 0..1 to 3, failed: \
             Invalid argument (os error 22)"
        );
        assert_eq!(
            text(Task::Slot, libc::ENOMEM),
            "the modifier cannot lay out its arena: mmap of slot 1 of 260 failed: \
             Cannot allocate memory (os error 12); use fewer slots or raise vm.max_map_count"
        );
        assert_eq!(
            text(Task::Setup, 0),
            "the modifier cannot lay out its arena: mmap of 8192 bytes at 0x2000 failed: \
             it returned 0x5000"
        );
    }

    #[test]
    fn a_modifier_that_never_got_ready_says_why() {
        let text = |task| not_ready(failure(task, libc::ENOMEM), ARENA).to_string();
        assert!(
            text(Task::Reserve)
                .starts_with("the modifier did not get ready: it cannot reserve 3194880 bytes")
        );
        assert!(text(Task::Thread).ends_with("raise the limit on threads"));
    }
}
