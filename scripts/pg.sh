# pg.sh - a private PostgreSQL cluster on a Unix socket, for ./run and the tests. Source it.
#
# Nothing is made system-wide. PostgreSQL refuses to run as root, so root hands the cluster to an unprivileged
# user: `postgres` when there is one, else `nobody`. The hard thing is reach: that user cannot enter root's home, and a
# socket path has at most 107 bytes, so the socket has a short folder of its own. Logins are by peer credentials
# (no password, no TCP port): only the user who made the cluster, and the one who runs it, get in.
#
# After pg_start: PGHOST, PGUSER (superuser), PGDATABASE are exported; PG_DATA and PG_SOCKETS name the folders.

# The folder with initdb and pg_ctl: the newest installed version, at least 15.
pg_bin() {
	if [ -z "${PG_BIN:-}" ]; then
		PG_BIN=$(find /usr/lib/postgresql -mindepth 3 -maxdepth 3 -path '*/bin/initdb' 2>/dev/null |
			sort -t/ -k5,5n | tail -n 1)
		PG_BIN=${PG_BIN%/initdb}
	fi
	if [ -z "$PG_BIN" ]; then
		echo "pg: no initdb under /usr/lib/postgresql; install the package postgresql" >&2
		return 1
	fi
}

# The user who runs the cluster.
pg_owner() {
	if [ "$(id -u)" -ne 0 ]; then
		id -un
	elif id postgres >/dev/null 2>&1; then
		echo postgres
	else
		echo nobody
	fi
}

# pg_exec COMMAND...: becomes that command, as the cluster's user, in a folder which that user can enter.
pg_exec() {
	cd /
	if [ "$(id -u)" -eq 0 ]; then
		_owner=$(pg_owner)
		exec setpriv --reuid="$_owner" --regid="$(id -g "$_owner")" --clear-groups \
			env HOME=/ LC_ALL=C.UTF-8 "$@"
	else
		exec env LC_ALL=C.UTF-8 "$@"
	fi
}

# pg_as COMMAND...: runs it so.
pg_as() {
	(pg_exec "$@")
}

# Who may log in as whom: the caller and the cluster's user, as each role that the programs use.
pg_ident() {
	for _system in $(printf '%s\n' "$(id -un)" "$(pg_owner)" | sort -u); do
		for _role in postgres vinga_writer vinga_reader vinga_report; do
			echo "vinga $_system $_role"
		done
	done
}

# pg_init DIR: makes a cluster in DIR/data unless there is one. Fails with a reason when DIR is out of its user's reach.
pg_init() {
	pg_bin || return 1
	PG_DATA=$1/data
	mkdir -p "$1" || return 1
	if [ "$(id -u)" -eq 0 ]; then
		chown "$(pg_owner)" "$1" || return 1
	fi
	if ! pg_as test -w "$1"; then
		echo "pg: user $(pg_owner) cannot enter $1; choose a folder that it can, such as /var/lib/vinga" >&2
		return 1
	fi
	if pg_as test -s "$PG_DATA/PG_VERSION"; then
		return 0
	fi
	if ! pg_as "$PG_BIN/initdb" --pgdata="$PG_DATA" --username=postgres --encoding=UTF8 \
		--locale=C.UTF-8 --auth=peer --data-checksums >"$1/initdb.log" 2>&1; then
		echo "pg: initdb in $PG_DATA failed:" >&2
		cat "$1/initdb.log" >&2
		return 1
	fi
	printf 'local all all peer map=vinga\n' | pg_as tee "$PG_DATA/pg_hba.conf" >/dev/null &&
		pg_ident | pg_as tee "$PG_DATA/pg_ident.conf" >/dev/null
}

# pg_start DIR: makes the cluster in DIR when needed, starts it and waits until it answers.
pg_start() {
	pg_init "$1" || return 1
	if pg_as "$PG_BIN/pg_ctl" --pgdata="$PG_DATA" status >/dev/null 2>&1; then
		PG_SOCKETS=$(pg_as sed -n 5p "$PG_DATA/postmaster.pid")
	else
		if [ -z "${PG_SOCKETS:-}" ] || [ ! -d "$PG_SOCKETS" ]; then
			PG_SOCKETS=$(TMPDIR=/tmp mktemp -d -t vinga-pg.XXXXXX) || return 1
			chmod 755 "$PG_SOCKETS"
		fi
		if [ "$(id -u)" -eq 0 ]; then
			chown "$(pg_owner)" "$PG_SOCKETS" || return 1
		fi
		if ! pg_as "$PG_BIN/pg_ctl" --pgdata="$PG_DATA" --log="$1/postgresql.log" --wait --silent \
			--options="-c listen_addresses='' -c unix_socket_directories='$PG_SOCKETS'" start; then
			echo "pg: PostgreSQL did not start; the end of $1/postgresql.log:" >&2
			pg_as tail -n 20 "$1/postgresql.log" >&2
			return 1
		fi
	fi
	PGHOST=$PG_SOCKETS PGUSER=postgres PGDATABASE=vinga
	unset PGPORT PGSERVICE PGPASSFILE PGOPTIONS
	export PG_BIN PG_DATA PG_SOCKETS PGHOST PGUSER PGDATABASE
}

# pg_stop: ends the cluster in order and removes its socket folder; the data stay.
pg_stop() {
	if [ -z "${PG_DATA:-}" ]; then
		return 0
	fi
	if pg_as "$PG_BIN/pg_ctl" --pgdata="$PG_DATA" status >/dev/null 2>&1; then
		pg_as "$PG_BIN/pg_ctl" --pgdata="$PG_DATA" --mode=fast --wait --silent stop || return 1
	fi
	if [ -n "${PG_SOCKETS:-}" ]; then
		rm -rf "$PG_SOCKETS"
	fi
}

# pg_crash: ends the cluster at once, as a power cut does to its memory. pg_start recovers it.
pg_crash() {
	pg_as "$PG_BIN/pg_ctl" --pgdata="$PG_DATA" --mode=immediate --wait --silent stop
}

# pg_create: makes the database vinga when it is missing.
pg_create() {
	if [ -z "$(psql -XAtqd postgres -c "select 1 from pg_database where datname = 'vinga'")" ]; then
		psql -Xqd postgres -v ON_ERROR_STOP=1 -c 'create database vinga' || return 1
	fi
}

# pg_deploy SQL_DIR: brings the schema of the database vinga up to date, which it makes when it is missing.
pg_deploy() {
	pg_create && pg_sqitch "$1" deploy
}

# pg_sqitch SQL_DIR COMMAND [CONNINFO]: runs sqitch on the database vinga, or on another one, and shows its words only when it
# fails.
pg_sqitch() {
	if ! _words=$(cd "$1" && SQITCH_FULLNAME=Vinga SQITCH_EMAIL=vinga@localhost \
		SQITCH_USER_CONFIG=/dev/null sqitch "$2" --target "${3:-db:pg:vinga}" 2>&1); then
		printf 'pg: sqitch %s failed:\n%s\n' "$2" "$_words" >&2
		return 1
	fi
}
