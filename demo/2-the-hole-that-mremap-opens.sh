#!/bin/sh
# The hole that mremap opens (H1, the empty tree).
#
# Say:  this process moves a page onto another one with mremap(MREMAP_FIXED),
#       and puts the old one back. The page in the middle is mapped in every
#       state: no thread that reads it ever faults.
# Look: at the red line: the page is missing between two lines that are there.
#       Beside it, PROCMAP_QUERY is asked about the same VMAs at the same time.
# Say:  mremap_to() unmaps its destination before it moves something there, all
#       under one write hold of mmap_lock. A reader that takes one VMA's lock at
#       a time comes in between, finds the VMA behind, sees the gap, searches
#       again as it should, and finds the same: the tree is empty there.
# Then: 3 and Enter open one such find; w writes the report for a mailing list.
#       Choose replace-middle with c: there the neighbour is write-locked, the
#       reader waits, and no hole is seen.
# Needs Linux 6.17 or later.
exec "${VMASCOPE:-vmascope}" demo --scenario replace
