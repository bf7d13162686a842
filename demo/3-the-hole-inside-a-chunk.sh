#!/bin/sh
# The hole inside a chunk (H2, the stale iterator). Rare: give it half a minute.
#
# Say:  nothing is unmapped here at all. mprotect() splits the last page off a
#       VMA, and mprotect() merges it back.
# Look: at the red line when it comes: the VMA without its last page, then
#       straight on to the one behind. The last page is mapped all the time.
# Say:  the line was printed while the VMA was short. Then the page was merged
#       back into it, before the reader noted the sequence of the next step. The
#       iterator goes on from the old slot, past the merged VMA. There is a gap,
#       but the sequence has not moved since it was noted: nothing is checked.
# Say:  a new chunk, and every PROCMAP_QUERY, searches afresh, so this shows only
#       between two lines of one read().
# Then: t until the trigger says violation: once one has come, the screen then
#       shows only such scans.
# Needs Linux 6.17 or later, and two CPUs.
exec "${VMASCOPE:-vmascope}" demo --scenario split-tail
