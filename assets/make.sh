#!/bin/sh
# Makes the pictures of the README anew from the recordings beside them, into this
# folder or the one that is given. A new recording: `vmascope demo --record FILE` for a
# second, in a terminal of that size.
here=$(dirname "$0")
into=${1:-$here}
picture() { # NAME RECORDING [OPTION]...
    name=$1 recording=$2
    shift 2
    "${VMASCOPE:-vmascope}" replay "$here/recordings/$recording" \
        --theme dark --svg "$into/$name.svg" "$@" || exit
}
picture duplicate duplicate --size 120x30
picture boundary duplicate --size 120x36 --view boundary
picture hole-mremap hole-mremap --size 120x30
picture hole-inside hole-inside --size 120x30 --tear 10
picture by-hand by-hand --size 120x36 --view manual
