# The way into PostgreSQL on a real server: exactly once over crashes, and a clear stop where something does not agree.
set -eu
. "$VINGA_SOURCE/scripts/pg.sh"

driver=$VINGA_BUILD/tests/integration/sink_driver
dir=$(TMPDIR=/tmp mktemp -d -t vinga-sink.XXXXXX)
trap 'pg_stop; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

# expect WHAT WANTED GOT: WANTED is a shell pattern.
expect() {
	# shellcheck disable=SC2254
	case $3 in
	$2) echo "ok - $1" ;;
	*)
		printf 'not ok - %s\nwanted: %s\ngot:    %s\n' "$1" "$2" "$3" >&2
		exit 1
		;;
	esac
}

sql() {
	psql -XAtq -v ON_ERROR_STOP=1 -c "$1"
}

# expect_whole COUNT: every row once, in its month, with digest and chain; the objects' last state; the titles.
expect_whole() {
	expect "every row is there once ($1)" "$1|1|$1" "$(sql 'select count(*), min(seq), max(seq) from ledger.row')"
	expect "digests and chain hold, bytes are untouched" "" "$(sql "
		select seq
		from (
			select *, lag(h, 1, decode(repeat('00', 32), 'hex')) over (order by seq) as before
			from ledger.row
		) r
		where d <> sha256(int8send(seq) || int8send(received_ms) || convert_to(bytes, 'UTF8'))
		or h <> sha256(before || d)
		or bytes <> format(E'{\"text\":\"tab \t, back\\\\\\\\slash \\\\. \\\\N, line\nfeed, räksmörgås %s\"}', seq)")"
	expect "the position is the newest row's" "$1|$1|t" "$(sql "
		select p.seq, p.read_seq, p.hash = r.h from ledger.position p join ledger.row r using (seq)")"
	expect "titles lie beside" "$(($1 / 10))|Skrivaren	står?n" \
		"$(sql "select count(*), min(title) from side.title where seq % 10 = 0")"
	expect "each object is there once, as last changed" "50|50|$(($1 - 49))|$1" "$(sql "
		select count(*), count(distinct ticket_id), min(substr(ref, 2)::int), max(substr(ref, 2)::int)
		from read.ticket_ref")"
}

pg_start "$dir"
pg_deploy "$VINGA_SOURCE/sql"
writer="host='$PGHOST' user=vinga_writer dbname=vinga"
again="cd / && . '$VINGA_SOURCE/scripts/pg.sh' && pg_bin && PG_DATA='$PG_DATA' && pg_crash && pg_start '$dir'"

# run FILE [WHEN COMMAND]...
run() {
	_file=$1
	shift
	"$driver" run "$dir/$_file" "$writer" "$@"
}

# Crashes in the middle, at places that a seed gives.
end=0
crashes=$(awk 'BEGIN { srand(20261031); for (i = 0; i < 6; i++) printf "%d ", rand() * 1500 }')
for crash in $crashes; do
	start=$end end=$((end + 4000))
	"$driver" fill "$dir/journal.db" 4000
	state=$(run journal.db $((start + crash)) "$again")
	expect "all is over after a crash" "current ledger=$end read=$end *" "$state"
	broken_at=${state##*broken_at=}
	broken_at=${broken_at%% *}
	expect "the crash came in the middle ($broken_at)" yes \
		"$([ "$broken_at" -gt "$start" ] && [ "$broken_at" -lt "$end" ] && echo yes)"
done
expect_whole "$end"
expect "rows lie in two months" "2" "$(sql 'select count(distinct month) from ledger.row')"

"$driver" fill "$dir/journal.db" 100
pg_crash
expect "PostgreSQL away at start: caught up by itself" "current ledger=24100 read=24100 *" "$(run journal.db \
	away ". '$VINGA_SOURCE/scripts/pg.sh'; PG_SOCKETS='$PG_SOCKETS'; pg_start '$dir'")"
expect_whole 24100

# One writer.
"$driver" fill "$dir/journal.db" 10
psql -Xqd vinga -c 'select pg_advisory_lock(8620)' -c 'select pg_sleep(600)' >/dev/null 2>&1 &
until [ "$(sql "select count(*) from pg_locks where locktype = 'advisory'")" -eq 1 ]; do :; done
expect "a second writer waits until the first is gone" "current ledger=24110 read=24110 *" "$(run journal.db \
	away "psql -XAtqc 'select pg_terminate_backend(pid) from pg_locks where locktype = \$\$advisory\$\$' >/dev/null")"

# A row that the server refuses: stopped, nothing skipped.
"$driver" fill "$dir/journal.db" 10
sql "alter table ledger.row add constraint no_more check (seq <> 24115)"
expect "a refused row stops the sink with the server's message" \
	"refused ledger=24110 read=24110 * ledger rows 24111 to 24120: pg: *no_more*line 5); nothing is skipped*" "$(run journal.db)"
expect "nothing of its chunk is there" "24110" "$(sql 'select max(seq) from ledger.row')"
sql "alter table ledger.row drop constraint no_more"
expect "mended, it goes on" "current ledger=24120 read=24120 *" "$(run journal.db)"

# A position that does not agree.
head=$(sql "select encode(hash, 'hex') from ledger.position")
instance=$(sql "select instance from ledger.position")
sql "update ledger.position set hash = sha256('x')"
expect "another hash is a gap" "gap ledger=24120 * ledger row 24120 has another hash *" "$(run journal.db)"
sql "update ledger.position set hash = decode('$head', 'hex')"
sql "update ledger.position set instance = 'other'"
expect "another instance is a gap" "gap * written from journal other, this is journal $instance;*" \
	"$(run journal.db)"
sql "update ledger.position set instance = '$instance'"
"$driver" fill "$dir/older.db" 30
expect "a journal that ends before PostgreSQL is a gap" "gap * ledger rows up to 24120, the journal ends before*" \
	"$(run older.db)"

# Journals made after PostgreSQL's head.
"$driver" fill "$dir/late.db" 5 24200 "$head"
expect "missing rows are a gap, named" "gap * ledger rows 24121 to 24200 are missing*" "$(run late.db)"
"$driver" fill "$dir/wrong.db" 5 24120 "$(printf '%064d' 7)"
expect "a chain that does not go on is a gap" "gap * row 24121 does not follow from *head at row 24120*" \
	"$(run wrong.db)"
expect "a gap leaves PostgreSQL as it was" "24120|$head" "$(sql "select seq, encode(hash, 'hex') from ledger.position")"
"$driver" fill "$dir/next.db" 20 24120 "$head"
expect "a new journal that begins at the head goes on" "current ledger=24140 read=24140 *" "$(run next.db)"
expect_whole 24140
expect "and its instance is taken" "f" "$(sql "select instance = '$instance' from ledger.position")"

# A frozen server does not hold up the daemon's end.
"$driver" fill "$dir/next.db" 10
expect "stops within its time when the server hangs" "stopped" "$("$driver" stall "$dir/next.db" "$writer" \
	"psql -XAtqc 'select pid from pg_stat_activity where application_name = \$\$vingad\$\$' >'$dir/frozen' &&
		kill -STOP \$(cat '$dir/frozen')")"
kill -CONT "$(cat "$dir/frozen")"
