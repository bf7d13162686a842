//! The `vmascope` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    vmascope::program::main()
}
