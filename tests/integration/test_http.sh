#!/bin/sh
# What a stranger can send: every bad input gets a precise answer, and the daemon lives. No database is needed.
set -eu

vingad=$VINGA_BUILD/daemon/vingad
for tool in curl nc python3 jq; do
	command -v $tool >/dev/null || {
		echo "skipped: $tool is not installed"
		exit 77
	}
done
[ -x "$vingad" ] || {
	echo "skipped: $vingad is not built"
	exit 77
}

dir=$(mktemp -d -t vinga-http.XXXXXX)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url=http://127.0.0.1:$port
token=a-token-of-this-test-only
passed=0
failed=0

cat >"$dir/vingad.yaml" <<YAML
state_dir: $dir/state
listen: 127.0.0.1:$port
socket: $dir/s
principals: $dir/principals.yaml
YAML
cat >"$dir/principals.yaml" <<YAML
principals:
  - name: alingsas
    token_sha256: $(printf %s "$token" | sha256sum | cut -d' ' -f1)
    roles: [ingest, kommun_first_line]
    municipality: "1489"
YAML
"$vingad" --config "$dir/vingad.yaml" 2>"$dir/log" &
pid=$!
trap 'kill $pid 2>/dev/null || true; wait $pid 2>/dev/null || true; rm -rf "$dir"' EXIT
curl -fsS -o /dev/null --retry 50 --retry-all-errors --retry-delay 0 --retry-max-time 30 "$url/health/live"

check() { # NAME WANTED GOT
	case $3 in
	*$2*) passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		printf 'FAILED %s\n  wanted: %s\n  got: %s\n' "$1" "$2" "$3"
		;;
	esac
}

post() { # PATH BODY [CURL OPTIONS...]: "status body" of a request by the token
	_path=$1 _body=$2
	shift 2
	printf %s "$_body" | curl -sS -m 60 -w ' %{http_code}' -H "Authorization: Bearer $token" \
		-H 'Content-Type: application/json' --data-binary @- "$@" "$url$_path"
}

raw() { # BYTES, as printf takes them: what the server says until it closes
	# shellcheck disable=SC2059 # the bytes are the format
	printf "$1" | nc -N -w 20 127.0.0.1 "$port" || true
}

now=$(date +%s)000
event() { # REF EVENT_ID [MEMBERS OF THE ENVELOPE [MEMBERS OF THE BODY]]
	printf '{"v":1,"kind":"ticket.reported","occurred_ms":%s,"event_id":"%s"%s,"body":{"ref":"%s"%s}}' \
		"$now" "$2" "${3-}" "$1" "${4-}"
}
auth="Authorization: Bearer $token\r\n"

# who asks
check "no credentials" 401 "$(curl -sS -w ' %{http_code}' "$url/api/v1/tickets")"
check "wrong token" 401 "$(curl -sS -w ' %{http_code}' -H 'Authorization: Bearer x' "$url/api/v1/tickets")"
check "no right" 403 "$(post /api/v1/agreements '{}')"
check "unknown address" 404 "$(curl -sS -w ' %{http_code}' -H "Authorization: Bearer $token" "$url/api/v2")"
check "other method" "Allow: POST" "$(curl -sSi -H "Authorization: Bearer $token" "$url/api/v1/samples")"

# the event
check "taken" 201 "$(post /api/v1/events "$(event A 1)")"
check "repeat" '"repeat"} 200' "$(post /api/v1/events "$(event A 1)")"
check "same id, other bytes" 409 "$(post /api/v1/events "$(event A 1 '' ',"status":"resolved"')")"
check "truncated" 400 "$(post /api/v1/events '{"v":1,"kind"')"
check "empty" 400 "$(post /api/v1/events '')"
check "not an object" "expected one JSON object" "$(post /api/v1/events '[1]')"
check "duplicate keys" '"line":1' "$(post /api/v1/events '{"v":1,"v":1}')"
check "nested deeply" 400 "$(post /api/v1/events "$(python3 -c 'print("[" * 100000)')")"
check "wrong type" '"field":"body.status"' "$(post /api/v1/events "$(event A 2 '' ',"status":7')")"
check "unknown word" 'in_progress' "$(post /api/v1/events "$(event A 2 '' ',"status":"sovande"')")"
check "unknown member" '"field":"body.colour"' "$(post /api/v1/events "$(event A 2 '' ',"colour":"red"')")"
check "fraction" 422 "$(post /api/v1/events "$(event A 2 '' ',"impact":1.5')")"
check "Latin-1" 400 "$(post /api/v1/events "$(printf '{"v":1,"kind":"\345"}')")"
check "UTF-16" 400 "$(printf '{\0"\0v\0"\0' | curl -sS -w ' %{http_code}' -H "Authorization: Bearer $token" \
	-H 'Content-Type: application/json' --data-binary @- "$url/api/v1/events")"
check "control character" 422 "$(post /api/v1/events "$(event A 2 '' ',"group":"a\u0007"')")"
check "huge event" 413 "$(post /api/v1/events "$(event A 2 "$(python3 -c 'print(" " * 70000)')")")"
check "too long string" '"field":"body.group"' "$(post /api/v1/events "$(event A 2 '' ",\"group\":\"$(python3 -c 'print("x" * 300)')\"")")"
check "in the future" '"field":"occurred_ms"' "$(now=$(($(date +%s) + 3600))000 && post /api/v1/events "$(event A 2)")"
check "other's source" '"field":"source"' "$(post /api/v1/events "$(event A 2 ',"source":"somebody"')")"
check "other municipality" 403 "$(post /api/v1/events "$(event A 2 ',"municipality":"1480"')")"
check "the daemon's own kind" '"field":"kind"' "$(post /api/v1/events '{"v":1,"kind":"tick","occurred_ms":1,"body":{}}')"
check "form" 415 "$(curl -sS -w ' %{http_code}' -H "Authorization: Bearer $token" -d a=b "$url/api/v1/events")"
check "problem type" "application/problem+json" "$(post /api/v1/events '{' -i)"

# the batch
check "batch" '"refused":1,"repeats":1' "$(printf '%s\n%s\n%s\n' "$(event A 1)" "$(event B 2)" '{"v":2}' |
	curl -sS -H "Authorization: Bearer $token" -H 'Content-Type: application/x-ndjson' --data-binary @- "$url/api/v1/events")"
check "batch names the line" '"line":3,"status":422' "$(printf '%s\n%s\n%s\n' "$(event A 1)" "$(event B 2)" '{"v":2}' |
	curl -sS -H "Authorization: Bearer $token" -H 'Content-Type: application/x-ndjson' --data-binary @- "$url/api/v1/events")"
check "too many lines" 413 "$(python3 -c 'print("{}\n" * 1001)' | curl -sS -w ' %{http_code}' \
	-H "Authorization: Bearer $token" -H 'Content-Type: application/x-ndjson' --data-binary @- "$url/api/v1/events")"

# commands
check "escalated" 201 "$(post /api/v1/tickets/A/escalate '{"note":"kan inte logga in"}')"
check "illegal: escalated twice" 409 "$(post /api/v1/tickets/A/escalate '{}')"
check "no such ticket" 404 "$(post /api/v1/tickets/V-999/escalate '{}')"
check "by hand" 201 "$(post /api/v1/tickets '{"channel":"phone","received_at":"2026-11-20T08:30:00+01:00","on_behalf":true}')"
check "time cannot be read" '"field":"received_at"' "$(post /api/v1/tickets '{"received_at":"i morse"}')"
check "bad cursor" '"field":"cursor"' "$(curl -sS -H "Authorization: Bearer $token" "$url/api/v1/tickets?cursor=-1")"
check "TMF621 created" '"externalId":"T1"' "$(post /tmf-api/troubleTicket/v4/troubleTicket \
	'{"externalId":"T1","description":"x","severity":"major","ticketType":"incident","status":"inProgress"}')"
check "TMF621 unknown status" '"verdict":"quarantined"} 202' "$(post /tmf-api/troubleTicket/v4/troubleTicket \
	'{"externalId":"T2","description":"x","severity":"major","ticketType":"incident","status":"asleep"}')"

# the reader of requests
check "two lengths" "400 Bad" "$(raw "POST /api/v1/events HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 2\r\nContent-Length: 20\r\n\r\n{}")"
check "length and chunked" "400 Bad" "$(raw "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}")"
check "xchunked" "501 Not" "$(raw 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n')"
check "signed length" "400 Bad" "$(raw 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5\r\n\r\nhello')"
check "chunk size with 0x" "400 Bad" "$(raw 'POST /api/v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n')"
check "chunked" "401 Unauth" "$(raw 'POST /api/v1/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n')"
check "no host" "400 Bad" "$(raw 'GET /health/live HTTP/1.1\r\n\r\n')"
check "two hosts" "400 Bad" "$(raw 'GET /health/live HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n')"
check "space before colon" "400 Bad" "$(raw 'GET /health/live HTTP/1.1\r\nHost : a\r\n\r\n')"
check "folded line" "400 Bad" "$(raw 'GET /health/live HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n')"
check "bare line feed" "400 Bad" "$(raw 'GET /health/live HTTP/1.1\nHost: a\r\n\r\n')"
check "NUL in the path" "400 Bad" "$(raw 'GET /health%%00live HTTP/1.1\r\nHost: a\r\n\r\n')"
check "dot dot" "400 Bad" "$(raw 'GET /health/%%2e%%2e/live HTTP/1.1\r\nHost: a\r\n\r\n')"
check "unknown method" "405 Method" "$(raw 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n')"
check "HTTP/2.0 by name" "505 HTTP" "$(raw 'GET / HTTP/2.0\r\nHost: a\r\n\r\n')"
check "large head" "431 Request" "$(raw "GET / HTTP/1.1\r\nHost: a\r\nX: $(python3 -c 'print("x" * 20000)')\r\n\r\n")"
check "large body" "413 Content" "$(raw "POST /api/v1/events HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 99999999\r\n\r\n")"
check "pipelined" "2" "$(raw 'GET /health/live HTTP/1.1\r\nHost: a\r\n\r\nGET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n' | grep -c '200 OK')"
check "slow head: cut after 10 s" "408 Request" "$(printf 'GET / HTTP/1.1\r\nHost:' | nc -w 20 127.0.0.1 "$port")"

# many: the maximum holds, memory is bounded, and it serves again at once
before=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
check "11,000 connections" "answered" "$(python3 - "$port" <<'PY'
import resource
import socket
import sys

soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
wanted = min(11000, hard - 200)
held = []
for i in range(wanted):
    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=20)
    s.send(b"GET /health/live HTTP/1.1\r\nHost:")
    held.append(s)
one = held[0]
one.send(b" x\r\n\r\n")
print("answered" if b"200 OK" in one.recv(1000) else "silent", wanted)
PY
)"
after=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
check "memory of 11,000 connections under 300 MiB" yes "$([ $((after - before)) -lt 307200 ] && echo yes || echo "$before -> $after kB")"
check "lives" '"status":"live"' "$(curl -sS "$url/health/live")"
check "metrics" "# EOF" "$(curl -sS "$url/metrics")"
check "no identity number is logged, and little else" "" "$(cat "$dir/log")"

kill $pid
wait $pid && status=0 || status=$?
check "ends in order" 0 "$status"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
