/* ledger.c - the ledger's rows and position as PostgreSQL holds them.
 *
 * Nothing here judges the rows: whether digests, chain and derived columns hold is for `verify` to
 * say. What cannot be read at all (a digest of another length) is VG_EBROKEN. */
#include "lib/pg/pg.h"

#include "lib/crypto/crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS                                                                                       \
	"select month, seq, received_ms, occurred_ms, lane, kind, source, event_id, municipality," \
	" bytes, d, h from ledger."

struct ledger_reading {
	vg_ledger_row_cb *on_row;
	void *arg;
	struct vg_err *err;
};

static int
on_ledger_row(int columns, const char *const *names, const char *const *values, void *arg)
{
	struct ledger_reading *self = arg;
	struct vg_ledger_row row;

	(void)names;
	VG_ASSERT(columns == 11);
	row = (struct vg_ledger_row){
		.seq = strtoll(values[0], NULL, 10),
		.received_ms = strtoll(values[1], NULL, 10),
		.occurred_ms = strtoll(values[2], NULL, 10),
		.lane = values[3],
		.kind = values[4],
		.source = values[5],
		.event_id = values[6],
		.municipality = values[7],
		.bytes = values[8],
		.length = strlen(values[8]),
	};
	if (vg_unhex(values[9], row.d, sizeof(row.d)) != 0 ||
	    vg_unhex(values[10], row.h, sizeof(row.h)) != 0)
		return vg_err_set(self->err, VG_EBROKEN,
				  "ledger row %" PRId64 ": digest d or h is not 32 bytes long",
				  row.seq);
	return self->on_row(&row, self->arg);
}

int
vg_pg_ledger(struct vg_pg *pg, int64_t after_seq, int64_t to_seq, vg_ledger_row_cb *on_row,
	     void *arg, struct vg_err *err)
{
	struct ledger_reading self = {on_row, arg, err};
	char after[24], to[24];
	const char *const params[] = {after, to};
	int rc, reset;

	(void)snprintf(after, sizeof(after), "%" PRId64, after_seq);
	(void)snprintf(to, sizeof(to), "%" PRId64, to_seq);
	/* The partition key first gives the same order, since a later month has higher numbers, and
	 * the keys' indexes have it: a sort would put the whole ledger on the server's disk. */
	rc = vg_pg_exec(pg, "set enable_sort = off", NULL, 0, NULL, err);
	if (rc != 0)
		return rc;
	rc = vg_pg_query(pg,
			 "select seq, received_ms, occurred_ms, lane, kind, source, event_id,"
			 " municipality, bytes, encode(d, 'hex'), encode(h, 'hex')"
			 " from (" ROWS "row union all " ROWS "raw union all " ROWS
			 "alarm) as every"
			 " where seq > $1::bigint and seq <= $2::bigint order by month, seq",
			 params, 2, on_ledger_row, &self, err);
	reset = vg_pg_exec(pg, "reset enable_sort", NULL, 0, NULL, rc == 0 ? err : NULL);
	return rc != 0 ? rc : reset;
}

struct position_reading {
	struct vg_pg_position *out;
	bool found, broken;
};

static int
on_position(int columns, const char *const *names, const char *const *values, void *arg)
{
	struct position_reading *self = arg;

	(void)names;
	VG_ASSERT(columns == 4);
	self->found = true;
	(void)snprintf(self->out->instance, sizeof(self->out->instance), "%s", values[0]);
	self->out->seq = strtoll(values[1], NULL, 10);
	self->out->read_seq = strtoll(values[2], NULL, 10);
	self->broken = vg_unhex(values[3], self->out->head, sizeof(self->out->head)) != 0;
	return 0;
}

int
vg_pg_position(struct vg_pg *pg, struct vg_pg_position *out, struct vg_err *err)
{
	struct position_reading self = {.out = out};
	int rc;

	rc = vg_pg_query(pg,
			 "select instance, seq, read_seq, encode(hash, 'hex') from ledger.position",
			 NULL, 0, on_position, &self, err);
	if (rc != 0)
		return vg_err_wrap(err, rc, "read ledger.position");
	if (!self.found || self.broken)
		return vg_err_set(
			err, VG_EBROKEN, "ledger.position: %s; restore the database from its dump",
			self.found ? "the hash is not 32 bytes long" : "its one row is missing");
	return 0;
}

static int
on_number(int columns, const char *const *names, const char *const *values, void *arg)
{
	int64_t *number = arg;

	(void)columns;
	(void)names;
	*number = strtoll(values[0], NULL, 10);
	return 0;
}

int
vg_pg_raw_dropped(struct vg_pg *pg, int64_t *rows, struct vg_err *err)
{
	*rows = 0;
	return vg_pg_query(pg, "select coalesce(sum(rows), 0) from ledger.raw_dropped", NULL, 0,
			   on_number, rows, err);
}
