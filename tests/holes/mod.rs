//! Which of the known holes can be seen here.

use vmascope::internals::linux::{KernelFacts, Reader, Rule};

use crate::support::{has_one_cpu, skip};

/// Whether H1, the empty tree, shows to readers of `maps`; else the test that
/// asks is skipped, or the part of it.
pub(crate) fn shows_the_empty_tree() -> bool {
    let facts = KernelFacts::detect();
    if !facts.is_ok_and(|facts| facts.rule_for(Reader::Maps).rule == Rule::LINE_END) {
        skip("H1 came with the per-VMA locks of Linux 6.17");
        return false;
    }
    if has_one_cpu() {
        skip("H1 shows to a reader on another CPU than the writer, and there is one only");
        return false;
    }
    true
}
