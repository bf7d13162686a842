//! The `vmascope` program.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: vmascope::program::OrEnd = vmascope::program::OrEnd;

fn main() -> ExitCode {
    vmascope::program::main()
}
