# lib/pg on a real server: rows one by one, errors by who must act, and a connection that is fit for use after each.
set -eu
. "$VINGA_SOURCE/scripts/pg.sh"

dir=$(TMPDIR=/tmp mktemp -d -t vinga-pg-test.XXXXXX)
trap 'pg_stop; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

# compare CONNINFO: standard input has pairs of lines, what to do and the pattern that its answer must match.
compare() {
	cat >"$dir/pairs"
	sed -n 'p;n' "$dir/pairs" | "$VINGA_BUILD/tests/integration/pg_driver" "$1" >"$dir/answers"
	sed -n 'n;p' "$dir/pairs" >"$dir/wanted"
	exec 3<"$dir/answers" 4<"$dir/wanted"
	while read -r wanted <&4; do
		read -r answer <&3 || answer="(no answer)"
		# shellcheck disable=SC2254
		case $answer in
		$wanted) echo "ok - $answer" ;;
		*)
			printf 'not ok\nwanted: %s\ngot:    %s\n' "$wanted" "$answer" >&2
			exit 1
			;;
		esac
	done
}

pg_start "$dir"
pg_deploy "$VINGA_SOURCE/sql"
"$VINGA_BUILD/tests/integration/sink_driver" fill "$dir/journal.db" 6000
"$VINGA_BUILD/tests/integration/sink_driver" run "$dir/journal.db" "host='$PGHOST' user=vinga_writer dbname=vinga" >"$dir/state"

compare "host='$PGHOST' user=vinga_reader dbname=vinga" <<'PAIRS'
query select $1::int + 1 as n, $2::text as t, now()::text like '%+00' as utc
n=8 t=(null) utc=t ok
query select $1, $2 from nowhere
invalid pg: relation "nowhere" does not exist (SQLSTATE 42P01)
first select $1::int as a, $2::int as b, generate_series(1, 10000000) as n
a=7 b=(null) n=1 enough
query select $1::int as a, $2::int as b, 1 / (n - 2) as c from generate_series(1, 3) n
a=7 b=(null) c=-1 invalid pg: division by zero (SQLSTATE 22012)
query select 1 as one where $1::int = 7 and $2::int is null
one=1 ok
exec set statement_timeout = '10ms'
affected=0 ok
exec select pg_sleep(60)
affected=-1 later pg: canceling statement due to statement timeout (SQLSTATE 57014)
exec set statement_timeout = 0
affected=0 ok
exec insert into ledger.position default values
affected=-1 denied pg: permission denied for table position (SQLSTATE 42501)
copy copy read.users from stdin
denied pg: permission denied for table users (SQLSTATE 42501)
copy select 1
invalid pg: unexpected answer PGRES_TUPLES_OK
exec copy (select 1) to stdout
affected=-1 invalid pg: unexpected answer PGRES_COPY_OUT
ledger 0 9223372036854775807
count=6000 first=1 last=6000 ok
ledger 3500 3700
count=200 first=3501 last=3700 ok
ledger 6000 7000
count=0 first=0 last=0 ok
PAIRS

compare "host='$PGHOST' user=vinga_writer dbname=vinga" <<'PAIRS'
exec create temporary table t (n int, s text check (s <> 'a'))
affected=0 ok
copy copy t from stdin
invalid pg: new row for relation "t" violates check constraint "t_s_check" (SQLSTATE 23514; COPY t, line 1)
copy copy t (s) from stdin
invalid pg: extra data after last expected column (SQLSTATE 22P04; COPY t, line 1)
PAIRS

compare "host='$PGHOST' user=nobody dbname=vinga" <<'PAIRS'
none
later pg: *FATAL*
PAIRS
pg_stop
compare "host='$PGHOST' user=vinga_reader dbname=vinga" <<'PAIRS'
none
later pg: *No such file or directory*
PAIRS
