/* Writing COPY text; for lib/rows only. */
#ifndef VG_ROWS_PRIVATE_H
#define VG_ROWS_PRIVATE_H

#include "lib/rows/rows.h"

#define VG_ROWS_SCRATCH (128 * 1024) /* a fact's fields as JSON: twice the largest event */

/* The row that is being written. Out of memory is kept in `rc` and makes the rest do nothing. */
struct vg_rows_writer {
	struct vg_rows *rows;
	const struct vg_core *core;
	int64_t eval_ms;
	size_t bytes, bytes_max; /* written so far in all tables; no new sequence is begun past the
				    maximum */
	int rc;
	char *scratch; /* VG_ROWS_SCRATCH bytes */
	struct vg_rows_table *table;
	size_t column; /* of the present row */
	size_t columns;
};

/* Begins a row of a table, and ends it: then every column has been given a value. */
void vg_row_begin(struct vg_rows_writer *writer, enum vg_table table);
void vg_row_end(struct vg_rows_writer *writer);
void vg_row_null(struct vg_rows_writer *writer);
void vg_row_text(struct vg_rows_writer *writer, const char *text); /* NULL = null */
/* "" is null too: the core's word for none. */
void vg_row_name(struct vg_rows_writer *writer, const char *text);
void vg_row_number(struct vg_rows_writer *writer, int64_t number);
/* Null where the core says -1: not known, not there. */
void vg_row_natural(struct vg_rows_writer *writer, int64_t number);
void vg_row_flag(struct vg_rows_writer *writer, bool flag);
/* ISO 8601 in UTC; infinity for the ends of time. */
void vg_row_instant(struct vg_rows_writer *writer, int64_t at_ms);
/* The same, null for -1: has not happened. */
void vg_row_moment(struct vg_rows_writer *writer, int64_t at_ms);
void vg_row_day(struct vg_rows_writer *writer, int64_t day);
void vg_row_month(struct vg_rows_writer *writer, int month);
void vg_row_ids(struct vg_rows_writer *writer, const char *ids); /* "a b" as an array */
/* Puts a key among those whose old rows go first. */
void vg_row_key(struct vg_rows_writer *writer, enum vg_table table, int64_t key);
void vg_row_key_text(struct vg_rows_writer *writer, enum vg_table table, const char *key);

/* rows_ticket.c, rows_avail.c, rows_alarm.c, rows_fee.c, rows_other.c */
void vg_rows_ticket(struct vg_rows_writer *writer, const struct vg_ticket *ticket);
void vg_rows_month(struct vg_rows_writer *writer, int month);
void vg_rows_agent(struct vg_rows_writer *writer, const struct vg_agent *agent);
void vg_rows_probe_day(struct vg_rows_writer *writer, int64_t changed_seq,
		       const struct vg_probe_day *day);
void vg_rows_outage(struct vg_rows_writer *writer, const struct vg_outage_record *record);
void vg_rows_window(struct vg_rows_writer *writer, const struct vg_window *window);
void vg_rows_signal(struct vg_rows_writer *writer, const struct vg_signal *signal);
void vg_rows_alarm(struct vg_rows_writer *writer, const struct vg_alarm *alarm);
void vg_rows_alarm_change(struct vg_rows_writer *writer, const struct vg_alarm_change *change);
void vg_rows_alarm_source(struct vg_rows_writer *writer, const struct vg_alarm_source *source);
void vg_rows_resource(struct vg_rows_writer *writer, const struct vg_resource *resource);
void vg_rows_proposal(struct vg_rows_writer *writer, const struct vg_proposal *proposal);
/* The fee's decision of a ticket that is there; no row of one that has not ended. */
void vg_rows_decision(struct vg_rows_writer *writer, const struct vg_ticket *ticket);
/* Acts, openings, objections, comments, statements, their lines and years. */
void vg_rows_fee(struct vg_rows_writer *writer, const struct vg_object *object);
/* Disturbances, their messages, feedback: rows_disturbance.c. */
void vg_rows_disturbance(struct vg_rows_writer *writer, const struct vg_object *object);
/* A month's cells, pieces, measured outages and agreed time. */
void vg_rows_availability(struct vg_rows_writer *writer, int month);
void vg_rows_object(struct vg_rows_writer *writer, const struct vg_object *object);

#endif
