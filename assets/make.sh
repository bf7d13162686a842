#!/bin/sh
# Makes the pictures of the README anew from the recordings beside them, into this
# folder or the one that is given.
#
# With --record makes the recordings first, which the demonstrations play, too: on this
# kernel, which must show H1 and H2 (Linux 6.17 or later, two CPUs), in a terminal that
# script(1) makes. Then look at the pictures.
here=$(dirname "$0")
# Nothing of what is made here depends on whose machine it is.
export VMASCOPE_CONFIG=none
. "$here/../demo/vmascope.sh"

# A session in which these keys are pressed, a second (or $wait) before the first and half a
# second after each.
record() { # NAME KEYS OPTION...
    name=$1 keys=$2
    shift 2
    press "$keys" | (cd "$new" && PATH=$new/bin:$PATH script -qec \
        "stty cols 120 rows 36; vmascope demo $* --record $name" /dev/null) \
        >"$new/screen" && [ -s "$new/$name" ] && return
    cat "$new/screen" >&2
    exit 3
}

press() { # KEYS
    sleep "${wait:-1}"
    for key in $1 q; do
        printf %s "$key"
        sleep .5
    done
}

# Leaves only the last hole of a recording, with a tenth of a second before and after;
# false where there is none.
cut_to_the_hole() { # NAME
    part=$("$vmascope" replay "$new/$1" --cast - | awk -F '[[,]' '
        { at += $2 }
        /"m", "hole/ { hole = at }
        END { if (hole) printf "%fs..%fs", (hole > .1 ? hole - .1 : 0), hole + .1 }')
    [ -n "$part" ] && cut_to "$1" "$part"
}

cut_to() { # NAME PART
    "$vmascope" replay "$new/$1" --cut "$2" --out "$new/cut" && mv "$new/cut" "$new/$1"
}

record_all() {
    new=$(mktemp -d) || exit
    trap 'rm -rf "$new"' EXIT
    # Recordings say how the program was called.
    mkdir "$new/bin" && ln -s "$(realpath "$vmascope")" "$new/bin/vmascope" || exit
    record duplicate '' --scenario resize
    record hole-mremap '' --scenario replace
    # Five steps of ten seconds: it ends in the last one, on what all of them come to.
    wait=52 record what-reading-costs '' --walk
    cut_to what-reading-costs 0s..50s
    record by-hand 'm r m r' --manual --scenario split
    # It is rare: the trigger waits for it.
    until record hole-inside 'h . .' --scenario merge-left-partial && cut_to_the_hole hole-inside; do
        rm "$new/hole-inside"
    done
    for name in duplicate hole-mremap by-hand hole-inside what-reading-costs; do
        mv "$new/$name" "$here/recordings/$name" || exit
    done
}

picture() { # NAME RECORDING [OPTION]...
    name=$1 recording=$2
    shift 2
    "$vmascope" replay "$here/recordings/$recording" \
        --theme dark --svg "$into/$name.svg" "$@" || exit
}

if [ "$asked" = --record ]; then
    record_all
    shift
fi
into=${1:-$here}
picture duplicate duplicate --size 120x30
picture boundary duplicate --size 120x36 --view boundary
picture hole-mremap hole-mremap --size 120x30
picture hole-inside hole-inside --size 120x30
picture by-hand by-hand --size 120x36 --view manual
