/* titles_load.c - titles of open tickets, read from side.title at the start.
 *
 * The hard thing is that side.title knows ledger rows, not tickets. So the rows of every open
 * ticket are gathered on the loop, the worker asks for their titles a thousand at a time, and the
 * loop takes what was found. */
#include "daemon/api/titles_load.h"

#include "daemon/api/queue.h"
#include "daemon/api/titles.h"
#include "daemon/work/work.h"
#include "lib/base/log.h"
#include "lib/pg/pg.h"

#include <event2/event.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX  1000000 /* of the ledger; titles of tickets past them stay unknown */
#define ROWS_ONCE 1000	  /* of one question */
#define ROW_TEXT  21	  /* bytes of one number and its comma */

struct row {
	int64_t seq, ticket;
	char *title; /* NULL = it brought none */
};

struct vg_titles_load {
	struct vg_api *api;
	const char *conninfo;
	struct event *again;
	struct vg_complaint complaint;
	/* The worker's, while it runs. */
	struct row *row; /* by seq */
	size_t rows, rows_size;
	bool tried;
	int rc;
	struct vg_err err;
};

static void
forget_rows(struct vg_titles_load *load)
{
	for (size_t i = 0; i < load->rows; i++)
		free(load->row[i].title);
	free(load->row);
	load->row = NULL;
	load->rows = load->rows_size = 0;
}

/* On the loop: which rows there are. */

static bool
add_row(struct vg_titles_load *load, int64_t seq, int64_t ticket)
{
	if (load->rows == load->rows_size) {
		const size_t size = load->rows_size == 0 ? 256 : load->rows_size * 2;
		struct row *grown = reallocarray(load->row, size, sizeof(*grown));

		if (grown == NULL)
			return false;
		load->row = grown;
		load->rows_size = size;
	}
	load->row[load->rows++] = (struct row){seq, ticket, NULL};
	return load->rows < ROWS_MAX;
}

static int
compare_rows(const void *left, const void *right)
{
	const struct row *a = left, *b = right;

	return (a->seq > b->seq) - (a->seq < b->seq);
}

static void
gather(struct vg_titles_load *load)
{
	const struct vg_core *core = vg_live_core(load->api->live);
	bool room = true;

	for (const struct vg_queued *open = NULL;
	     room && (open = vg_queue_next(load->api->queue, open)) != NULL;) {
		const struct vg_ticket *ticket = vg_core_ticket(core, open->id);
		const size_t facts = ticket == NULL ? 0 : vg_ticket_fact_count(ticket);

		for (size_t i = 0; room && i < facts; i++) {
			struct vg_fact_view fact;

			vg_ticket_fact(core, ticket, i, &fact);
			room = add_row(load, fact.seq, open->id);
		}
	}
	if (load->rows > 0)
		qsort(load->row, load->rows, sizeof(load->row[0]), compare_rows);
}

/* On the worker: what they brought. */

static int
on_title(int columns, const char *const *names, const char *const *values, void *arg)
{
	struct vg_titles_load *load = arg;
	const struct row key = {strtoll(values[0], NULL, 10), 0, NULL};
	struct row *row = bsearch(&key, load->row, load->rows, sizeof(load->row[0]), compare_rows);

	(void)columns;
	(void)names;
	if (row == NULL || row->title != NULL || values[1] == NULL)
		return 0;
	row->title = strdup(values[1]);
	return row->title == NULL ? VG_ENOMEM : 0;
}

static int
ask(struct vg_titles_load *load, struct vg_pg *pg, size_t first)
{
	static char text[ROWS_ONCE * ROW_TEXT + 3]; /* the worker is one thread */
	const char *params[] = {text};
	size_t used = 0;

	for (size_t i = first; i < load->rows && i < first + ROWS_ONCE; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%c%" PRId64,
					 i == first ? '{' : ',', load->row[i].seq);
	(void)snprintf(text + used, sizeof(text) - used, "}");
	return vg_pg_query(pg, "select seq, title from side.title where seq = any ($1::bigint[])",
			   params, 1, on_title, load, &load->err);
}

static void
run(void *arg)
{
	struct vg_titles_load *load = arg;
	struct vg_pg *pg = NULL;

	load->tried = true;
	load->err = (struct vg_err){0};
	load->rc = vg_pg_open(&pg, load->conninfo, "vingad titles", &load->err);
	if (load->rc == 0)
		load->rc =
			vg_pg_exec(pg, "set statement_timeout = '10s'", NULL, 0, NULL, &load->err);
	for (size_t i = 0; i < load->rows && load->rc == 0; i += ROWS_ONCE)
		load->rc = ask(load, pg, i);
	vg_pg_close(pg);
}

/* On the loop again. */

static void
done(void *arg)
{
	static const struct timeval half_a_minute = {30, 0};
	struct vg_titles_load *load = arg;
	const bool failed = load->tried && load->rc != 0;

	for (size_t i = 0; i < load->rows; i++)
		if (load->row[i].title != NULL)
			vg_titles_put(load->api->titles, load->row[i].ticket, load->row[i].seq,
				      load->row[i].title);
	forget_rows(load);
	vg_complain(&load->complaint, "titles.late",
		    failed ? vg_err_text(&load->err, load->rc) : NULL, vg_steady_ms());
	if (failed)
		(void)evtimer_add(load->again, &half_a_minute);
}

static int
begin(struct vg_titles_load *load, struct vg_err *err)
{
	int rc;

	gather(load);
	load->tried = false;
	rc = vg_work_submit(load->api->work, run, done, load, err);
	if (rc != 0)
		forget_rows(load);
	return rc;
}

static void
on_again(evutil_socket_t fd, short what, void *arg)
{
	static const struct timeval half_a_minute = {30, 0};
	struct vg_titles_load *load = arg;
	struct vg_err err = {0};

	(void)fd;
	(void)what;
	if (begin(load, &err) != 0)
		(void)evtimer_add(load->again, &half_a_minute);
}

int
vg_titles_load_new(struct vg_titles_load **out, struct event_base *base, struct vg_api *api,
		   const char *conninfo, struct vg_err *err)
{
	struct vg_titles_load *load = calloc(1, sizeof(*load));
	int rc;

	*out = NULL;
	if (load == NULL)
		return vg_err_set(err, VG_ENOMEM, "out of memory");
	load->api = api;
	load->conninfo = conninfo;
	load->again = evtimer_new(base, on_again, load);
	if (load->again == NULL)
		rc = vg_err_set(err, VG_ENOMEM, "out of memory");
	else
		rc = begin(load, err);
	if (rc != 0)
		vg_titles_load_free(load);
	else
		*out = load;
	return rc;
}

void
vg_titles_load_free(struct vg_titles_load *load)
{
	if (load == NULL)
		return;
	if (load->again != NULL)
		event_free(load->again);
	forget_rows(load);
	free(load);
}
