#!/bin/sh
# Makes `hole` beside this anew: of a session on a screen of Linux 7.3 what one hole (H1)
# needs.
#
#   make.sh COMMAND...
#
# boots such a kernel by this command, which is given one argument more: what a shell in
# the guest is to run as root, with vmascope and busybox in its PATH (CONTRIBUTING.md,
# "Other kernels", says how). It prints what that prints. VMASCOPE is a program for this
# machine, of the same version.
guest='
stty -F /dev/console cols 120 rows 36
TERM=linux timeout 12 vmascope demo --scenario replace --theme dark --record /tmp/session \
    </dev/console >/dev/console
echo
echo BEGIN RECORDING
gzip -c /tmp/session | base64
echo END RECORDING'
here=$(dirname "$0")
. "$here/../../../demo/vmascope.sh"
new=$(mktemp -d) || exit
trap 'rm -rf "$new"' EXIT
"$@" "$guest" >"$new/printed"
# A kernel may print something between.
sed -n '/BEGIN RECORDING/,/END RECORDING/p' "$new/printed" | tr -d '\r' |
    grep -xE '[A-Za-z0-9+/]+=*' | base64 -d | gunzip >"$new/session" || exit
# The first that was on the screen when it was found.
tear=1
while "$vmascope" replay "$new/session" --tear $tear --out "$new/hole"; do
    if "$vmascope" replay "$new/hole" --text - --size 120x36 | grep -q 'HOLE (H1)'; then
        mv "$new/hole" "$here/hole"
        exit
    fi
    rm "$new/hole"
    tear=$((tear + 1))
done
exit 1
