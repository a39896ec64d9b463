# The schema's own tests (sql/t), on a private cluster: deploy, test, revert to nothing, deploy again.
set -eu
. "$VINGA_SOURCE/scripts/pg.sh"

command -v pg_prove >/dev/null || exit 77
dir=$(TMPDIR=/tmp mktemp -d -t vinga-pgtap.XXXXXX)
trap 'pg_stop; rm -rf "$dir"' EXIT
trap 'exit 1' INT TERM

pg_start "$dir"
pg_deploy "$VINGA_SOURCE/sql"
psql -Xq -c 'create schema tap' -c 'create extension pgtap schema tap' -c 'grant usage on schema tap to public'
PGOPTIONS='-c search_path=tap' pg_prove --failures "$VINGA_SOURCE"/sql/t/*.sql
psql -Xq -c 'drop schema tap cascade'

pg_sqitch "$VINGA_SOURCE/sql" revert
left=$(psql -XAt -c "select nspname from pg_namespace where nspname in ('access', 'fee', 'ledger', 'read', 'report', 'side')" \
	-c "select rolname from pg_roles where rolname like 'vinga\_%'")
if [ -n "$left" ]; then
	printf 'revert leaves:\n%s\n' "$left" >&2
	exit 1
fi
pg_sqitch "$VINGA_SOURCE/sql" deploy
