//! Where in a text something is.

/// The number of the line, from 1, that holds the byte at `offset`.
pub(crate) fn line_number(text: &str, offset: usize) -> usize {
    let before = &text.as_bytes()[..offset.min(text.len())];
    1 + before.iter().filter(|&&byte| byte == b'\n').count()
}
