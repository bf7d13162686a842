#!/bin/sh
# The hole inside a chunk (H2, the stale iterator).
#
# Say:  nothing is unmapped here at all. mprotect() gives the first page of a VMA
#       to the VMA before it, and mprotect() takes it back.
# Look: at the red line when it comes: the VMA before the page without it, then
#       the VMA behind it without it. The page is mapped all the time.
# Say:  the first line was printed while the VMA was short. Then the page was
#       merged into it, before the reader noted the sequence of the next step. The
#       iterator goes on from the old slot, past the merged VMA. There is a gap,
#       but the sequence has not moved since it was noted: nothing is checked.
# Say:  a new chunk, and every PROCMAP_QUERY, searches afresh, so this shows only
#       between two lines of one read().
# Then: h until the trigger says violation: once one has come, the screen then
#       shows only such scans. c goes on to other scenarios; split-tail and
#       merge-right-partial show the same.
# Needs Linux 6.17 or later, and two CPUs; elsewhere, or with --recorded, a recording plays.
# Takes 4 minutes.
. "$(dirname "$(readlink -f "$0")")/vmascope.sh"
show hole-inside H2 demo --scenario merge-left-partial
