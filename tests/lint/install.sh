#!/bin/sh
# What is installed is what units, settings and scripts ask for: each program that a unit starts, what `vinga init` needs, each manual.
#   install.sh SOURCE BUILD
set -eu

source=$1
build=$2
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if ! DESTDIR=$dir cmake --install "$build" --prefix /usr >"$dir/log" 2>&1; then
	tail -n 20 "$dir/log"
	exit 1
fi

started=$(sed -n 's/^Exec[A-Za-z]*=\(\/usr\/[^ ]*\).*/\1/p' "$source"/systemd/*.service | sort -u)
# shellcheck disable=SC2016 # the script's own words
scripts=$(sed -n 's/.*"\$root\/\([a-z][a-z/.]*\)".*/\1/p' "$source/scripts/init")
failed=0
looked=0
look() { # TEST PATH
	looked=$((looked + 1))
	if ! test "$1" "$dir$2"; then
		echo "install: $2 is not installed"
		failed=1
	fi
}
for program in $started /usr/bin/vinga-check /usr/share/vinga/run /usr/share/vinga/scripts/init; do
	look -x "$program"
done
for name in $scripts sql/sqitch.plan plugins/mappings plugins/finance plugins/alarms/catalogue.tsv agreements/sample/agreement.yaml; do
	look -e "/usr/share/vinga/$name"
done
for unit in "$source"/systemd/*.service "$source"/systemd/*.socket "$source"/systemd/*.timer; do
	look -f "/usr/lib/systemd/system/${unit##*/}"
done
for page in "$source"/docs/man/*; do
	look -f "/usr/share/man/man${page##*.}/${page##*/}"
done
[ "$failed" -eq 0 ] || exit 1
echo "$looked files, 0 missing"
