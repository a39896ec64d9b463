#!/bin/sh
# A real installation from `vinga init`: it starts, keeps what it was told over a restart, and stays free of demonstration
# data. Also one on a PostgreSQL that was there before.
set -eu

vinga=$VINGA_BUILD/cli/vinga
for tool in curl jq psql sqitch; do
	command -v $tool >/dev/null || {
		echo "skipped: $tool is not installed"
		exit 77
	}
done

dir=$(mktemp -d -t vinga-init.XXXXXX)
chmod 755 "$dir"
home="$dir/a region"
port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
served=
passed=0
failed=0
unset VINGA_HOME VINGA_SOCKET VINGA_DATABASE PG_SOCKETS

stop() {
	[ -z "$served" ] || {
		kill "$served" 2>/dev/null || true
		wait "$served" || true
	}
	served=
}
trap 'stop; [ -z "${PG_DATA:-}" ] || pg_stop; rm -rf "$dir"' EXIT

check() { # NAME WANTED GOT
	case $3 in
	*"$2"*) passed=$((passed + 1)) ;;
	*)
		failed=$((failed + 1))
		printf 'FAILED %s\n  wanted: %s\n  got: %s\n' "$1" "$2" "$3"
		;;
	esac
}

serve() { # FOLDER: until it answers; its words go to serve.log
	"$VINGA_SOURCE/run" --serve "$1" >"$dir/serve.log" 2>&1 &
	served=$!
	if ! curl -fsS -o /dev/null --retry 300 --retry-all-errors --retry-delay 0 --retry-max-time 60 \
		--unix-socket "$1/sockets/vinga.sock" http://localhost/health/live 2>"$dir/curl.log"; then
		cat "$dir/serve.log" "$dir/curl.log" "$1/vingad.log"
		exit 1
	fi
	export VINGA_SOCKET="$1/sockets/vinga.sock"
	# shellcheck disable=SC2089,SC2090 # the quotes are libpq's
	export VINGA_DATABASE="host='$1/sockets' dbname=vinga user=vinga_reader"
}

tell() { # COMMAND...: what it says on both outputs, and its exit code
	_code=0
	_words=$("$@" 2>&1) || _code=$?
	echo "$_words [exit $_code]"
}

check "no folder" "--dir: expected the folder of the installation [exit 2]" "$(tell "$vinga" init)"
check "no such option" "--as-of is no option here" "$(tell "$vinga" init --as-of 1)"
check "an option of other commands" "--url: unknown here" "$(tell "$vinga" init --url x)"
check "no port" "--port 70000: expected a number from 1 to 65535 [exit 2]" "$(tell "$vinga" init --dir "$home" --port 70000)"
check "made" "A real installation with an empty ledger stands in $home" "$(tell "$vinga" init --dir "$home" --port "$port")"
check "not twice" "that installation has been made, and nothing of it is touched [exit 1]" "$(tell "$vinga" init --dir "$home")"

serve "$home"
check "empty" 0 "$("$vinga" status --json | jq .tickets)"
check "agreement" "taken" "$("$vinga" agreement apply "$VINGA_SOURCE/agreements/sample" --reason "test")"
check "one ticket" "V-" "$("$vinga" ticket create --municipality 1489 --priority P3 --ref ETT)"
"$vinga" status --wait >/dev/null
check "demonstration data stay out" "demo.uci-servicenow is demonstration data, and this ledger is for real ones" \
	"$(tell "$vinga" import "$VINGA_SOURCE/tests/data/uci-incident/incident_event_log.shared.csv.gz" \
		--mapping "$VINGA_SOURCE/plugins/mappings/uci-incident.yaml")"
check "so does the whole demonstration" "is in use by another ./run" "$(VINGA_HOME=$home tell "$VINGA_SOURCE/run" --once --port "$port")"
echo 'journal_keep_days: 30' >>"$home/vingad.yaml"
stop
check "also when it is stopped" "is a real installation" "$(VINGA_HOME=$home tell "$VINGA_SOURCE/run" --once --port "$port")"

serve "$home"
check "settings stay" "journal_keep_days: 30" "$(tail -n 1 "$home/vingad.yaml")"
check "the ticket stays" '"ETT"' "$("$vinga" ticket list --json)"
check "the ledger holds" "the read model is what the ledger gives" "$(tell "$vinga" rebuild)"
rm "$home/vingad.yaml"
stop
check "a journal without settings" "holds a journal" "$(tell "$vinga" init --dir "$home")"
rm -r "$home/state"
check "a ledger without settings" "a new installation begins with an empty one [exit 1]" "$(tell "$vinga" init --dir "$home")"

# A PostgreSQL that is there already.
# shellcheck source=scripts/pg.sh
. "$VINGA_SOURCE/scripts/pg.sh"
unset PG_SOCKETS
pg_start "$dir/own"
pg_create
there="host=$PG_SOCKETS dbname=vinga"
check "no database" "cannot look into that database [exit 3]" "$(tell "$vinga" init --dir "$dir/b" --database "host=$PG_SOCKETS dbname=none")"
check "a password" "a password belongs in ~/.pgpass [exit 2]" "$(tell "$vinga" init --dir "$dir/b" --database "$there password=x")"
check "made there" "logs in to the database as vinga_writer" "$(tell "$vinga" init --dir "$dir/b" --port "$port" --database "$there")"
serve "$dir/b"
check "and runs" "current" "$("$vinga" status --wait)"
stop

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
