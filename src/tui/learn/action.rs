//! What a key does in a lesson.

/// The table of keys says what each does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LessonAction {
    On,
    Back,
    Hint,
    Contents,
    Again,
}
