#!/bin/sh
# What reading costs the writer: none, maps, query, smaps, numa_maps.
#
# Say:  a process unmaps a random page of its own and maps it again, as often as
#       it can, and times each call. That is all it does. Now somebody reads its
#       /proc files, first nobody, then one reader after the other, ten seconds
#       each.
# Look: at the large digits: the mean time of a call, compared with nobody
#       reading. At the chart: half of the calls (━), 99 of 100 (•), the longest
#       (▴), on a logarithmic scale; a line where the reader changed.
# Look: at the locks under the digits. maps and PROCMAP_QUERY lock one VMA at a
#       time (Linux 6.17 and 6.18) and take mmap_lock only when they fall back,
#       in few scans of a hundred. smaps and numa_maps hold mmap_lock for each chunk
#       (to Linux 7.1), and the writer waits for them.
# Say:  that is the whole patch series on one screen, on one kernel.
# Then: it is over after fifty seconds. Choose a reader with the arrows, add and
#       remove threads of it with + and -; d begins again.
# Needs two CPUs. The locks need root; the times do not. With fewer CPUs, and with
# --recorded, a recording of another machine plays: two CPUs, Linux 6.18, root.
# Takes 3 minutes.
. "$(dirname "$(readlink -f "$0")")/vmascope.sh"
cpus=$(getconf _NPROCESSORS_ONLN) || cpus=2
[ "$cpus" -ge 2 ] && [ -r /proc/self/smaps ] || asked=--recorded
show what-reading-costs - demo --walk
