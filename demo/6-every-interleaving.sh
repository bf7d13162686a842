#!/bin/sh
# Every interleaving: the same holes in a model, and the cures that close them.
#
# Say:  the review of the per-VMA locks argued each way to split and to merge a
#       VMA by hand. This is the argument made by a machine: a model of reader
#       and writer, every order of their steps. Rows are cases, columns are
#       readers.
# Look: e, as merged, has 1 (H1), 2 (H2) and, at the end of the address space, 3
#       (H3). f, g and h cure one each and leave the others; i cures all three,
#       and its column is clean. j and n, smaps and PROCMAP_QUERY, have no 2. In
#       the second block each reader lacks one check: r is the race of the
#       changelog.
# Then: the three lines of the changelog, found by the model, step by step:
#       without the gap check (x in the application) VMA A's start moves up
#       after the reader found it.
# Say:  a clean column proves the protocol for these cases, not the kernel:
#       `vmascope check` looks at the kernel.
# Last: the application opens. 8 is the model: n loads the worst, → plays it, x
#       takes the gap check away, h, H and t cure. r and w step by hand, ← goes
#       back. 3, then e on a tear: the same lines in the model.
# Needs any kernel for the model; 6.17 or later for a hole to explain with e: elsewhere, or
#       with --recorded, that hole is in a recording.
# Takes 6 minutes.
. "$(dirname "$(readlink -f "$0")")/vmascope.sh"
"$vmascope" protocol | more
# A violation is exit status 1: here it is what is to be seen.
"$vmascope" protocol --case split-tail --reader no-gap-check | more
show hole-mremap H1 demo --scenario replace
