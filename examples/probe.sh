#!/bin/sh
# A probe in 20 lines: asks for a page and tells Vinga. From cron each minute: probe.sh URL PROBE
# VINGA_URL is where Vinga is, VINGA_TOKEN_FILE has the token in its first line.
set -eu

at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
seen=$(curl --silent --output /dev/null --max-time 10 --write-out '%{http_code} %{time_total}' "$1" || true)
status=${seen% *}
latency_ms=$(echo "${seen#* }" | awk '{ printf "%d", $1 * 1000 }')
case $status in
2?? | 3??) state=ok ;;
*) state=critical ;;
esac
sample=$(printf '{"probe":"%s","state":"%s","at":"%s","latency_ms":%d,"text":"HTTP %s"}' "$2" "$state" "$at" "$latency_ms" "$status")
# The token goes through standard input: arguments are seen by everyone on the machine.
printf 'header = "Authorization: Bearer %s"\n' "$(head -n 1 "$VINGA_TOKEN_FILE")" |
	curl --config - --silent --show-error --fail-with-body --max-time 10 --retry 3 \
		--header 'Content-Type: application/json' --data-binary "$sample" "$VINGA_URL/api/v1/samples"
