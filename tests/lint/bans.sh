#!/bin/sh
# Functions that hide a length, a zone or a lock, and sleeps in tests.
set -eu

root=$1
bad=0
if grep -rnE '\b(strcpy|strcat|strtok|sprintf|vsprintf|gmtime|localtime|ctime|asctime|mktemp|tmpnam|gets|system|popen|atoi|atol)[ ]?\(' \
	"$root/core" "$root/lib" "$root/daemon" "$root/agents" "$root/cli" "$root/plugins" --include='*.[ch]' >&2; then
	echo "bans: the functions above are not used here" >&2
	bad=1
fi
if grep -rnE '\b(sleep|usleep|nanosleep) ?\(' "$root/tests" --include='*.[ch]' >&2; then
	echo "bans: a test waits for an event, it never sleeps" >&2
	bad=1
fi
exit $bad
