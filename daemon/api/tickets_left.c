/* tickets_left.c - the queue as people work it: the open tickets, least time left first.
 *
 * The hard thing is a cursor that stays right while clocks run. Time left shrinks every second, but
 * the instant when it is used up stands still; so tickets are sorted by that instant, and the
 * cursor is the last row's place in the order, not a number of rows. */
#include "daemon/api/queue.h"

#include "daemon/api/judge.h"
#include "daemon/api/titles.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_DEFAULT   100
#define PAGE_MAX       1000
#define LOOKED_AT_MAX  20000 /* open tickets of one question */
#define SEARCH_MAX     100   /* bytes of what is searched for */
#define SEARCHED_BYTES 512   /* of a title: further in nothing is looked for */

const struct vg_queue *
vg_call_queue(struct vg_call *call)
{
	vg_queue_sync(call->api->queue, vg_live_core(call->api->live),
		      vg_live_now_ms(call->api->live));
	return call->api->queue;
}

struct counts {
	int64_t open, over, soon;
};

static void
count(struct counts *counts, const struct vg_queued *row, int64_t now_ms)
{
	counts->open++;
	counts->over += vg_queued_is_over(row);
	counts->soon += vg_queued_is_soon(row, now_ms);
}

static bool
is_of(const char *wanted, const char *text)
{
	return wanted == NULL || (text != NULL && strcmp(wanted, text) == 0);
}

json_t *
vg_json_queue_counts(const struct vg_queue *queue, const char *municipality, int64_t now_ms)
{
	struct counts counts = {0, 0, 0};

	for (const struct vg_queued *row = NULL; (row = vg_queue_next(queue, row)) != NULL;)
		if (row->open && is_of(municipality, row->municipality))
			count(&counts, row, now_ms);
	return json_pack("{s:I, s:I, s:I, s:b}", "open", (json_int_t)counts.open, "over",
			 (json_int_t)counts.over, "soon", (json_int_t)counts.soon, "cut",
			 !vg_queue_is_whole(queue));
}

/* A question. */

struct question {
	struct vg_call *call;
	const struct vg_core *core;
	int64_t now_ms, limit, line;				       /* line -1 = any */
	int over;						       /* -1 = either */
	const char *municipality, *service, *priority, *status, *text; /* NULL = any */
	struct vg_queued after;	      /* id 0 = from the beginning */
	const struct vg_queued **row; /* those that fit */
	size_t rows;
	struct counts counts;
	bool cut; /* there are more than were looked at */
};

/* Lower case of A to Z and of À to Þ, byte by byte: `before` is the byte in front. */
static unsigned char
fold(unsigned char before, unsigned char byte)
{
	if (byte >= 'A' && byte <= 'Z')
		return (unsigned char)(byte + 'a' - 'A');
	if (before == 0xc3 && byte >= 0x80 && byte <= 0x9e && byte != 0x97)
		return (unsigned char)(byte + 0x20);
	return byte;
}

static bool
begins_with(const char *text, const char *wanted)
{
	unsigned char a = 0, b = 0;

	for (; *wanted != '\0'; text++, wanted++) {
		if (fold(a, (unsigned char)*text) != fold(b, (unsigned char)*wanted))
			return false;
		a = (unsigned char)*text;
		b = (unsigned char)*wanted;
	}
	return true;
}

static bool
holds(const char *text, const char *wanted)
{
	for (size_t i = 0; i < SEARCHED_BYTES && text[i] != '\0'; i++)
		if (begins_with(text + i, wanted))
			return true;
	return false;
}

static bool
says(const struct question *q, const struct vg_queued *row)
{
	const struct vg_ticket *ticket;
	const char *title;
	char id[32];

	if (q->text == NULL)
		return true;
	(void)snprintf(id, sizeof(id), "V-%" PRId64, row->id);
	title = vg_titles_get(q->call->api->titles, row->id);
	if (holds(id, q->text) || (title != NULL && holds(title, q->text)))
		return true;
	ticket = vg_core_ticket(q->core, row->id);
	for (size_t i = 0; ticket != NULL && i < vg_ticket_ref_count(ticket); i++)
		if (holds(vg_ticket_ref(ticket, i).ref, q->text))
			return true;
	return false;
}

static bool
fits(const struct question *q, const struct vg_queued *row)
{
	return row->open && vg_may_see(q->call->who, row->municipality) &&
	       is_of(q->municipality, row->municipality) && is_of(q->service, row->service) &&
	       is_of(q->priority, row->priority) &&
	       is_of(q->status, vg_word(VG_TF_STATUS, row->status)) &&
	       (q->line < 0 || q->line == row->line) &&
	       (q->over < 0 || q->over == vg_queued_is_over(row)) && says(q, row);
}

static int
compare(const void *left, const void *right)
{
	return vg_queued_compare(*(const struct vg_queued *const *)left,
				 *(const struct vg_queued *const *)right);
}

/* False = out of memory. */
static bool
collect(struct question *q, const struct vg_queue *queue)
{
	const struct vg_queued *row = NULL;
	size_t looked_at = 0;

	q->row = calloc(LOOKED_AT_MAX, sizeof(q->row[0]));
	if (q->row == NULL)
		return false;
	while ((row = vg_queue_next(queue, row)) != NULL && looked_at++ < LOOKED_AT_MAX) {
		if (!fits(q, row))
			continue;
		count(&q->counts, row, q->now_ms);
		q->row[q->rows++] = row;
	}
	q->cut = row != NULL || !vg_queue_is_whole(queue);
	if (q->rows > 0)
		qsort(q->row, q->rows, sizeof(q->row[0]), compare);
	return true;
}

/* The query. */

static bool
read_cursor(struct vg_call *call, struct vg_queued *after)
{
	const char *text = vg_call_query(call, "cursor");
	int sla, used = 0;

	if (text == NULL)
		return true;
	if (sscanf(text, "%1d.%19" SCNd64 ".%18" SCNd64 "%n", &sla, &after->due_ms, &after->id,
		   &used) == 3 &&
	    text[used] == '\0' && sla >= 0 && sla < VG_SLA_COUNT && after->id > 0) {
		after->sla = (enum vg_sla)sla;
		return true;
	}
	vg_reply_problem(call->request, 400, "cursor: expected `next` of an earlier page");
	return false;
}

static bool
read_over(struct vg_call *call, int *over)
{
	const char *text = vg_call_query(call, "over");

	*over = text == NULL ? -1 : strcmp(text, "true") == 0;
	if (text == NULL || *over == 1 || strcmp(text, "false") == 0)
		return true;
	vg_reply_problem(call->request, 400, "over: expected true or false");
	return false;
}

/* What only the list of all tickets can do. */
static bool
read_others(struct vg_call *call)
{
	static const char *const others[] = {"changed_since", "source", "ref"};
	const char *open = vg_call_query(call, "open");

	if (open != NULL && strcmp(open, "true") != 0) {
		vg_reply_problem(call->request, 400, "open: expected true with sort=left");
		return false;
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (vg_call_query(call, others[i]) != NULL) {
			vg_reply_problem(call->request, 400, "%s: expected none with sort=left",
					 others[i]);
			return false;
		}
	return true;
}

static bool
read_texts(struct question *q)
{
	struct vg_scope filter;

	if (!vg_judge_filter(q->call, &filter))
		return false;
	q->municipality = filter.municipality;
	q->service = filter.service;
	q->priority = vg_call_query(q->call, "priority");
	q->status = vg_call_query(q->call, "status");
	q->text = vg_call_query(q->call, "q");
	if (q->status != NULL && vg_word_find(VG_TF_STATUS, q->status) < 0) {
		vg_reply_problem(q->call->request, 400,
				 "status: expected a word such as in_progress");
		return false;
	}
	if (q->text != NULL && strlen(q->text) > SEARCH_MAX) {
		vg_reply_problem(q->call->request, 400, "q: expected at most %d bytes", SEARCH_MAX);
		return false;
	}
	return true;
}

static bool
read_question(struct question *q)
{
	struct vg_call *call = q->call;

	if (strcmp(vg_call_query(call, "sort"), "left") != 0) {
		vg_reply_problem(call->request, 400, "sort: expected left");
		return false;
	}
	return read_others(call) && read_texts(q) &&
	       vg_call_number(call, "limit", 1, PAGE_MAX, &q->limit) &&
	       vg_call_number(call, "line", 1, 3, &q->line) && read_over(call, &q->over) &&
	       read_cursor(call, &q->after);
}

/* The answer. */

static json_t *
row_json(const struct question *q, const struct vg_queued *row)
{
	const struct vg_ticket *ticket = vg_core_ticket(q->core, row->id);
	struct vg_ticket_view view;

	vg_ticket_view(q->core, ticket, q->now_ms, &view, NULL, NULL);
	return vg_json_ticket_row(q->call->api, ticket, &view);
}

static json_t *
cursor_json(const struct vg_queued *row)
{
	return json_sprintf("%d.%" PRId64 ".%" PRId64, (int)row->sla, row->due_ms, row->id);
}

/* The rows after the cursor; *next is the cursor of the page after, or null. */
static json_t *
page_json(const struct question *q, json_t **next)
{
	json_t *rows = json_array();
	size_t i = 0;

	while (q->after.id > 0 && i < q->rows && vg_queued_compare(q->row[i], &q->after) <= 0)
		i++;
	for (; i < q->rows && (int64_t)json_array_size(rows) < q->limit; i++)
		json_array_append_new(rows, row_json(q, q->row[i]));
	*next = i < q->rows ? cursor_json(q->row[i - 1]) : json_null();
	return rows;
}

void
vg_get_tickets_left(struct vg_call *call)
{
	struct question q = {
		.call = call,
		.core = vg_live_core(call->api->live),
		.now_ms = vg_live_now_ms(call->api->live),
		.limit = PAGE_DEFAULT,
		.line = -1,
	};
	json_t *rows, *next;

	if (!read_question(&q))
		return;
	if (!collect(&q, vg_call_queue(call))) {
		vg_reply_json(call->request, 503, NULL);
		return;
	}
	rows = page_json(&q, &next);
	free(q.row);
	vg_reply_json(call->request, 200,
		      json_pack("{s:o, s:o, s:{s:I, s:I, s:I}, s:b, s:I, s:o}", "tickets", rows,
				"next", next, "counts", "open", (json_int_t)q.counts.open, "over",
				(json_int_t)q.counts.over, "soon", (json_int_t)q.counts.soon, "cut",
				q.cut, "seq", (json_int_t)vg_core_seq(q.core), "asof",
				vg_json_time(q.now_ms)));
}
