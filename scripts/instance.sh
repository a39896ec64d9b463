# instance.sh - one private installation: a folder with cluster, journal and settings, and what runs in it. Source it after
# pg.sh.
#
# The hard thing is place: the unprivileged user that runs the cluster and the daemon must be able to enter the folder, which it
# cannot in root's home, and socket paths must be short. So VINGA_HOME is where both can be, and sockets lie in a
# folder of /tmp of their own, save those of a real installation, which stay in one place.

# instance_programs ROOT: sets instance_build, the build folder whose programs and pages are taken; empty when ROOT is no checkout
# but /usr/share/vinga, whose package has installed them.
instance_programs() {
	instance_build=
	[ ! -f "$1/CMakeLists.txt" ] || instance_build=${VINGA_BUILD:-$1/build/release}
	instance_pages=${instance_build:-$1}/web
}

# instance_place ROOT: sets and makes VINGA_HOME.
instance_place() {
	if [ -z "${VINGA_HOME:-}" ]; then
		VINGA_HOME=$1/var
		mkdir -p "$VINGA_HOME"
		if [ "$(id -u)" -eq 0 ] && ! pg_as test -x "$VINGA_HOME"; then
			VINGA_HOME=/var/lib/vinga-$(printf %s "$1" | cksum | cut -d' ' -f1)
			echo "The user $(pg_owner) cannot enter $1/var: data go to $VINGA_HOME"
		fi
	fi
	mkdir -p "$VINGA_HOME" || return 1
	if [ "$(id -u)" -eq 0 ]; then
		chown "$(pg_owner)" "$VINGA_HOME"
	fi
	export VINGA_HOME
}

# instance_room MIB: ends with a reason when the disk has less.
instance_room() {
	_free=$(df -Pm "$VINGA_HOME" | awk 'NR == 2 { print $4 }')
	if [ "$_free" -lt "$1" ]; then
		echo "vinga: $VINGA_HOME has $_free MiB free; $1 MiB are needed (VINGA_HOME names another place)" >&2
		exit 1
	fi
}

# instance_port_free PORT: ends with a reason when somebody listens there.
instance_port_free() {
	_hex=$(printf ':%04X' "$1")
	if awk -v port="$_hex" '$4 == "0A" && substr($2, length($2) - 4) == port { found = 1 } END { exit !found }' \
		/proc/net/tcp /proc/net/tcp6 2>/dev/null; then
		echo "vinga: port $1 is in use by another program; choose one with --port" >&2
		exit 1
	fi
}

# instance_settings PORT PURPOSE CONNINFO SOCKET: writes vingad.yaml and its neighbours. Mappings, principals and whom SNMP
# lets in stay as they are when they are there. A demonstration listens for traps on the UDP port of the same number, and for
# syslog on the next one; a real installation for neither until it says so.
instance_settings() {
	mkdir -p "$VINGA_HOME/state" "$VINGA_HOME/mappings" "$VINGA_HOME/reports"
	chmod 700 "$VINGA_HOME/state"
	if [ ! -e "$VINGA_HOME/principals.yaml" ]; then
		cat >"$VINGA_HOME/principals.yaml" <<'YAML'
# Who may write and read over HTTP. A token is shown to its owner once and kept here as its SHA-256 only:
#   token=$(openssl rand -hex 32); printf %s "$token" | sha256sum
# principals:
#   - name: servicedesk
#     source: servicedesk
#     roles: [ingest]
#     municipality: "1489"
#     token_sha256: <64 hex digits>
principals: []
YAML
	fi
	if [ "$2" = demonstration ]; then
		_community="communities: [{ community: public, source: snmp, from: [127.0.0.1/32] }]"
		_listen="snmp_listen: 127.0.0.1:$1
syslog_listen: udp:127.0.0.1:$(($1 + 1))"
	else
		_community="communities: []"
		_listen="# snmp_listen: 192.0.2.1:162 [2001:db8::1]:162
# syslog_listen: udp:192.0.2.1:514 tcp:192.0.2.1:514"
	fi
	if [ ! -e "$VINGA_HOME/snmp.yaml" ]; then
		(umask 077 && cat >"$VINGA_HOME/snmp.yaml") <<YAML
# Who may send SNMP traps and informs (docs/snmp.md): communities and users, each with the source that it speaks for.
$_community
YAML
	fi
	cat >"$VINGA_HOME/vingad.yaml" <<YAML
# Settings of the daemon. What changes figures is not here but in the agreement.
purpose: $2
state_dir: "$VINGA_HOME/state"
listen: 127.0.0.1:$1
socket: "$4"
database: "$3"
mappings: "$VINGA_HOME/mappings"
principals: "$VINGA_HOME/principals.yaml"
alarm_rules: "$VINGA_HOME/alarm-rules"
snmp_access: "$VINGA_HOME/snmp.yaml"
reports: "$VINGA_HOME/reports"
$_listen
YAML
	if [ -f "$instance_pages/index.html" ]; then
		echo "web_root: \"$VINGA_HOME/web\"" >>"$VINGA_HOME/vingad.yaml"
	fi
	if [ "$(id -u)" -eq 0 ]; then
		chown -R "$(pg_owner)" "$VINGA_HOME/state"
		chmod 644 "$VINGA_HOME/vingad.yaml" "$VINGA_HOME/principals.yaml"
		chown "$(pg_owner)" "$VINGA_HOME/snmp.yaml"
	fi
}

# instance_principal NAME ROLE [MUNICIPALITY]: gives the demonstration a principal whose token lies in VINGA_HOME/NAME.token, once.
instance_principal() {
	if grep -q "name: $1\$" "$VINGA_HOME/principals.yaml" && [ -s "$VINGA_HOME/$1.token" ]; then
		return 0
	fi
	(umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$VINGA_HOME/$1.token")
	sed -i 's/^principals: \[\]$/principals:/' "$VINGA_HOME/principals.yaml"
	cat >>"$VINGA_HOME/principals.yaml" <<YAML
  - name: $1
    roles: [$2]
    token_sha256: $(sha256sum <"$VINGA_HOME/$1.token" | cut -d' ' -f1)
YAML
	[ -z "${3:-}" ] || echo "    municipality: \"$3\"" >>"$VINGA_HOME/principals.yaml"
	if [ "$(id -u)" -eq 0 ]; then
		chown "$(pg_owner)" "$VINGA_HOME/$1.token"
	fi
}

# instance_person NAME ROLE [MUNICIPALITY]: an account of the demonstration with a password that is good for one sign-in, which
# is added to instance_links as a link to the page where one signs in. Needs instance_people first.
instance_person() {
	_code=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
	set -- "$1" --role "$2" ${3:+--municipality "$3"}
	printf '%s\n' "$_code" | "$instance_build/cli/vinga" account "$@" --one-time >>"$VINGA_HOME/people.yaml"
	_link=$(printf '  %-22s http://127.0.0.1:%s/logga-in#konto=%s&kod=%s' "$3${5:+ $5}" "$instance_port" "$1" "$_code")
	instance_links="$instance_links$_link
"
}

# instance_people PORT: people who sign in to the demonstration, by the roles that its pages are for; new ones at every start.
instance_people() {
	instance_port=$1
	instance_links=
	(umask 077 && echo "accounts:" >"$VINGA_HOME/people.yaml")
	instance_person demo-drift vgr_duty_manager
	instance_person demo-linje2 vgr_second_line
	instance_person demo-sla vgr_sla_manager
	instance_person demo-1489-linje1 kommun_first_line 1489
	instance_person demo-1489-ekonomi kommun_finance 1489
	instance_person demo-avgift vgr_finance
	instance_person demo-avgift-chef vgr_finance
	instance_person demo-revisor auditor
	instance_person demo-styrning vastkom_read
	if [ "$(id -u)" -eq 0 ]; then
		chown "$(pg_owner)" "$VINGA_HOME/people.yaml"
	fi
}

# instance_lock: ends with a reason when another ./run holds VINGA_HOME.
instance_lock() {
	if ! exec 9>>"$VINGA_HOME/lock" || ! flock -n 9; then
		echo "vinga: $VINGA_HOME is in use by another ./run" >&2
		VINGA_HOME=
		exit 1
	fi
}

# instance_demonstrate ROOT PORT: the demonstration's database, schema, settings and daemon; returns when it answers. Sets
# VINGA_SOCKET and VINGA_DATABASE.
instance_demonstrate() {
	instance_lock
	if grep -qs '^purpose: production' "$VINGA_HOME/vingad.yaml"; then
		echo "vinga: $VINGA_HOME is a real installation; ./run --serve starts it, and demonstration data stay out" >&2
		exit 1
	fi
	instance_port_free "$2"
	echo "Starting PostgreSQL ..."
	pg_start "$VINGA_HOME/pg" 9>&-
	pg_deploy "$1/sql"
	instance_sockets=$(TMPDIR=/tmp mktemp -d -t vinga.XXXXXX)
	chmod 755 "$instance_sockets"
	VINGA_SOCKET=$instance_sockets/s
	VINGA_DATABASE="host=$PG_SOCKETS dbname=vinga user=vinga_reader"
	export VINGA_SOCKET VINGA_DATABASE
	instance_settings "$2" demonstration "host=$PG_SOCKETS dbname=vinga user=vinga_writer" "$VINGA_SOCKET"
	cp -n "$1"/plugins/mappings/*.yaml "$VINGA_HOME/mappings/"
	echo "people: \"$VINGA_HOME/people.yaml\"" >>"$VINGA_HOME/vingad.yaml"
	instance_people "$2"
	instance_principal demo-agent ingest
	instance_principal demo-approver vgr_sla_manager
	instance_principal demo-finance vgr_finance        # proposes what the fee follows from
	instance_principal demo-finance-chief vgr_finance  # and approves it
	instance_principal demo-1489 kommun_finance 1489   # a municipality that may object
	if [ "$(id -u)" -eq 0 ]; then
		chown "$(pg_owner)" "$instance_sockets"
	fi
	instance_daemon "$1"
}

# instance_fixed_sockets: the sockets of an installation have one place, so that its settings hold from start to start.
instance_fixed_sockets() {
	instance_sockets=$VINGA_HOME/sockets
	PG_SOCKETS=$instance_sockets
	mkdir -p "$instance_sockets"
	chmod 755 "$instance_sockets"
	if [ "$(id -u)" -eq 0 ]; then
		chown "$(pg_owner)" "$instance_sockets"
	fi
}

# instance_serve ROOT: what `vinga init` has made in VINGA_HOME; its settings are read and stay as they are. Sets VINGA_SOCKET
# and VINGA_DATABASE.
instance_serve() {
	instance_lock
	instance_port_free "$(instance_setting listen | sed 's/.*://')"
	instance_fixed_sockets
	if [ -d "$VINGA_HOME/pg" ]; then
		echo "Starting PostgreSQL ..."
		pg_start "$VINGA_HOME/pg" 9>&-
		pg_deploy "$1/sql"
	fi
	VINGA_SOCKET=$(instance_setting socket)
	VINGA_DATABASE=$(instance_setting database | sed 's/user=vinga_writer/user=vinga_reader/')
	export VINGA_SOCKET VINGA_DATABASE
	instance_daemon "$1"
}

# instance_setting NAME: its value in vingad.yaml.
instance_setting() {
	sed -n "s/^$1: *\"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$VINGA_HOME/vingad.yaml"
}

# instance_daemon ROOT: starts vingad, with the alarm rules and pages that belong to it; returns when it answers.
instance_daemon() {
	_vingad=/usr/sbin/vingad
	[ -z "$instance_build" ] || _vingad=$instance_build/daemon/vingad
	cp "$_vingad" "$VINGA_HOME/vingad"
	if [ -f "$instance_pages/index.html" ]; then
		rm -rf "$VINGA_HOME/web"
		cp -R "$instance_pages" "$VINGA_HOME/web"
	fi
	rm -rf "$VINGA_HOME/alarm-rules"
	mkdir "$VINGA_HOME/alarm-rules"
	cp "$1"/plugins/alarms/* "$VINGA_HOME/alarm-rules"
	chmod -R a+rX "$VINGA_HOME/alarm-rules"
	echo "Starting vingad ..."
	pg_exec "$VINGA_HOME/vingad" --config "$VINGA_HOME/vingad.yaml" >>"$VINGA_HOME/vingad.log" 2>&1 9>&- &
	instance_pid=$!
	instance_until /health/live
}

# instance_agent ROOT PORT: starts the demonstration's web service at the port after the daemon's, and an agent that checks it, the
# daemon, the database and its own network. Sets VINGA_DEMO, the file by which the service is broken and mended.
instance_agent() {
	_demo_port=$(($2 + 1))
	instance_port_free "$_demo_port"
	VINGA_DEMO=$VINGA_HOME/demo-service
	export VINGA_DEMO
	echo well >"$VINGA_DEMO"
	mkdir -p "$VINGA_HOME/agent"
	cat >"$VINGA_HOME/agent.yaml" <<YAML
# The demonstration's agent. What each probe measures stands in agreements/sample.
daemon: http://127.0.0.1:$2
token_file: $VINGA_HOME/demo-agent.token
spool: $VINGA_HOME/agent/spool.db
send_every: 2s

probes:
  loopback: # a reference: when it fails the agent's own network is broken, and nothing is said of the services
    type: tcp
    host: 127.0.0.1
    port: $2
    interval: 5s
  daemon-http:
    type: http
    url: http://127.0.0.1:$2/health/live
    interval: 5s
  database: # a plugin like any other: it ends with 0 when PostgreSQL takes connections, with 2 when it does not answer
    type: plugin
    command: ["$PG_BIN/pg_isready", "-h", "$PG_SOCKETS", "-d", "vinga"]
    interval: 5s
  demo-web:
    type: http
    url: http://127.0.0.1:$_demo_port/app
    expect_text: publicerad app
    interval: 5s
  demo-app:
    type: http
    url: http://127.0.0.1:$_demo_port/mobil
    expect_text: mobil app
    interval: 5s
  demo-school:
    type: http
    url: http://127.0.0.1:$_demo_port/region/elevhalsa
    interval: 5s
  demo-exchange:
    type: http
    url: http://127.0.0.1:$_demo_port/region/utbyte
    interval: 5s
  region-platform:
    type: http
    url: http://127.0.0.1:$2/health/live
    interval: 5s
  region-identity:
    type: plugin
    command: ["$PG_BIN/pg_isready", "-h", "$PG_SOCKETS", "-d", "vinga"]
    interval: 5s
  region-web:
    type: http
    url: http://127.0.0.1:$_demo_port/region/app
    interval: 5s
  region-app:
    type: http
    url: http://127.0.0.1:$_demo_port/region/mobil
    interval: 5s
  region-school:
    type: http
    url: http://127.0.0.1:$_demo_port/region/elevhalsa
    interval: 5s
  region-exchange:
    type: http
    url: http://127.0.0.1:$_demo_port/region/utbyte
    interval: 5s
YAML
	if [ "$(id -u)" -eq 0 ]; then
		chown -R "$(pg_owner)" "$VINGA_HOME/agent"
	fi
	cp "$instance_build/agents/vinga-agent" "$VINGA_HOME/vinga-agent"
	cp "$1/scripts/demo-service" "$VINGA_HOME/demo-web-service"
	pg_exec python3 "$VINGA_HOME/demo-web-service" --port "$_demo_port" --state "$VINGA_DEMO" \
		>>"$VINGA_HOME/demo-service.log" 2>&1 9>&- &
	instance_demo_pid=$!
	pg_exec "$VINGA_HOME/vinga-agent" run --config "$VINGA_HOME/agent.yaml" >>"$VINGA_HOME/agent.log" 2>&1 9>&- &
	instance_agent_pid=$!
}

# instance_measured: waits until the agent's first samples have come in.
instance_measured() {
	_tries=0
	until curl -fsS --unix-socket "$VINGA_SOCKET" \
		"http://localhost/api/v1/state?service=journal_kommun&municipality=1489" 2>/dev/null | grep -q '"measured":"up"'; do
		_tries=$((_tries + 1))
		if ! kill -0 "$instance_agent_pid" 2>/dev/null || [ "$_tries" -gt 600 ]; then
			echo "vinga: the agent brought no samples; the end of $VINGA_HOME/agent.log:" >&2
			tail -n 20 "$VINGA_HOME/agent.log" >&2
			exit 1
		fi
		sleep 0.1
	done
}

# instance_end PID: ends what was started, and waits for it.
instance_end() {
	if [ -n "$1" ] && kill -0 "$1" 2>/dev/null; then
		kill "$1"
		wait "$1" 2>/dev/null || true
	fi
}

# instance_until PATH: waits until the daemon answers 200 there; ends with its log when it has died.
instance_until() {
	_tries=0
	until curl -fsS -o /dev/null --unix-socket "$VINGA_SOCKET" "http://localhost$1" 2>/dev/null; do
		_tries=$((_tries + 1))
		if ! kill -0 "$instance_pid" 2>/dev/null || [ "$_tries" -gt 600 ]; then
			echo "vinga: the daemon did not answer; the end of $VINGA_HOME/vingad.log:" >&2
			tail -n 20 "$VINGA_HOME/vingad.log" >&2
			exit 1
		fi
		sleep 0.1
	done
}

# instance_settled: waits until PostgreSQL holds all that is durable.
instance_settled() {
	"$instance_build/cli/vinga" status --wait
}

instance_wait() {
	wait "$instance_pid" || true
	echo "vinga: the daemon has ended; see $VINGA_HOME/vingad.log" >&2
	exit 1
}

instance_stop() {
	trap - EXIT INT TERM HUP
	instance_end "${instance_agent_pid:-}"
	instance_end "${instance_demo_pid:-}"
	instance_end "${instance_pid:-}"
	if [ -n "${PG_DATA:-}" ]; then
		pg_stop
	fi
	if [ -n "${instance_sockets:-}" ]; then
		rm -rf "$instance_sockets"
	fi
}
