/* The read model's rows: core objects as text for COPY, the same for the daemon's sink and for
 * `vinga rebuild`. */
#ifndef VG_ROWS_H
#define VG_ROWS_H

#include "core/core.h"
#include "lib/base/err.h"

/* Tables of schemas read and fee, in the order in which they are written. */
enum vg_table {
	VG_TABLE_TICKET,
	VG_TABLE_TICKET_REF,
	VG_TABLE_TRANSITION,
	VG_TABLE_CLOCK,
	VG_TABLE_IMPORT,
	VG_TABLE_QUARANTINE,
	VG_TABLE_NOTIFICATION,
	VG_TABLE_USERS,
	VG_TABLE_REGISTER,
	VG_TABLE_REPORT,
	VG_TABLE_AGREEMENT,
	VG_TABLE_KPI_CELL,
	VG_TABLE_AGENT,
	VG_TABLE_PROBE_DAY,
	VG_TABLE_RUN,
	VG_TABLE_OUTAGE,
	VG_TABLE_SERVICE_WINDOW,
	VG_TABLE_SIGNAL,
	VG_TABLE_ALARM,
	VG_TABLE_ALARM_CHANGE,
	VG_TABLE_ALARM_SOURCE,
	VG_TABLE_RESOURCE,
	VG_TABLE_PROPOSAL,
	VG_TABLE_AVAILABILITY,
	VG_TABLE_STATE,
	VG_TABLE_OUTAGE_SEEN,
	VG_TABLE_AGREED_TIME,
	VG_TABLE_COMMENT,
	VG_TABLE_FEE_DECISION,
	VG_TABLE_FEE_ACT,
	VG_TABLE_FEE_OPENING,
	VG_TABLE_FEE_OBJECTION,
	VG_TABLE_FEE_STATEMENT,
	VG_TABLE_FEE_LINE,
	VG_TABLE_FEE_YEAR,
	VG_TABLE_DISTURBANCE,
	VG_TABLE_DISTURBANCE_MESSAGE,
	VG_TABLE_FEEDBACK,
	VG_TABLE_COUNT
};
struct vg_table_info {
	const char *schema;  /* "read" */
	const char *name;    /* "ticket"; no two schemas have the same */
	const char *columns; /* comma-separated, as in COPY (...) */
	const char *key; /* what a changed object's old rows are deleted by: "ticket_id", "month" */
};
extern const struct vg_table_info vg_table_info[VG_TABLE_COUNT];

/* COPY text per table, and the keys whose old rows go first. */
struct vg_rows {
	struct vg_rows_table {
		char *copy;
		size_t length, size;
		char *keys; /* COPY text of the keys (one column) that are replaced */
		size_t keys_length, keys_size;
		size_t rows;
	} table[VG_TABLE_COUNT];
	int64_t from_seq,
		to_seq; /* objects with from_seq < changed_seq <= to_seq are complete in it */
	size_t objects;
	bool more; /* there are further objects past to_seq */
	/* Months of availability of to_seq are still to come, the next of them this one: what is
	 * said above holds only when vg_rows_go_on has made this false. */
	bool unfinished;
	int month;
	int64_t eval_ms;
};

/* Objects changed after `after_seq`, ascending, until about max_bytes of text, or until a month of
 * availability is among them. `eval_ms` is the instant at which running clocks and the running
 * month are evaluated. Free with vg_rows_free, also what is unfinished. */
VG_MUST_CHECK int vg_rows_collect(const struct vg_core *core, int64_t after_seq, int64_t eval_ms,
				  size_t max_bytes, struct vg_rows *out);
/* The same in small steps, for a loop that must turn meanwhile: a month of availability takes the
 * core some tens of milliseconds, and one event may change years of them. Each call computes one
 * month at the most; the core may go on between the calls. On an error the rows are freed. */
VG_MUST_CHECK int vg_rows_begin(const struct vg_core *core, int64_t after_seq, int64_t eval_ms,
				size_t max_bytes, struct vg_rows *out);
VG_MUST_CHECK int vg_rows_go_on(const struct vg_core *core, struct vg_rows *rows);
void vg_rows_free(struct vg_rows *rows);

#endif
