//! The `vmascope` program.

fn main() {
    vmascope::target::modifier::run_if_child();
}
