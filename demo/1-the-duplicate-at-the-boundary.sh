#!/bin/sh
# The duplicate at the boundary: one VMA, printed twice, and nothing is wrong.
#
# Say:  maps is read a chunk at a time. This process shrinks one VMA from three
#       pages to one and grows it again, as fast as it can. The VMA is the last
#       line of its chunk.
# Look: at the line above the rule and the one below it (≈): the same start, two
#       ends. The reader printed it short, it grew, and the reader went on from
#       where the short one ended. Both lines were true when they were printed.
# Say:  the old text of proc.rst promises that regions never overlap. No kernel
#       has kept that; it is allowed. The top line counts it as torn, and stays
#       green: 0 holes.
# Then: 2 shows original, modified and live side by side; p stops the writer, m
#       takes one operation at a time. s steps reader and writer by hand: m r m
#       r, or b, makes the duplicate appear on purpose.
# Needs any kernel; with --recorded a recording plays.
# Takes 3 minutes.
. "$(dirname "$(readlink -f "$0")")/vmascope.sh"
show duplicate - demo --scenario resize
