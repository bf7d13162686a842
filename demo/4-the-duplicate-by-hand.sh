#!/bin/sh
# The duplicate by hand: one read and one system call at a time.
#
# Say:  nothing moves by itself now. The modifier holds a VMA of three pages, the
#       last line of its chunk. What the kernel keeps between two reads is one
#       address and no lock.
# Do:   m  the VMA is split: its first page becomes r-x.
#       r  the first chunk; it ends with that one page. Look at the reader (▶): it
#          stands in the midst of the site, and the next operation is merging it.
#       m  the three pages are one VMA again. The line ahead is marked (≈).
#       r  the duplicate. Both lines were true when they were read.
# Then: b plays it again, a step each moment; c goes on to resize, which to Linux
#       6.16 has no duplicate: b says why.
# Needs any kernel; with --recorded a recording plays.
# Takes 3 minutes.
. "$(dirname "$(readlink -f "$0")")/vmascope.sh"
show by-hand - demo --manual --scenario split
