//! What calls name besides memory, in C: what a program needs for them.

use crate::scenario::definition::Scenario;

/// What a program needs for some of the calls.
pub(super) struct Object {
    /// What calls that need it have in their code.
    used_by: &'static str,
    pub(super) headers: &'static [&'static str],
    /// Before `operate()`, in which they are used.
    pub(super) functions: &'static str,
    /// In `main()`, before the first call.
    pub(super) statements: &'static str,
}

const OBJECTS: [Object; 9] = [
    Object {
        used_by: "prctl(",
        headers: &["sys/prctl.h"],
        functions: "",
        statements: "",
    },
    Object {
        used_by: "clock_gettime(",
        headers: &["time.h"],
        functions: "",
        statements: "",
    },
    Object {
        used_by: ", memfd, ",
        headers: &[],
        functions: "static int memfd;\n",
        statements: "\tmemfd = memfd_create(\"site\", 0);\n\tMUST(ftruncate(memfd, 16 << 20));\n",
    },
    Object {
        used_by: ", file, ",
        headers: &[],
        functions: "static int file;\n",
        // The program itself is too short.
        statements: "\tfile = fileno(tmpfile());\n\tMUST(ftruncate(file, 16 << 20));\n",
    },
    Object {
        used_by: "segment(",
        headers: &["sys/shm.h"],
        functions: include_str!("program/segment.c"),
        statements: "",
    },
    Object {
        used_by: "uffd_",
        headers: &["linux/userfaultfd.h", "sys/ioctl.h", "sys/syscall.h"],
        functions: include_str!("program/userfaultfd.c"),
        statements: "",
    },
    Object {
        used_by: "fork_and_wait(",
        headers: &["sys/wait.h"],
        functions: include_str!("program/fork_and_wait.c"),
        statements: "",
    },
    Object {
        used_by: "mseal(",
        headers: &[],
        // That of the library is newer than most.
        functions: "#define mseal(...) syscall(462, __VA_ARGS__)\n",
        statements: "",
    },
    Object {
        used_by: "heap(",
        headers: &["sys/prctl.h", "sys/syscall.h"],
        functions: include_str!("program/heap.c"),
        statements: "",
    },
];

/// What the calls of a scenario need.
pub(super) fn objects_of(scenario: &Scenario) -> Vec<&'static Object> {
    let codes: Vec<String> = scenario.calls().map(|call| call.code("site")).collect();
    let is_used = |object: &&Object| codes.iter().any(|code| code.contains(object.used_by));
    OBJECTS.iter().filter(is_used).collect()
}
