#!/bin/sh
# vinga eval: the availability vectors of the rules (A1, A3, A4, A6, A7), each as a stranger would write it: a small agreement, one
# event a line, and the seconds that must come out. docs/eval.md shows the first of them.
set -eu

build=${VINGA_BUILD:?}
vinga=$build/cli/vinga
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
passed=0

fail() {
	echo "FAILED: $*" >&2
	exit 1
}

ms() { # TIME: as milliseconds
	echo "$(date -d "$1" +%s)000"
}

# samples TIME STATE [TIME STATE]...: the trace of probe `web`; a state holds until the next row, and none after the last.
samples() {
	first=$1 rows=
	while [ $# -gt 0 ]; do
		rows="$rows${rows:+,}[\"web\",$(ms "$1"),\"$2\"]" last=$1
		shift 2
	done
	printf '{"v":1,"kind":"samples.reported","occurred_ms":%s,"source":"a","event_id":"%s","received_ms":%s,' \
		"$(ms "$first")" "$(ms "$first")" "$(ms "$last")"
	printf '"body":{"boot_id":"b","batch":1,"sent_ms":%s,"samples":[%s]}}\n' "$(ms "$last")" "$rows"
}

# outage FROM TO: what a person states.
outage() {
	printf '{"v":1,"kind":"outage.recorded","occurred_ms":%s,"actor":"anna","body":{"effect":"down","service":"journal",' "$(ms "$2")"
	printf '"from_ms":%s,"to_ms":%s,"cause":"vgr","reason":"vektor"}}\n' "$(ms "$1")" "$(ms "$2")"
}

# window PLANNED FROM TO ROW: planned by one and approved by another; ROW is its ledger row.
window() {
	printf '{"v":1,"kind":"window.planned","occurred_ms":%s,"actor":"anna","body":{"name":"Byte","category":"planned","times":[[%s,%s]]}}\n' \
		"$(ms "$1")" "$(ms "$2")" "$(ms "$3")"
	printf '{"v":1,"kind":"window.approved","occurred_ms":%s,"actor":"bo","body":{"window":"W-%s"}}\n' "$(ms "$1")" "$4"
}

# agreement HOURS GO_LIVE: one municipality, one service without channels, one probe.
agreement() {
	mkdir -p "$dir/agreement"
	cat >"$dir/agreement/agreement.yaml" <<YAML
name: vektor
version: "1"
valid_from: 2026-01-01
zone: Europe/Stockholm
rules: {}
holidays: { closed: [public_holiday, eve], eves: [Midsommarafton, Julafton, Nyårsafton] }
calendars: { dag: { hours: { mon-fri: 07:00-19:00 } } }
priorities: [P1]
matrix: [[P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1], [P1, P1, P1, P1]]
targets:
  P1: { resolution: 4h, share: 90 %, calendar: 24x7 }
  request: { resolution: 4h, share: 90 %, calendar: 24x7 }
municipalities: [{ code: "1489", name: Alingsås, size: medium, go_live: $2 }]
services: { journal: { name: Journal, hours: $1, availability: "99,8 %" } }
probes: [{ agent: a, probe: web, service: journal, municipality: all, vantage: central, trace: yes }]
YAML
}

# want VECTOR MONTH EXPRESSION: over c, the cell of the municipality, r, the region's, d, all that was printed, and p, the pieces.
want() {
	"$vinga" eval --agreement "$dir/agreement" --events "$dir/events" --month "$2" --pieces >"$dir/out" || fail "$1: exit code $?"
	python3 - "$dir/out" "$3" <<'PYTHON' || fail "$1: $3"
import json, sys
d = json.load(open(sys.argv[1]))
c, = [x for x in d["availability"] if x.get("municipality") == "1489"]
r, = [x for x in d["availability"] if "municipality" not in x]
p, = [t["pieces"] for t in d["timelines"]]
assert not d["refused"], d["refused"]
for x in (c, r):
    assert x["period_s"] == x["outside_s"] + x["excluded_s"] + x["base_s"], x
assert c["base_s"] == sum(c[k + "_s"] for k in ("up", "external", "degraded", "down", "unknown")), c
def share(num, den): # truncated to three decimals, as figures are printed
    return f"{num * 100000 // den / 1000:.3f}".replace(".", ",")
ok = eval(sys.argv[2])
if not ok:
    print({k: v for k, v in c.items() if k != "compare"}, file=sys.stderr)
sys.exit(0 if ok else 1)
PYTHON
	passed=$((passed + 1))
}

# A1: 24x7, October, a window on the Sunday of 25 hours, from 00:00 to 04:00, which is five hours; down for 37 minutes.
agreement 24x7 2026-01-01
{
	window 2026-10-01T08:00+02:00 2026-10-25T00:00+02:00 2026-10-25T04:00+01:00 2
	samples 2026-10-01T00:00+02:00 ok 2026-10-13T10:00+02:00 critical 2026-10-13T10:37+02:00 ok 2026-11-01T00:00+01:00 ok
} >"$dir/events"
want A1 2026-10 "(c['base_s'], c['excluded_s'], c['down_s']) == (2664000, 18000, 2220)"
want A1 2026-10 "(c['num'], c['den']) == (2661780, 2664000) and share(c['num'], c['den']) == '99,916'"
want A1 2026-10 "c['verdict'] == 'met' and c['outages'] == 1 and c['restore_s'] == 2220 and c['unknown_s'] == 0"
want A1 2026-10 "(c['mtrs_s'], c['mtbf_s'], c['mtbsi_s']) == (2220, 2661780, 2664000)"

# A3: two records that overlap are one stretch.
{
	samples 2026-11-01T00:00+01:00 ok 2026-12-01T00:00+01:00 ok
	outage 2026-11-10T10:00+01:00 2026-11-10T11:00+01:00
	outage 2026-11-10T10:30+01:00 2026-11-10T11:15+01:00
} >"$dir/events"
want A3 2026-11 "c['base_s'] == 2592000 and c['down_s'] == 75 * 60 and c['outages'] == 1"
want A3 2026-11 "share(c['num'], c['den']) == '99,826'"

# A4: six hours without data are neither up nor down.
{
	samples 2026-11-01T00:00+01:00 ok 2026-11-05T06:00+01:00 unknown 2026-11-05T12:00+01:00 ok \
		2026-11-10T10:00+01:00 critical 2026-11-10T11:00+01:00 ok 2026-12-01T00:00+01:00 ok
} >"$dir/events"
want A4 2026-11 "c['unknown_s'] == 6 * 3600 and c['down_s'] == 3600"
want A4 2026-11 "share(c['num'], c['den']) == '99,859' and share(c['low_num'], c['low_den']) == '99,027'"
want A4 2026-11 "share(c['base_s'] - c['unknown_s'], c['base_s']) == '99,166'"
sed -i 's/^rules: {}/rules: { unknown: as_up }/' "$dir/agreement/agreement.yaml"
want "A4 as_up" 2026-11 "share(c['num'], c['den']) == '99,861'"

# A6: what happened before the municipality joined is not its.
agreement 24x7 2026-11-16
{
	samples 2026-11-01T00:00+01:00 ok 2026-11-10T10:00+01:00 critical 2026-11-10T12:00+01:00 ok \
		2026-11-20T08:00+01:00 critical 2026-11-20T08:30+01:00 ok 2026-12-01T00:00+01:00 ok
} >"$dir/events"
want A6 2026-11 "c['base_s'] == 1296000 and c['down_s'] == 1800 and c['outages'] == 1"
want A6 2026-11 "share(c['num'], c['den']) == '99,861'"

# A7: midsommarafton is closed, so an outage on it counts for nothing.
agreement dag 2026-01-01
{
	samples 2026-06-01T00:00+02:00 ok 2026-06-19T08:00+02:00 critical 2026-06-19T12:00+02:00 ok 2026-07-01T00:00+02:00 ok
} >"$dir/events"
want A7 2026-06 "c['down_s'] == 0 and c['outages'] == 0 and c['num'] == c['den'] > 0"
want A7 2026-06 "[x['state'] for x in p] == ['up', 'down', 'up']"

# A record by one person holds at once, is marked, and can be refused: a window needs another to approve it.
agreement 24x7 2026-01-01
{
	window 2026-11-01T08:00+01:00 2026-11-20T00:00+01:00 2026-11-20T01:00+01:00 2 | sed 's/"bo"/"anna"/'
	samples 2026-11-01T00:00+01:00 ok 2026-12-01T00:00+01:00 ok
} >"$dir/events"
"$vinga" eval --agreement "$dir/agreement" --events "$dir/events" --month 2026-11 >"$dir/out"
grep -q '"refused":\[{"code":"refused","kind":"window.approved","line":2' "$dir/out" || fail "the same person approved"

echo "$((passed + 1)) passed, 0 failed"
