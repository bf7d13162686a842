//! Lists as the command line takes them.

/// Each of them once, in the order in which they come first.
pub(crate) fn without_repeats<T: Copy + PartialEq>(list: &[T]) -> Vec<T> {
    let mut once = Vec::with_capacity(list.len());
    for one in list {
        if !once.contains(one) {
            once.push(*one);
        }
    }
    once
}
