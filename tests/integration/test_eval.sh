#!/bin/sh
# vinga eval: vectors through the program as others will run them, and what help, manual and completion say of each other.
set -eu

build=${VINGA_BUILD:?}
source=${VINGA_SOURCE:-$(cd "$(dirname "$0")/../.." && pwd)}
vinga=$build/cli/vinga
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

# eval_month MONTH [OPTION...]: evaluates $dir/events into $dir/out; the exit code is in $code.
eval_month() {
	month=$1
	shift
	code=0
	"$vinga" eval --agreement "$source/agreements/sample" --events "$dir/events" --month "$month" "$@" \
		>"$dir/out" 2>"$dir/err" || code=$?
}

# want WHAT EXPRESSION: the expression over `d` (the output), t (tickets by first reference) and cell(kpi, **key) holds.
want() {
	python3 - "$dir/out" "$2" <<'PYTHON' || fail "$1: $2"
import json, sys
d = json.load(open(sys.argv[1]))
t = {x["refs"][0]["ref"]: x for x in d["tickets"]}
def cell(kpi, **key):
    dims = ("municipality", "service", "priority", "line")
    found = [c for c in d["cells"] if c["kpi"] == kpi and all(c.get(k) == key.get(k) for k in dims)]
    return found[0] if found else None
sys.exit(0 if eval(sys.argv[2]) else 1)
PYTHON
	passed=$((passed + 1))
}

# event REF NUMBER LOCAL-TIME BODY: a native event; the time carries its offset.
event() {
	printf '{"v":1,"kind":"ticket.reported","source":"t","event_id":"%s/%s","source_order":%s,"municipality":"1489",' "$1" "$2" "$2"
	printf '"occurred_ms":%s000,"body":{"ref":"%s",%s}}\n' "$(date -d "$3" +%s)" "$1" "$4"
}

h=3600000

# One ticket through both lines: P3 counts Mon-Fri 07:30-16:30, so Friday 08:00 to Monday 10:00 is 8,5 + 2,5 h.
{
	event A 1 2016-04-01T08:00:00+02:00 '"status":"new","support_line":1,"priority":"P3"'
	event A 2 2016-04-01T09:00:00+02:00 '"status":"in_progress","support_line":2'
	event A 3 2016-04-04T10:00:00+02:00 '"status":"resolved"'
} >"$dir/events"
eval_month 2016-04
[ "$code" -eq 0 ] || fail "exit code $code: $(cat "$dir/err")"
want "elapsed in business time" "t['A']['elapsed_ms'] == 11 * $h and t['A']['verdict'] == 'met'"
want "target of P3" "t['A']['target_ms'] == 24 * $h and t['A']['remaining_ms'] == 13 * $h"
want "OLA1" "t['A']['clocks']['first_line']['elapsed_ms'] == $h"
want "sides add up to wall time" "sum(t['A']['sides_ms'].values()) == t['A']['resolved_ms'] - t['A']['created_ms']"
want "id is the sequence of the first row" "t['A']['id'] == 'V-2'"
want "cells" "cell('inflow')['num'] == 1 and cell('resolution_met', municipality='1489')['den'] == 1"
want "too few" "cell('resolution_met')['verdict'] == 'too_few'"
cp "$dir/out" "$dir/first"
eval_month 2016-04
cmp -s "$dir/out" "$dir/first" || fail "two runs differ"
tac "$dir/events" >"$dir/reversed" && mv "$dir/reversed" "$dir/events"
eval_month 2016-04
want "order of arrival does not matter" "t['A']['elapsed_ms'] == 11 * $h and t['A']['verdict'] == 'met' and t['A']['first_line'] == 1"

# A pause for the requester stands still; one for the supplier does not.
{
	event P 1 2016-04-04T08:00:00+02:00 '"status":"in_progress","support_line":2,"priority":"P1"'
	event P 2 2016-04-04T09:00:00+02:00 '"status":"pending","pending_reason":"pending_requester"'
	event P 3 2016-04-04T19:00:00+02:00 '"status":"in_progress"'
	event P 4 2016-04-04T22:00:00+02:00 '"status":"resolved"'
	event S 1 2016-04-04T08:00:00+02:00 '"status":"in_progress","support_line":2,"priority":"P1"'
	event S 2 2016-04-04T09:00:00+02:00 '"status":"pending","pending_reason":"pending_supplier"'
	event S 3 2016-04-04T14:00:00+02:00 '"status":"resolved"'
} >"$dir/events"
eval_month 2016-04
want "exactly at the target is met" "t['P']['elapsed_ms'] == 4 * $h and t['P']['verdict'] == 'met'"
want "the pause is the requester's" "t['P']['sides_ms']['waiting_requester'] == 10 * $h"
want "a supplier never stops the clock" "t['S']['elapsed_ms'] == 6 * $h and t['S']['verdict'] == 'missed'"

# The last second of April and the first of May, local time (E14 for tickets).
{
	event X 1 2016-04-29T08:00:00+02:00 '"status":"in_progress","support_line":2,"priority":"P2"'
	event X 2 2016-04-30T23:59:59+02:00 '"status":"resolved"'
	event Y 1 2016-04-29T08:00:00+02:00 '"status":"in_progress","support_line":2,"priority":"P2"'
	event Y 2 2016-05-01T00:00:00+02:00 '"status":"resolved"'
} >"$dir/events"
eval_month 2016-04
want "resolved in April" "cell('outflow')['num'] == 1 and cell('backlog')['num'] == 1"
eval_month 2016-05
want "resolved in May" "cell('outflow')['num'] == 1 and cell('backlog')['num'] == 0"

# What the door would do: repeats, conflicts, refusals, malformed lines; as known on a date.
{
	event B 1 2016-04-04T08:00:00+02:00 '"status":"new","support_line":2,"priority":"P1"'
	event B 1 2016-04-04T08:00:00+02:00 '"status":"new","support_line":2,"priority":"P1"'
	event B 1 2016-04-04T08:00:00+02:00 '"status":"closed","support_line":2,"priority":"P1"'
	echo '{"v":1,"kind":"ticket.escalated","occurred_ms":1459850400000,"event_id":"e","body":{"ticket":"V-999"}}'
	echo
	event B 2 2016-04-20T08:00:00+02:00 '"status":"resolved"'
} >"$dir/events"
eval_month 2016-04
[ "$code" -eq 0 ] || fail "exit code $code"
want "conflict and refusal are listed" "[(r['line'], r['code']) for r in d['refused']] == [(3, 'conflict'), (4, 'refused')]"
want "a repeat changes nothing" "len(t) == 1 and t['B']['status'] == 'resolved'"
eval_month 2016-04 --as-of 2016-04-10
want "as known on a date" "t['B']['verdict'] == 'overdue' and t['B']['open'] and cell('open_overdue')['num'] == 1"
eval_month 2016-04 --as-of 2
want "as known at a row" "t['B']['open'] and d['evaluated_ms'] == 1459749600000"
echo '{"v":1,"kind":"ticket.reported","occurred_ms":1,"body":{"ref":"1","priority":7}}' >>"$dir/events"
eval_month 2016-04
[ "$code" -eq 4 ] || fail "a malformed line gave exit code $code"
grep -q 'line 7: body.priority: expected a string' "$dir/err" || fail "message: $(cat "$dir/err")"
want "a malformed line stops no other" "d['refused'][-1]['code'] == 'malformed' and t['B']['status'] == 'resolved'"
sed 's/"v":1,/"v":1,"received_ms":1462060800000,/' "$dir/events" | head -n 1 >"$dir/late" && mv "$dir/late" "$dir/events"
eval_month 2016-04 --as-of 2016-04-30
want "received later is not known yet" "d['tickets'] == []"

# Usage.
code=0
"$vinga" eval --month 2016-13 --events "$dir/events" --agreement "$source/agreements/sample" 2>"$dir/err" >&2 || code=$?
[ "$code" -eq 2 ] || fail "a wrong month gave exit code $code"
code=0
"$vinga" tikcet list 2>"$dir/err" || code=$?
if [ "$code" -ne 2 ] || ! grep -q 'did you mean "ticket list"' "$dir/err"; then
	fail "nearest command: $(cat "$dir/err")"
fi
refuses() { # WANTED ARGUMENT...: exit code 2 and a complaint that says WANTED, without any daemon
	wanted=$1
	shift
	code=0
	"$vinga" "$@" 2>"$dir/err" || code=$?
	if [ "$code" -ne 2 ] || ! grep -qF -e "$wanted" "$dir/err"; then
		fail "vinga $*: exit code $code: $(cat "$dir/err")"
	fi
}
refuses '--kpi: "backlg": did you mean "backlog"?' kpi 2016-04 --evidence --kpi backlg
refuses '--kpi: "foo": expected one of inflow, outflow, backlog' kpi 2016-04 --evidence --kpi foo
refuses 'add --evidence' kpi 2016-04 --kpi backlog
refuses '--by: "priorty": did you mean "priority"?' kpi 2016-04 --by line,priorty
refuses '--by: "": expected one of municipality' kpi 2016-04 --by line,
refuses '--line: "4": expected one of 1, 2, 3' kpi 2016-04 --line 4
refuses '--status: "reslved": did you mean "resolved"?' ticket list --status reslved
refuses 'field: "sttus": did you mean "status"?' ticket correct V-1 --reason x --set sttus=new
refuses 'status: "nw": did you mean "new"?' ticket correct V-1 --reason x --set status=nw
"$vinga" help --list >"$dir/names"
while read -r name; do
	grep -qE "^\.It Ic $name( |\$)" "$source/docs/man/vinga.1" || fail "vinga.1 does not tell of $name"
	"$vinga" help --list "$name" | sed 's/^--//' | while read -r option; do
		grep -qE "Fl -$option( |\$)" "$source/docs/man/vinga.1" ||
			[ "$(echo "$name" | cut -d' ' -f1)" = ticket ] || [ "$option" = help ] ||
			fail "vinga.1 does not tell of --$option ($name)"
	done
done <"$dir/names"
passed=$((passed + 1))
echo "$passed passed, 0 failed"
