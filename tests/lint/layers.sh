#!/bin/sh
# Who may include what (docs/architecture.md): the core only libc, uthash (through core/ut.h) and itself; each outside
# library one folder only. And the core's archive may call nothing outside an allow-list.
set -eu

cd "$1"
archive=$2
bad=0

complain() {
	echo "layers: $*" >&2
	bad=1
}

includes=$(grep -hoE '^#include [<"][^>"]+' core/*.[ch] core/*/*.[ch] | sed 's/^#include .//' | sort -u)
for header in $includes; do
	case $header in
	core/*) ;;
	assert.h | inttypes.h | limits.h | stdarg.h | stdbool.h | stddef.h | stdint.h | stdio.h | stdlib.h | string.h) ;;
	uthash.h | utlist.h) grep -lE "include <$header>" core/*.[ch] core/*/*.[ch] | grep -qv 'core/ut.h' && complain "core includes $header past core/ut.h" ;;
	*) complain "core includes $header" ;;
	esac
done

# library header, then the folders that may include it
while read -r header folders; do
	for file in $(grep -rlE "include <$header" core lib daemon agents cli plugins --include='*.[ch]' || true); do
		folder=${file%/*}
		case " $folders " in
		*" $folder "*) ;;
		*) complain "$folder includes <$header>, which belongs to: $folders" ;;
		esac
	done
done <<'LIST'
sqlite3.h lib/journal agents
yaml.h lib/yaml
csv.h lib/csv
libical/ lib/ical
zlib.h lib/csv
libpq-fe.h lib/pg daemon/store
openssl/ lib/crypto agents/checks bench
sodium.h lib/password
systemd/ daemon agents
event2/ daemon daemon/api daemon/feed daemon/http daemon/intake daemon/live daemon/outbox daemon/redis daemon/work agents agents/checks
hiredis/ daemon/redis
ares.h agents agents/checks
net-snmp/ lib/snmp
pcap/ lib/capture
ldap.h agents/checks
openldap.h agents/checks
xlsxwriter.h lib/xlsx
jansson.h lib/json lib/pack lib/report lib/xlsx daemon/api daemon/feed daemon/outbox check cli agents agents/checks
curl/ lib/client daemon/outbox agents agents/checks plugins/checks
LIST

# malloc and text in memory; no file, clock, locale, environment or floating point
allowed='abort bsearch calloc free malloc qsort realloc reallocarray snprintf __snprintf_chk strcmp strncmp strlen strchr strrchr
strnlen strspn strcspn strstr memcpy memmove memset memcmp memchr __memcpy_chk __memset_chk __memmove_chk __stack_chk_fail
strdup vsnprintf __vsnprintf_chk __popcountdi2 __divti3 __modti3 _GLOBAL_OFFSET_TABLE_'
for symbol in $(nm -u "$archive" 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u); do
	case $symbol in
	vg_* | __asan_* | __ubsan_* | __sanitizer_* | __tsan_* | __gcov_* | __llvm_*) continue ;;
	esac
	case " $(echo "$allowed" | tr '\n' ' ') " in
	*" $symbol "*) ;;
	*) complain "the core calls $symbol" ;;
	esac
done
if grep -nE '\b(float|double)\b' core/*.[ch] core/*/*.[ch] | grep -vE '^\S+:[0-9]+:\s*(\*|/\*)|/\*.*(float|double)' >&2; then
	complain "floating point in the core"
fi
exit $bad
