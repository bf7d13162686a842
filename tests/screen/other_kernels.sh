#!/bin/sh
# Goes through all lessons in a virtual machine with another kernel.
#
#   other_kernels.sh COMMAND...
#
# boots such a kernel by this command, which is given two arguments more: a program to bring
# along, and what a shell in the guest is to run as root, with the program in /b. What else is
# to be brought into /b stands in the variable EXTRA. FILTER chooses among the tests
# (learn::lesson_), TARGET is Cargo's folder for what is linked statically.
#
# The program turns tracepoints on, which changes code that another CPU runs. QEMU without KVM
# may run what was there before, with a CPU of its own for each thread (-accel
# tcg,thread=multi): "Oops: int3" on 7.3, both CPUs stuck on 6.1. With thread=single neither was
# seen.
target=${TARGET:-target/static}
built=$(RUSTFLAGS='-C target-feature=+crt-static' cargo test --locked --no-run --test screen \
    --target x86_64-unknown-linux-gnu --target-dir "$target" --message-format json |
    grep -o '"executable":"[^"]*/screen-[^"]*"' | tail -n 1 | cut -d '"' -f 4)
[ -n "$built" ] || exit 3
program=$(realpath "$(dirname "$built")/../vmascope")
# The test looks for the program, and for a folder, where they are here.
guest="
mkdir -p $(dirname "$program") $(realpath "$target")/x86_64-unknown-linux-gnu/tmp
ln -s /b/vmascope $program
/b/$(basename "$built") ${FILTER:-learn::lesson_} --test-threads 1 --nocapture"
export EXTRA="${EXTRA:-} $built"
"$@" "$program" "$guest"
