#!/bin/sh
# systemd finds nothing to say about the units. Programs are not installed where it looks, so true(1) stands for them.
set -eu

cd "$1"
if ! command -v systemd-analyze >/dev/null; then
	echo "skipped: expected systemd-analyze"
	exit 77
fi
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
mkdir "$dir/units"
for unit in systemd/*.service systemd/*.socket systemd/*.timer; do
	sed -e 's#^\(Exec[A-Za-z]*=\)/[^ ]*#\1/bin/true#' -e '/^Documentation=/d' "$unit" >"$dir/units/${unit#systemd/}"
done
status=0
SYSTEMD_UNIT_PATH="$dir/units:" systemd-analyze verify --recursive-errors=no "$dir"/units/* >"$dir/said" 2>&1 || status=1
[ ! -s "$dir/said" ] || status=1
cat "$dir/said"
exit $status
