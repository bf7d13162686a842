#!/bin/sh
# The hole that mremap opens (H1, the empty tree).
#
# Say:  this process moves a page onto another one with mremap(MREMAP_FIXED),
#       and puts the old one back. The page in the middle is mapped in every
#       state: a thread that reads it never gets SIGSEGV. It may have to wait for
#       mmap_lock, and then the page is there.
# Look: at the red line: the page is missing between two lines that are there.
#       Beside it, PROCMAP_QUERY is asked about the same VMAs at the same time.
# Say:  mremap_to() unmaps its destination before it moves something there, all
#       under one write hold of mmap_lock. A reader that takes one VMA's lock at
#       a time comes in between, finds the VMA behind, sees the gap, searches
#       again as it should, and finds the same: nothing is in the tree there.
# Then: 3 and Enter open one such find; w writes the report for a mailing list.
#       Choose replace-middle with c: there the neighbour is write-locked, the
#       reader falls back to mmap_lock and waits, and no such hole is seen.
# Needs Linux 6.17 or later; elsewhere, or with --recorded, a recording plays.
# Takes 4 minutes.
. "$(dirname "$(readlink -f "$0")")/vmascope.sh"
show hole-mremap H1 demo --scenario replace
