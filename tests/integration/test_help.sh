#!/bin/sh
# Each command tells what it does, a group of commands lists them, and what is no command is refused. Needs no daemon.
set -eu

build=${VINGA_BUILD:?}
passed=0

vinga() {
	"$build/cli/vinga" "$@"
}

[ "$(vinga help --list | wc -l)" -gt 40 ]
vinga help --list | while read -r command; do
	for asked in "$command --help" "help $command"; do
		# shellcheck disable=SC2086 # two words are two arguments
		vinga $asked | grep -q "^vinga $command" || {
			echo "vinga $asked"
			exit 1
		}
	done
done
passed=$((passed + 1))

for group in $(vinga help --list | sed -n 's/ .*//p' | sort -u); do
	commands=$(vinga help --list | grep -c "^$group ")
	for asked in "help $group" "$group --help"; do
		# shellcheck disable=SC2086 # two words are two arguments
		[ "$(vinga $asked | grep -c "^  $group [a-z]")" -eq "$commands" ] || {
			echo "vinga $asked: expected $commands commands"
			exit 1
		}
	done
	passed=$((passed + 1))
done
[ "$(vinga window)" = "$(vinga help window)" ]

for wrong in nonsense "window nonsense" windo; do
	# shellcheck disable=SC2086 # two words are two arguments
	vinga $wrong 2>/dev/null && code=0 || code=$?
	[ "$code" -eq 2 ] || {
		echo "vinga $wrong: exit code $code, expected 2"
		exit 1
	}
	passed=$((passed + 1))
done
echo "$passed passed, 0 failed"
