# What the demonstrations and assets/make.sh begin with; not to be run by itself.
#
# $vmascope is the program: that of VMASCOPE, else the one in PATH, else the one that was
# built here, else one that is built now.
root=$(dirname "$(readlink -f "$0")")/..
vmascope=$(command -v "${VMASCOPE:-vmascope}")
if [ -n "$VMASCOPE" ] && [ -z "$vmascope" ]; then
    echo "cannot run $VMASCOPE, which VMASCOPE names: no such program" >&2
    exit 2
fi
target=${CARGO_TARGET_DIR:-$root/target}
for vmascope in "$vmascope" "$target/release/vmascope" "$target/debug/vmascope"; do
    [ -x "$vmascope" ] && break
    vmascope=
done
if [ -z "$vmascope" ]; then
    cargo build --release --manifest-path "$root/Cargo.toml" || exit 3
    vmascope=$target/release/vmascope
fi

# The program with these arguments, or the recording: where it is asked for (--recorded), or
# where this kernel does not show the hole that it is about (a label, or -: any kernel does).
show() { # RECORDING HOLE ARGUMENT...
    recording=$root/assets/recordings/$1 hole=$2
    shift 2
    case $asked in
    '' | --recorded) ;;
    *)
        echo "there is no argument \"$asked\": --recorded plays the recording" >&2
        exit 2
        ;;
    esac
    if [ "$asked" = --recorded ] || ! shows "$hole"; then
        set -- replay "$recording"
    fi
    exec "$vmascope" "$@"
}

shows() { # HOLE
    [ "$1" = - ] && return
    echo "Looking whether this kernel shows $1; --recorded plays the recording at once."
    "$vmascope" kernel | grep -q "$1, .*: seen" && return
    echo "It does not: this is a recording of a kernel that did."
    return 1
}
asked=${1:-}
