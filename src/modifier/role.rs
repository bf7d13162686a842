//! Children of some vmascope, known by their command lines.

use super::child_process::mailbox::Mailbox;
use super::mailbox::ModifierMailbox;
use super::timed_writer::mailbox::TimedWriterMailbox;

/// What a process does for the vmascope that started it; none where its command
/// line, arguments ended by NUL, is not that of such a child.
pub(crate) fn role(raw_command_line: &[u8]) -> Option<&'static str> {
    let mut arguments = raw_command_line.split(|byte| *byte == 0).skip(1);
    let word = arguments.next()?;
    let is = |of: &str| word == of.as_bytes();
    if is(ModifierMailbox::WORD) {
        Some(ModifierMailbox::ROLE)
    } else if is(TimedWriterMailbox::WORD) {
        Some(TimedWriterMailbox::ROLE)
    } else {
        None
    }
}
